"""Writes down what the portfolio is as a day begins, in sets: each statement reads the book once, whatever its size.

Money that a late night has still to hear of is not in it, as nobody knew of it. A day is written as a whole or not at all, and
never twice; the days of a night that catches up are those that would have been written one by one.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import (
    Case,
    Count,
    DateField,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from lending.models import Instalment, Loan, Payment
from lending.sql.reading import MonthOf, overdue_on
from lending.sql.writing import insert_from, insert_many, storing
from risk.models import Flow, MonthEnd, Observation, Roll, Snapshot
from risk.rates import BEHIND, CURRENT

FIRST_MISSED = {Flow.Name.FIRST_MISSED: 0, Flow.Name.FIRST_MISSED_7: 7, Flow.Name.FIRST_MISSED_30: 30}
"""Days after its first due day on which a loan is looked at again."""
OBSERVED = [
    *(Flow.Name.PROMISE_KEPT, Flow.Name.PROMISE_BROKEN),
    *(Flow.Name.RIGHT_PARTY, Flow.Name.OTHER_PARTY, Flow.Name.NUMBER_GONE, Flow.Name.NO_ANSWER),
]
"""What the floors above tell of borrowers, by the names under which they do."""


@transaction.atomic
def run(*, on: date, at: datetime, progress: Callable[[int, int], None] | None = None) -> dict[str, int]:
    """Write down the beginning of `on`, and if it is the first of a month the month before; says how many rows."""
    if Snapshot.objects.filter(on=on).exists():
        return {"written": 0}
    written = put(Snapshot, _snapshots(on)) + put(Flow, _flows(on))
    if on.day == 1:
        written += _write_month_end(on) + put(Roll, rolls(on))
    if progress:
        progress(1, 1)
    return {"written": written}


def month_before(on: date) -> date:
    """The first day of the month before that of `on`."""
    return (on.replace(day=1) - timedelta(days=1)).replace(day=1)


def put(model: type[models.Model], rows: Iterable[tuple[Any, ...]]) -> int:
    """Insert rows of all columns but the key, in their order."""
    fields = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    stored = list(map(storing(model, fields), rows))
    insert_many(model, fields, stored)
    return len(stored)


def _bucket(loan: str = "") -> Case:
    """The bucket of a loan as it stands; `loan` leads to it."""
    return Case(
        When(~Q(**{f"{loan}status": Loan.Status.ACTIVE}), then=F(f"{loan}status")),
        When(**{f"{loan}arrears__oldest_due_on__isnull": False}, then=F(f"{loan}arrears__bucket")),
        default=Value(CURRENT),
        output_field=models.CharField(),
    )


def _grouped(rows: "QuerySet[Any]", loan: str = "") -> "QuerySet[Any, tuple[Any, ...]]":
    grouped = rows.annotate(in_bucket=_bucket(loan), begun_in=MonthOf(F(f"{loan}start_on"))).order_by()
    found: QuerySet[Any, tuple[Any, ...]] = grouped.values_list(*_names(loan), "begun_in", "in_bucket")
    return found


def _names(loan: str = "") -> list[str]:
    return [f"{loan}{name}" for name in ("currency", "funder__code", "product__code")]


def _snapshots(on: date) -> Iterator[tuple[Any, ...]]:
    left = _grouped(_open_rows().filter(loan__start_on__lt=on), "loan__").annotate(left=Sum(_left()))
    principal = {tuple(key): left for *key, left in left}
    loans = _grouped(Loan.objects.filter(start_on__lt=on)).annotate(
        loans=Count("pk"),
        lent=Sum("principal"),
        overdue=Sum(overdue_on(on, "arrears__"), filter=Q(arrears__oldest_due_on__isnull=False), default=0),
    )
    for *key, count, lent, overdue in loans:
        yield on, *key, count, lent, principal.get(tuple(key), 0), overdue


def _open_rows() -> "QuerySet[Instalment]":
    """Instalments of which something is left: no others have principal left."""
    return Instalment.objects.filter(is_current=True, open__gt=0)


def _left() -> Combinable:
    return F("principal") - F("paid_principal") - F("waived_principal")


def _flows(on: date) -> Iterator[tuple[Any, ...]]:
    """What fell due the day before, what of it was left as that day ended, and what was told on it."""
    yesterday = on - timedelta(days=1)
    days = _known([yesterday - timedelta(days=after) for after in FIRST_MISSED.values()])
    rows = Instalment.objects.filter(is_current=True, due_on__in=days).exclude(loan__status=Loan.Status.WRITTEN_OFF)
    sums: dict[str, Any] = {
        Flow.Name.DUE: Sum(
            F("principal") + F("interest") - F("waived_principal") - F("waived_interest"),
            filter=Q(due_on=yesterday),
            default=0,
        ),
        Flow.Name.MISSED: Sum("open", filter=Q(due_on=yesterday), default=0),
        Flow.Name.FIRST_DUE: Count("pk", filter=Q(n=1, due_on=yesterday)),
    }
    for first, after in FIRST_MISSED.items():
        sums[first] = Count("pk", filter=Q(n=1, open__gt=0, due_on=yesterday - timedelta(days=after)))
    about = {name: yesterday - timedelta(days=FIRST_MISSED.get(Flow.Name(name), 0)) for name in sums}
    totals = {f"{name}_sum": total for name, total in sums.items()}
    for row in rows.order_by().values_list(*_names("loan__")).annotate(**totals):
        for name, amount in zip(sums, row[3:], strict=True):
            if amount:
                yield about[name], name, *row[:3], amount
    told = Observation.objects.filter(on=yesterday, kind__in=OBSERVED)
    for kind, number in told.order_by().values_list("kind").annotate(Count("pk")):
        yield yesterday, kind, "", "", "", number


def _known(days: list[date]) -> list[date]:
    """The first, and those of the others of which it was written down what fell due on them: without it a part says nothing."""
    written = Flow.objects.filter(on__in=days, name=Flow.Name.DUE).order_by().values_list("on", flat=True).distinct()
    return [days[0], *written]


def _write_month_end(on: date) -> int:
    """A row for each loan that is in arrears as the month ends or was as the month before did; how many."""
    before = month_before(on)
    loans = Loan.objects.filter(start_on__lt=on).annotate(
        day=Value(on, DateField()),
        last=FilteredRelation("month_ends", condition=Q(month_ends__on=before)),
        was=_was(before),
        in_bucket=_bucket(),
        left=Coalesce(Subquery(_left_of_loan()), 0),
        collected=Coalesce(Subquery(_collected_of_loan(before, on)), 0),
    )
    is_behind = Q(status=Loan.Status.ACTIVE, arrears__oldest_due_on__isnull=False)
    is_given_up = Q(status=Loan.Status.WRITTEN_OFF, write_off__on__gte=before)
    rows = loans.filter(is_behind | is_given_up | Q(last__bucket__in=BEHIND))
    fields = ["on", "loan", "before", "bucket", "principal", "collected"]
    return insert_from(MonthEnd, fields, rows.values_list("day", "pk", "was", "in_bucket", "left", "collected"))


def _was(before: date) -> Combinable:
    """The bucket at the last month's end; unknown when none was written."""
    if not Snapshot.objects.filter(on=before).exists():
        return Value("")
    return Case(
        When(last__bucket__isnull=False, then=F("last__bucket")),
        When(start_on__lt=before, then=Value(CURRENT)),
        default=Value(""),
        output_field=models.CharField(),
    )


def _left_of_loan() -> "QuerySet[Any, Any]":
    rows = _open_rows().filter(loan=OuterRef("pk")).order_by().values("loan")
    return rows.annotate(left=Sum(_left())).values("left")


def _collected_of_loan(since: date, until: date) -> "QuerySet[Any, Any]":
    """Reversals are negative rows and so taken off."""
    rows = Payment.objects.filter(loan=OuterRef("pk"), value_on__gte=since, value_on__lt=until)
    return rows.order_by().values("loan").annotate(sum=Sum("amount")).values("sum")


def rolls(on: date) -> Iterator[tuple[Any, ...]]:
    """The month's rows in sums."""
    rows = MonthEnd.objects.filter(on=on).order_by().values_list(*_names("loan__"), "before", "bucket")
    sums = rows.annotate(loans=Count("pk"), left=Sum("principal"), cash=Sum("collected"))
    for row in sums:
        yield on, *row
