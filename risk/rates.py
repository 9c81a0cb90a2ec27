"""The rates by which a portfolio is judged, each with its definition; a rate of nothing is None.

Amounts are principal in minor units unless said otherwise. Buckets are those of the house; a loan that is no longer active
stands in its status. A month's end is the beginning of the first day of the next.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from lending.buckets import BUCKETS

CODES = [bucket.code for bucket in BUCKETS]
CURRENT, LAST = CODES[0], CODES[-1]
BEHIND = CODES[1:]
PAID, WRITTEN_OFF = "paid", "written_off"
LATE = [*CODES[2:], WRITTEN_OFF]
"""What a vintage counts as 30+: more than 30 days past due, or given up."""


class Moved(NamedTuple):
    """Loans that stood in `before` as a month began and in `bucket` as it ended, with the principal left then and the cash
    collected on the month's value days. An empty `before` is a loan that had not begun.
    """

    before: str
    bucket: str
    loans: int
    principal: int
    collected: int = 0


class Step(NamedTuple):
    """One step of the chain."""

    before: str
    bucket: str
    rate: Fraction | None


class Loss(NamedTuple):
    """What of a bucket would be lost if it rolled on as the month did; `part` is the product of the chain from it on, 1 at most."""

    bucket: str
    principal: int
    part: Fraction | None
    amount: Fraction | None


def rate(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def entry_rate(due: int, missed: int) -> Fraction | None:
    """Amount that fell due on the days of a period and was unpaid as its due day ended ÷ amount that fell due on them, of all
    instalment numbers. The due day is that of the schedule; what was paid early counts as due and paid.
    """
    return rate(missed, due)


def first_payment_default(first_due: int, unpaid: int) -> Fraction | None:
    """FPDn: loans whose first instalment was unpaid as the n-th day after its due day ended ÷ loans whose first instalment
    fell due in the period. FPD is that of n = 0.
    """
    return rate(unpaid, first_due)


def roll_matrix(start: Mapping[str, int], moved: Iterable[Moved]) -> dict[str, dict[str, Fraction]]:
    """Of the principal that stood in a bucket as the month began, the part that stands in each as it ends. What a row lacks
    to 1 was repaid. Rows of nothing are left out.
    """
    matrix: dict[str, dict[str, Fraction]] = {before: {} for before in CODES if start.get(before)}
    for one in moved:
        if one.before in matrix and one.principal:
            row = matrix[one.before]
            row[one.bucket] = row.get(one.bucket, Fraction(0)) + Fraction(one.principal, start[one.before])
    return matrix


def roll_chain(start: Mapping[str, int], end: Mapping[str, int], stayed_last: int = 0) -> list[Step]:
    """Roll rate: balance in a bucket as the month ends ÷ balance in the bucket before it as the month began.

    The last bucket has no end, so what stood in it before and still does (`stayed_last`) is no part of its balance here.
    """
    came = {**end, LAST: end.get(LAST, 0) - stayed_last}
    return [Step(before, bucket, rate(came.get(bucket, 0), start.get(before, 0))) for before, bucket in pairwise(CODES)]


def losses(end: Mapping[str, int], chain: Sequence[Step]) -> list[Loss]:
    """Loss estimate: a bucket's balance × the product of the chain from it to the last bucket, which is lost as a whole.

    Loans may skip a bucket in a long month, so a step may exceed 1; no more than all of a balance is lost.

    A step whose rate is not known makes the product unknown from there to the front, until a step through which nothing rolls.
    """
    part: Fraction | None = Fraction(1)
    parts = {LAST: part}
    for step in reversed(chain):
        part = _product(part, step.rate)
        parts[step.before] = part
    return [Loss(code, end.get(code, 0), parts[code], _of(end.get(code, 0), parts[code])) for code in CODES]


def _product(part: Fraction | None, step: Fraction | None) -> Fraction | None:
    if part == 0 or step == 0:
        return Fraction(0)
    return None if part is None or step is None else min(part * step, Fraction(1))


def _of(amount: int, part: Fraction | None) -> Fraction | None:
    if not amount:
        return Fraction(0)
    return None if part is None else amount * part


def vintage(lent: int, late: int) -> Fraction | None:
    """30+ of a cohort, current state at a month's end, by amount: principal left of its loans that are more than 30 days past
    due (M2 or worse) or were written off ÷ everything lent to the loans that began in that month. A cured loan no longer
    counts.
    """
    return rate(late, lent)


def months_on_book(cohort: date, month_end: date) -> int:
    """0 at the end of the month in which the loans of the cohort began."""
    return 12 * (month_end.year - cohort.year) + month_end.month - cohort.month - 1


def cure_rate(moved: Iterable[Moved]) -> Fraction | None:
    """Loans in arrears as the month began that are current or paid off as it ends ÷ loans in arrears as it began."""
    behind = [one for one in moved if one.before in BEHIND]
    return rate(sum(one.loans for one in behind if one.bucket in (CURRENT, PAID)), sum(one.loans for one in behind))


def recovery_rate(overdue: int, moved: Iterable[Moved]) -> Fraction | None:
    """Cash collected within the month from loans that were in arrears as it began ÷ what was past due of them then, penalty
    included. Cash is by value day, reversals taken off; money beyond what was past due counts, so it may exceed 1.
    """
    return rate(sum(one.collected for one in moved if one.before in BEHIND), overdue)


def kept_rate(kept: int, broken: int) -> Fraction | None:
    """Promises kept ÷ promises that were judged in the period, by number; a promise in parts counts each part that was kept
    and the whole if it was broken. One that was withdrawn counts nowhere.
    """
    return rate(kept, kept + broken)


def contact_rate(connected: int, attempts: int) -> Fraction | None:
    """Attempts to reach the borrower in which somebody answered ÷ all attempts with an outcome."""
    return rate(connected, attempts)


def right_party_rate(right_party: int, attempts: int) -> Fraction | None:
    """Attempts in which the borrower in person was reached ÷ all attempts with an outcome (not ÷ those answered)."""
    return rate(right_party, attempts)
