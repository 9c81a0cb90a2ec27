"""What a funder (or guarantor) received of its loans in a period: its part of every allocation booked in it.

Loans with one funder all along are summed by the database. Those with shares, or for which a guarantor has paid, are split
by the pure rule over all that was ever allocated to them, so the reports of consecutive periods add up to the loan's life.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from audit.record import record
from lending.claims import creditor_facts
from lending.models import Allocation, Funder, GuarantorPayment, Loan, LoanShare
from lending.sharing import Allocated, received, shared
from staff.models import User

CHUNK = 500
COMPONENTS = tuple(Allocation.Component)
Key = tuple[str, str]


class ReportLine(NamedTuple):
    """What the funder received of one loan, by component in minor units; `is_shared` when others have a part in it."""

    number: str
    product: str
    currency: str
    amounts: dict[str, int]
    is_shared: bool

    @property
    def total(self) -> int:
        return sum(self.amounts.values())

    @property
    def columns(self) -> list[int]:
        return [self.amounts.get(component, 0) for component in COMPONENTS]


class Total(NamedTuple):
    """The sum of one currency."""

    currency: str
    loans: int
    columns: list[int]
    total: int


def lines_of(funder: Funder, first: date, last: date) -> Iterator[ReportLine]:
    """One line a loan: those that are shared, then the others by number."""
    yield from _shared(funder, first, last)
    yield from _whole(funder, first, last)


def totals_of(lines: Iterable[ReportLine]) -> list[Total]:
    """The sums by currency, in the order of their codes."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * len(COMPONENTS))
    loans: dict[str, int] = defaultdict(int)
    for line in lines:
        loans[line.currency] += 1
        sums[line.currency] = [a + b for a, b in zip(sums[line.currency], line.columns, strict=True)]
    return [Total(each, loans[each], sums[each], sum(sums[each])) for each in sorted(sums)]


@transaction.atomic
def note_report(funder: Funder, first: date, last: date, *, rows: int, by: User, at: datetime) -> None:
    """Put on record who took the report, of which days."""
    days = {"first": first.isoformat(), "last": last.isoformat()}
    record("lending.funder_report", by=by, at=at, subject=funder, funder=funder.code, rows=rows, **days)


def is_split() -> Q:
    """The condition on a loan that has, or had, more than one creditor."""
    shares = LoanShare.objects.filter(loan=OuterRef("pk"))
    return Q(Exists(shares)) | Q(Exists(GuarantorPayment.objects.standing().filter(loan=OuterRef("pk"))))


def _whole(funder: Funder, first: date, last: date) -> Iterator[ReportLine]:
    loans = Loan.objects.filter(funder=funder).exclude(is_split())
    rows = Allocation.objects.filter(booked_on__range=(first, last), loan__in=loans)
    sums = rows.values_list("loan__number", "loan__product__code", "loan__currency", "component").annotate(
        sum=Sum("amount")
    )
    line: ReportLine | None = None
    for number, product, currency, component, amount in sums.order_by("loan__number").iterator(CHUNK * 10):
        if line is None or line.number != number:
            if line and any(line.amounts.values()):
                yield line
            line = ReportLine(number, product, currency, {}, False)
        line.amounts[component] = int(amount)
    if line and any(line.amounts.values()):
        yield line


def _shared(funder: Funder, first: date, last: date) -> Iterator[ReportLine]:
    has_part = Q(funder=funder) | Q(shares__funder=funder)
    has_part |= Q(guarantor_payments__guarantor=funder, guarantor_payments__reversal=None)
    loans = Loan.objects.filter(is_split()).filter(pk__in=Loan.objects.filter(has_part).values("pk")).order_by("number")
    columns = loans.values_list("pk", "number", "product__code", "currency").iterator(CHUNK)
    while chunk := list(islice(columns, CHUNK)):
        loan_ids = [row[0] for row in chunk]
        facts, allocated = creditor_facts(loan_ids), allocated_to(loan_ids, last)
        for pk, number, product, currency in chunk:
            amounts = received(shared(facts[pk], allocated[pk]), first=first, last=last).get(funder.pk, {})
            if any(amounts.values()):
                yield ReportLine(number, product, currency, amounts, True)


def allocated_to(loan_ids: list[int], last: date) -> dict[int, list[Allocated]]:
    """The allocations of these loans booked up to a day, in the order in which they were written."""
    found: dict[int, list[Allocated]] = defaultdict(list)
    rows: QuerySet[Allocation] = Allocation.objects.filter(loan__in=loan_ids, booked_on__lte=last).order_by("pk")
    for loan, n, component, amount, value_on, booked_on in rows.values_list(
        "loan", "n", "component", "amount", "payment__value_on", "booked_on"
    ):
        found[loan].append(Allocated(n, component, amount, value_on, booked_on))
    return found
