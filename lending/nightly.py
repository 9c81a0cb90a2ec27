"""The close of a day, as of its start: payments of that value day settle, penalty accrues, loans age and move buckets.

What the date implies is not written: a row of arrears holds until a day that it names, so a night looks only at loans whose
day has come. Those that money came for, that something was waived of, or whose product the set does not know, go through the
pure `standing`; all others are rolled in sets (`lending.sql.closing`), which agrees with it to the minor unit.
Each block of loans is a transaction of its own; closing the same day again writes nothing. A loan that cannot be closed is
parked with its reason and tried again the next night. Where many can write, workers help (`lending.helping`).
"""

import traceback
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from django.db import DataError, IntegrityError, transaction

from audit.failpoints import failpoint
from lending import prepaying
from lending.days import last_closed_day
from lending.helping import ask_for_help
from lending.horizon import begin_day
from lending.models import ParkedLoan, Pause, Payment, Waiver
from lending.rolling import block_of, roll_block
from lending.settling import LOANS_PER_TRANSACTION, settle
from lending.sql import closing
from lending.versions import bring_up_funders

STEP = "lending"
BAD_LOAN_ERRORS = (ArithmeticError, AssertionError, DataError, IntegrityError, LookupError, TypeError, ValueError)
"""What the facts of a single loan can bring about. A lost connection or a lock not got ends the run; it can be run again."""

Progress = Callable[[int, int], None]


def run(*, on: date, at: datetime, progress: Progress | None = None) -> dict[str, int]:
    """Close the day `on`; says how many loans were settled, rolled and parked. A day closed before stays as it is."""
    closed = last_closed_day()
    if closed and on <= closed:
        return {"settled": 0, "rolled": 0, "parked": 0}
    return _Close(on, closed, progress).run(at)


def loans_to_settle(on: date, closed: date | None) -> list[int]:
    """Loans that need the pure standing on this day, once it is prepared, in order of their keys."""
    paid = Payment.objects.filter(value_on__lte=on)
    waived = Waiver.objects.filter(on__lte=on)
    if closed:
        paid, waived = paid.filter(value_on__gt=closed), waived.filter(on__gt=closed)
    wanted = {*paid.values_list("loan", flat=True), *waived.values_list("loan", flat=True)}
    if not closed:  # frozen before the first night, when nothing was settled
        wanted.update(Pause.objects.filter(kind=Pause.Kind.INTEREST).values_list("loan", flat=True))
    parked = ParkedLoan.objects.filter(step=STEP, day__in=[on, on - timedelta(days=1)])
    wanted.update(parked.values_list("loan", flat=True))
    return sorted(wanted.union(closing.listed_loans(plain=False)))


class _Close:
    """One night's work, counted."""

    def __init__(self, on: date, closed: date | None, progress: Progress | None) -> None:
        self.on = on
        self.closed = closed
        self.progress = progress
        self.settled = self.done = self.total = 0
        self.parked: dict[int, str] = {}

    def run(self, at: datetime) -> dict[str, int]:
        begin_day(self.on, at)
        prepaying.take_up(on=self.on, closed=self.closed, at=at)
        bring_up_funders(self.on)
        closing.prepare(self.on, closed=self.closed)
        to_settle = loans_to_settle(self.on, self.closed)
        closing.leave_out(to_settle)
        due = closing.listed_loans(plain=True)
        self.total = len(to_settle) + len(due)
        for start in range(0, len(to_settle), LOANS_PER_TRANSACTION):
            self._settle(to_settle[start : start + LOANS_PER_TRANSACTION])
        blocks = [(block, list(loans)) for block, loans in groupby(due, key=block_of)]
        ask_for_help(self.on, blocks=len(blocks), parked=sorted(self.parked))
        for block, loans in blocks:
            self._roll(block, loans)
        self._note_parked()
        return {"settled": self.settled, "rolled": closing.rolled_loans(self.on), "parked": len(self.parked)}

    def _settle(self, loan_ids: Sequence[int]) -> None:
        try:
            self.settled += settle(loan_ids, on=self.on)
            failpoint("lending.loans_settled")
        except BAD_LOAN_ERRORS:
            for loan_id in loan_ids:
                self._settle_alone(loan_id)
        self._advance(len(loan_ids))

    def _settle_alone(self, loan_id: int) -> None:
        try:
            self.settled += settle([loan_id], on=self.on)
        except BAD_LOAN_ERRORS as error:
            self.parked[loan_id] = reason_of(error)

    def _roll(self, block: int, loan_ids: Sequence[int]) -> None:
        try:
            roll_block(self.on, block)
        except BAD_LOAN_ERRORS:
            closing.leave_out(loan_ids)
            for loan_id in loan_ids:
                self._settle_alone(loan_id)
        self._advance(len(loan_ids))

    def _note_parked(self) -> None:
        """Those parked before on this day were tried again: only those of this run stay."""
        with transaction.atomic():
            ParkedLoan.objects.filter(day=self.on, step=STEP).exclude(loan__in=self.parked).delete()
            for loan_id, reason in self.parked.items():
                ParkedLoan.objects.update_or_create(
                    day=self.on, step=STEP, loan_id=loan_id, defaults={"reason": reason}
                )

    def _advance(self, loans: int) -> None:
        self.done += loans
        if self.progress:
            self.progress(self.done, self.total)


def reason_of(error: Exception) -> str:
    """What went wrong and where, in the length that a parked loan keeps."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    said = str(error) or where.line
    return f"{type(error).__name__}: {said} ({Path(where.filename).name}:{where.lineno})"[:300]
