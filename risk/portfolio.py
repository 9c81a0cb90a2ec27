"""The arrears of the whole book in figures, by currency: of today a sum over the narrow table of arrears, of a day past what
its night wrote down.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, Sum

from lending.buckets import BUCKETS
from lending.models import Arrears, Loan, Payment
from lending.sql.reading import overdue_on
from risk.classes import FiveClass
from risk.figures import Asked
from risk.models import BorrowerRisk, Snapshot
from risk.rates import BEHIND, PAID, WRITTEN_OFF


class Group(NamedTuple):
    """Loans in arrears that share a bucket or a funder; `overdue` is principal, interest and penalty past due.

    How many borrowers they have is not known of a day past.
    """

    code: str
    loans: int
    borrowers: int | None
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


Groups = dict[str, list[Group]]


def books(asked: Asked, *, is_past: bool = False) -> list[Book]:
    """One book per currency as of the day, the largest first. A constant number of queries."""
    active, buckets, funders = _written_down(asked) if is_past else _now(asked)
    collected = _collected(asked)
    return [
        _book(currency, loans, collected.get(currency, (0, 0)), buckets.get(currency, []), funders.get(currency, []))
        for currency, loans in sorted(active.items(), key=lambda item: -item[1])
    ]


def _of_loan(asked: Asked, loan: str = "") -> dict[str, str]:
    return {f"{loan}{name}__code": code for name, code in asked.narrowed.items()}


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


def _now(asked: Asked) -> tuple[dict[str, int], Groups, Groups]:
    loans = Loan.objects.filter(status=Loan.Status.ACTIVE, **_of_loan(asked))
    active = dict(loans.values_list("currency").annotate(Count("pk")).order_by())
    return active, _groups("bucket", asked), _groups("loan__funder__code", asked)


def _groups(field: str, asked: Asked) -> Groups:
    rows = (
        Arrears.objects.past_due()
        .filter(**_of_loan(asked, "loan__"))
        .values_list("loan__currency", field)
        .annotate(loans=Count("pk"), people=Count("loan__borrower", distinct=True), past_due=Sum(overdue_on(asked.on)))
        .order_by("loan__currency", field)
    )
    return _by_currency(rows)


def _written_down(asked: Asked) -> tuple[dict[str, int], Groups, Groups]:
    rows = Snapshot.objects.filter(on=asked.on, **asked.narrowed).exclude(bucket__in=[PAID, WRITTEN_OFF]).order_by()
    active = dict(rows.values_list("currency").annotate(Sum("loans")))
    return active, _sums("bucket", rows), _sums("funder", rows)


def _sums(field: str, rows: "QuerySet[Snapshot]") -> Groups:
    found = rows.filter(bucket__in=BEHIND).values_list("currency", field)
    sums = found.annotate(count=Sum("loans"), past_due=Sum("overdue")).order_by("currency", field)
    return _by_currency((currency, code, loans, None, overdue) for currency, code, loans, overdue in sums)


def _by_currency(rows: Iterable[tuple[str, str, int, int | None, int]]) -> Groups:
    groups: Groups = {}
    for currency, code, loans, borrowers, overdue in rows:
        groups.setdefault(currency, []).append(Group(code, loans, borrowers, overdue))
    return groups


def _collected(asked: Asked) -> dict[str, tuple[int, int]]:
    """Currency to (that day, its month so far), by value date."""
    rows = (
        Payment.objects.filter(value_on__gte=asked.on.replace(day=1), value_on__lte=asked.on)
        .filter(**_of_loan(asked, "loan__"))
        .values_list("currency")
        .annotate(today=Sum("amount", filter=Q(value_on=asked.on), default=0), month=Sum("amount"))
        .order_by()
    )
    return {currency: (today, month) for currency, today, month in rows}


def classes() -> list[tuple[FiveClass, int]]:
    """Borrowers in arrears by the five-class of their worst loan, worst last."""
    counted = dict(BorrowerRisk.objects.values_list("five_class").annotate(Count("pk")).order_by())
    return [(each, counted.get(each.value, 0)) for each in list(FiveClass)[1:]]
