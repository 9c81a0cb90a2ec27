"""Moving the due dates of what is still unpaid by a number of days: a pure function of a loan's facts and a day.

Before anything is past due it is an extension (展期, to be asked for before maturity: Civil Code art. 678); after that it is
a deferral (延期还款, a change by agreement: art. 543). Every unpaid instalment moves by the same days; settled ones stay as
they are. Interest for the added days runs on the outstanding principal at the contract's rate and is added to the first
instalment that moves (house rule); a loan without interest pays nothing for it. What is paid stays paid, penalty accrued so
far stays owed. Amounts are minor units, rates parts per million a year.
"""

from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from lending.daycount import DayCount, fraction
from lending.loan_facts import InstalmentFact, LoanFacts
from lending.money import PPM, Rounding, divide
from lending.standing import Standing, standing

DAYS_MAX = 3_650
"""Longer than any loan here lives; the roles' own limits are far below."""

DAYS_OF_YEAR = 360
"""A loan that counts equal months takes a day as a 360th of a year: daily rate = annual rate / 360 (PBOC's day basis)."""


class Instrument(StrEnum):
    """The same codes as `PlanRequest.Instrument`."""

    EXTENSION = "extension"
    DEFERRAL = "deferral"
    RESTRUCTURE = "restructure"


class MovingError(ValueError):
    """Due dates that cannot be moved like that; `code` is nothing_unpaid, days, still_past or out_of_order."""

    def __init__(self, code: str, days_min: int = 1) -> None:
        self.code = code
        self.days_min = days_min
        super().__init__(code)


class Contract(NamedTuple):
    """What the loan's contract says of interest."""

    rate_ppm: int
    day_count: DayCount
    rounding: Rounding = Rounding.HALF_UP


class Situation(NamedTuple):
    """Where the loan stands before anything moves; `days_min` is the fewest days that bring every due date ahead of `on`."""

    on: date
    instrument: Instrument
    first_due_on: date
    days_past_due: int
    days_min: int
    penalty: int


class MovedRow(NamedTuple):
    """An instalment before and after; the principal is the same."""

    n: int
    due_old: date
    due_new: date
    principal: int
    interest_old: int
    interest_new: int
    paid_principal: int
    paid_interest: int

    @property
    def is_moved(self) -> bool:
        return self.due_old != self.due_new

    @property
    def total_old(self) -> int:
        return self.principal + self.interest_old

    @property
    def total_new(self) -> int:
        return self.principal + self.interest_new

    @property
    def paid(self) -> int:
        return self.paid_principal + self.paid_interest


class Proposal(NamedTuple):
    """Old and new schedule side by side with everything that the figures follow from, and nothing that a mere day changes."""

    loan: str
    currency: str
    instrument: Instrument
    days: int
    start_on: date
    original_end: date
    outstanding: int
    rate_ppm: int
    day_count: str
    added_interest: int
    rows: tuple[MovedRow, ...]

    @property
    def end_old(self) -> date:
        return self.rows[-1].due_old

    @property
    def end_new(self) -> date:
        return self.rows[-1].due_new

    @property
    def first_moved(self) -> MovedRow:
        return next(row for row in self.rows if row.is_moved)

    @property
    def cost_old(self) -> int:
        """Interest over the loan's life as agreed until now."""
        return sum(row.interest_old for row in self.rows)

    @property
    def cost_new(self) -> int:
        return sum(row.interest_new for row in self.rows)

    @property
    def days_in_all(self) -> int:
        """By how many days the loan's end has moved over its life, this plan included."""
        return (self.end_new - self.original_end).days

    @property
    def original_days(self) -> int:
        return (self.original_end - self.start_on).days

    @property
    def new_rows(self) -> list[InstalmentFact]:
        """What the book puts in force: every row of the loan's life, whole amounts."""
        return [InstalmentFact(row.n, row.due_new, row.principal, row.interest_new) for row in self.rows]


def situation_of(state: Standing) -> Situation:
    """MovingError `nothing_unpaid` when every instalment is settled."""
    first = next((row.due_on for row in state.instalments if row.open), None)
    if first is None:
        raise MovingError("nothing_unpaid")
    is_past_due = state.days_past_due > 0
    return Situation(
        on=state.on,
        instrument=Instrument.DEFERRAL if is_past_due else Instrument.EXTENSION,
        first_due_on=first,
        days_past_due=state.days_past_due,
        days_min=max(1, (state.on - first).days + 1),
        penalty=state.penalty,
    )


def propose(facts: LoanFacts, contract: Contract, *, days: int, on: date) -> Proposal:
    """The loan's schedule with every unpaid due date moved by `days`; MovingError."""
    state = standing(facts, on)
    situation = situation_of(state)
    if not 1 <= days <= DAYS_MAX:
        raise MovingError("days", situation.days_min)
    if days < situation.days_min:
        raise MovingError("still_past", situation.days_min)
    added = added_interest(contract, state.outstanding_principal, situation.first_due_on, days)
    rows = _moved_rows(state, days, added)
    if any(earlier.due_new > later.due_new for earlier, later in pairwise(rows)):
        raise MovingError("out_of_order", situation.days_min)
    assert sum(row.principal for row in rows) == sum(row.principal for row in state.instalments)
    return Proposal(
        loan=facts.number,
        currency=facts.conventions.currency,
        instrument=situation.instrument,
        days=days,
        start_on=facts.start_on,
        original_end=max(row.due_on for row in facts.versions[0].rows),
        outstanding=state.outstanding_principal,
        rate_ppm=contract.rate_ppm,
        day_count=str(contract.day_count),
        added_interest=added,
        rows=rows,
    )


def added_interest(contract: Contract, outstanding: int, first_due_on: date, days: int) -> int:
    """Interest on the outstanding principal for the days from the first moved due date to its new day, rounded once."""
    part = _part_of_year(contract.day_count, first_due_on, days)
    return divide(outstanding * contract.rate_ppm * part.numerator, PPM * part.denominator, contract.rounding)


def _part_of_year(day_count: DayCount, since: date, days: int) -> Fraction:
    if day_count is DayCount.MONTH_12:
        return Fraction(days, DAYS_OF_YEAR)
    return fraction(day_count, since, since + timedelta(days=days))


def _moved_rows(state: Standing, days: int, added: int) -> tuple[MovedRow, ...]:
    rows = []
    for row in sorted(state.instalments, key=lambda row: row.n):
        is_moved = row.open > 0
        rows.append(
            MovedRow(
                n=row.n,
                due_old=row.due_on,
                due_new=row.due_on + timedelta(days=days) if is_moved else row.due_on,
                principal=row.principal,
                interest_old=row.interest,
                interest_new=row.interest + added if is_moved else row.interest,
                paid_principal=row.paid_principal,
                paid_interest=row.paid_interest,
            )
        )
        if is_moved:
            added = 0
    return tuple(rows)
