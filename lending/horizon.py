"""How far the book has come, and how writers of single loans keep out of the way of whoever closes many.

Invariant: whoever writes a loan's standing (what is paid, its arrears, its status) has called `hold_loans` in the same
transaction, and brings the loan to `reached_day`, which during a closing is already the day being closed. So a loan written
in the middle of the night is rolled on the way, and the close finds nothing left to do for it.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import connection, models
from django.db.models import Max, Min, QuerySet

from lending.days import last_closed_day
from lending.models import (
    Allocation,
    ClosedDay,
    ClosingStep,
    Fee,
    GuarantorReversal,
    Loan,
    PenaltyAccrual,
    Refund,
    Waiver,
    WriteOff,
)
from lending.sql.reading import among
from lending.sql.vendor import lock_blocks, wait_for_locks

BLOCK_LOANS = 5_000
"""Loans closed in one transaction: those whose primary keys share the quotient by this number."""

BEGUN = "lending.begun"
"""The step that says that the book has begun to close a day."""


BOOKED: dict[type[models.Model], str] = {
    Allocation: "booked_on",
    PenaltyAccrual: "booked_on",
    Fee: "booked_on",
    Waiver: "on",
    WriteOff: "on",
    Refund: "on",
    GuarantorReversal: "on",
}
"""Rows that say on which business date they were written, and where: never on a day that was closed by then."""


def reached_day() -> date | None:
    """The newest day that the book has begun to close or has closed; None before its first night.

    Until then nothing is settled: payments wait for the day of their value.
    """
    begun = ClosingStep.objects.filter(step=BEGUN).aggregate(day=Max("day"))["day"]
    days = [day for day in (begun, last_closed_day()) if day]
    return max(days, default=None)


def first_open_day() -> date | None:
    """The next day to close: after the last closed one, or the start of the earliest loan; None for an empty book."""
    closed = last_closed_day()
    if closed:
        return closed + timedelta(days=1)
    earliest: date | None = Loan.objects.aggregate(day=Min("start_on"))["day"]
    return earliest


def begin_day(on: date, at: datetime) -> None:
    """Say that the book begins to close this day; again is fine."""
    ClosingStep.objects.get_or_create(day=on, step=BEGUN, defaults={"done_at": at})


def seal_book(on: date, at: datetime) -> None:
    """The day is closed, with the newest key of each table of booked rows (`lending.verify_days`).

    Whoever still writes for the day before is waited for: they hold their loans, and this holds all of them.
    """
    assert connection.in_atomic_block
    newest = Loan.objects.aggregate(pk=Max("pk"))["pk"] or 0
    wait_for_locks()
    lock_blocks(range(newest // BLOCK_LOANS + 1), exclusive=True)
    marks = {each._meta.db_table: QuerySet(each).aggregate(pk=Max("pk"))["pk"] or 0 for each in BOOKED}
    ClosedDay.objects.create(day=on, closed_at=at, marks=marks)


def day_of_writing(on: date) -> date:
    """The business date of what is written now, by somebody who holds the loan: a night may have ended since they asked."""
    return max(on, last_closed_day() or on)


def hold_loans(loan_ids: Iterable[int]) -> None:
    """Keep others, and the nightly close, from writing the standing of these loans until the transaction ends."""
    assert connection.in_atomic_block
    wanted = sorted(set(loan_ids))
    lock_blocks({loan_id // BLOCK_LOANS for loan_id in wanted}, exclusive=False)
    held = Loan.objects.filter(among("pk", wanted)).order_by("pk").select_for_update(no_key=True)
    list(held.values_list("pk", flat=True))
