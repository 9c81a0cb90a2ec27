"""The arrears of the whole book in figures, by currency: each a sum over the narrow table of arrears."""

from datetime import date
from typing import NamedTuple

from django.db.models import Count, Q, Sum

from lending.buckets import BUCKETS
from lending.models import Arrears, Loan, Payment
from lending.sql.reading import overdue_on
from risk.classes import FiveClass
from risk.models import BorrowerRisk


class Group(NamedTuple):
    """Loans in arrears that share a bucket or a funder; `overdue` is principal, interest and penalty past due."""

    code: str
    loans: int
    borrowers: int
    overdue: int


class Book(NamedTuple):
    """One currency's arrears. `collected_*` count value dates: reversals are negative rows and so already taken off."""

    currency: str
    active_loans: int
    loans_in_arrears: int
    overdue: int
    collected_today: int
    collected_this_month: int
    buckets: list[Group]
    funders: list[Group]


def books(on: date) -> list[Book]:
    """One book per currency as of the business date, the largest first. A constant number of queries."""
    active = dict(
        Loan.objects.filter(status=Loan.Status.ACTIVE).values_list("currency").annotate(Count("pk")).order_by()
    )
    collected = _collected(on)
    buckets = _groups("bucket", on)
    funders = _groups("loan__funder__code", on)
    return [
        _book(currency, loans, collected.get(currency, (0, 0)), buckets.get(currency, []), funders.get(currency, []))
        for currency, loans in sorted(active.items(), key=lambda item: -item[1])
    ]


def _book(currency: str, active: int, collected: tuple[int, int], buckets: list[Group], funders: list[Group]) -> Book:
    by_code = {group.code: group for group in buckets}
    return Book(
        currency=currency,
        active_loans=active,
        loans_in_arrears=sum(group.loans for group in buckets),
        overdue=sum(group.overdue for group in buckets),
        collected_today=collected[0],
        collected_this_month=collected[1],
        buckets=[by_code.get(bucket.code, Group(bucket.code, 0, 0, 0)) for bucket in BUCKETS[1:]],
        funders=sorted(funders, key=lambda group: -group.overdue),
    )


def _groups(field: str, on: date) -> dict[str, list[Group]]:
    rows = (
        Arrears.objects.past_due()
        .values_list("loan__currency", field)
        .annotate(loans=Count("pk"), people=Count("loan__borrower", distinct=True), past_due=Sum(overdue_on(on)))
        .order_by("loan__currency", field)
    )
    groups: dict[str, list[Group]] = {}
    for currency, code, loans, borrowers, overdue in rows:
        groups.setdefault(currency, []).append(Group(code, loans, borrowers, overdue))
    return groups


def _collected(on: date) -> dict[str, tuple[int, int]]:
    """Currency to (today, this month), by value date up to `on`."""
    rows = (
        Payment.objects.filter(value_on__gte=on.replace(day=1), value_on__lte=on)
        .values_list("currency")
        .annotate(today=Sum("amount", filter=Q(value_on=on), default=0), month=Sum("amount"))
        .order_by()
    )
    return {currency: (today, month) for currency, today, month in rows}


def classes() -> list[tuple[FiveClass, int]]:
    """Borrowers in arrears by the five-class of their worst loan, worst last."""
    counted = dict(BorrowerRisk.objects.values_list("five_class").annotate(Count("pk")).order_by())
    return [(each, counted.get(each.value, 0)) for each in list(FiveClass)[1:]]
