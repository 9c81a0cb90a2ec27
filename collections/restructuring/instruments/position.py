"""Where a loan stands when a plan is made of it: one small value that every instrument takes and gives back.

Invariants: amounts are minor units, no figure is negative; rows past due were due before `on`, the others are still to come, in
the order of their days. What the schedule asks for of principal is what was outstanding at first, and what was capitalised or
taken over, less what was waived (`agreed_principal`, held by a property test over every instrument).
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from lending.money import split
from lending.schedules import Method, Terms
from lending.waivable import Parts
from restructuring.instruments.calendar import Calendar


class PlanRow(NamedTuple):
    """An instalment: `balance` is the principal left after it, `penalty` what of accrued penalty is put to it."""

    n: int
    due_on: date
    principal: int
    interest: int
    balance: int
    penalty: int = 0

    @property
    def total(self) -> int:
        """What falls due."""
        return self.principal + self.interest + self.penalty


class Carried(NamedTuple):
    """Interest and penalty of earlier days that is put to coming instalments: the first, all of them evenly, the last."""

    first: Parts = Parts()
    spread: Parts = Parts()
    last: Parts = Parts()

    @property
    def total(self) -> int:
        return sum(parts.total for parts in self)


class Position(NamedTuple):
    """What is owed beside the rows past due is the first of them, numbered 0. `rows` bear interest for `spans` of a year at `rate_ppm`; `carried` comes on top of them.

    `accrued` is interest run but not asked for yet that `rows` hold (a loan whose first interest is deferred). `taken_over` is
    principal of other loans, `forgiven` interest waived of coming rows.
    """

    terms: Terms
    calendar: Calendar
    on: date
    rate_ppm: int | Fraction
    method: Method
    past_due: tuple[PlanRow, ...]
    rows: tuple[PlanRow, ...]
    spans: tuple[Fraction, ...]
    first_n: int
    accrued: int = 0
    carried: Carried = Carried()
    waived: Parts = Parts()
    capitalised: int = 0
    taken_over: int = 0
    forgiven: int = 0

    @property
    def coming(self) -> int:
        """Principal that is not past due."""
        return sum(row.principal for row in self.rows)

    @property
    def outstanding(self) -> int:
        return self.coming + sum(row.principal for row in self.past_due)

    @property
    def arrears(self) -> Parts:
        """What is past due."""
        return Parts(
            sum(row.penalty for row in self.past_due),
            sum(row.interest for row in self.past_due),
            sum(row.principal for row in self.past_due),
        )

    @property
    def owed(self) -> Parts:
        """What the rows still ask for in all, by component."""
        rows = self.schedule
        return Parts(
            sum(row.penalty for row in rows), sum(row.interest for row in rows), sum(row.principal for row in rows)
        )

    @property
    def schedule(self) -> tuple[PlanRow, ...]:
        """Every row that is still to be paid, numbered on from the last that was, with what is carried put to it."""
        rows = [*_joined(self.past_due), *_less(_with_carried(self._holding(), self.carried), self.forgiven)]
        left, numbered = sum(row.principal for row in rows), []
        for n, row in enumerate((row for row in rows if row.total), start=self.first_n):
            left -= row.principal
            numbered.append(row._replace(n=n, balance=left))
        return tuple(numbered)

    def _holding(self) -> tuple[PlanRow, ...]:
        """The coming rows; one on the next due day where only what is carried is left to pay."""
        if self.rows or not self.carried.total:
            return self.rows
        return (PlanRow(self.first_n, self.calendar.due(1)[0], 0, 0, 0),)


def _joined(past_due: Sequence[PlanRow]) -> Sequence[PlanRow]:
    """What is owed beside the rows past due (numbered 0) stands with the oldest of them."""
    if len(past_due) < 2 or past_due[0].n:
        return past_due
    beside, oldest, *others = past_due
    joined = oldest._replace(interest=oldest.interest + beside.interest, penalty=oldest.penalty + beside.penalty)
    return (joined, *others)


def _less(rows: Sequence[PlanRow], forgiven: int) -> list[PlanRow]:
    """The rows less interest that was given up, the first rows first."""
    kept = []
    for row in rows:
        part = min(forgiven, row.interest)
        forgiven -= part
        kept.append(row._replace(interest=row.interest - part))
    return kept


def agreed_principal(opened: Position, planned: Position) -> int:
    """What the planned rows must repay, by what the instruments say that they did."""
    return opened.outstanding + planned.capitalised + planned.taken_over - planned.waived.principal


def _with_carried(rows: Sequence[PlanRow], carried: Carried) -> list[PlanRow]:
    if not carried.total:
        return list(rows)
    even = [1] * len(rows)
    interest, penalty = split(carried.spread.interest, even), split(carried.spread.penalty, even)
    for index, parts in ((0, carried.first), (-1, carried.last)):
        interest[index] += parts.interest
        penalty[index] += parts.penalty
    return [
        row._replace(interest=row.interest + more, penalty=row.penalty + fine)
        for row, more, fine in zip(rows, interest, penalty, strict=True)
    ]
