"""Restructuring (重组) of a loan of the book: instruments applied to it, old and new side by side, and what it costs.

Like `restructuring.moving.Proposal` it holds only what follows from the book and the instruments, and nothing that a mere day
changes: the same figures come out until something is paid or falls due.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from audit.chain import canonical
from lending.annual_cost import percent_text
from lending.loan_facts import InstalmentFact, LoanFacts
from lending.models import Loan
from lending.standing import standing
from restructuring.instruments.measures import compare
from restructuring.instruments.position import Position
from restructuring.instruments.reading import apply_all, read_instrument
from restructuring.instruments.refusal import RefusedError
from restructuring.moving import Instrument
from restructuring.standing_position import position_of

KINDS = frozenset(
    {"deferral", "reage", "reamortise", "term", "interest_only", "rate", "staged", "capitalise", "instalment_plan"}
)
"""What a restructuring is made of. Extension and deferral alone are `moving`; waivers are asked for by themselves (`lending.waiving`)."""


class PlannedRow(NamedTuple):
    """A row of the old schedule that is unpaid, or of the new one; amounts are what is still to be paid of it."""

    n: int
    due_on: date
    principal: int
    interest: int

    @property
    def total(self) -> int:
        return self.principal + self.interest


class Moved(NamedTuple):
    """The first unpaid instalment before and after."""

    due_old: date
    due_new: date


class Reshaped(NamedTuple):
    """`steps` is the canonical JSON of the instruments, `kept` the rows that stay, `apr` percent a year as text or empty."""

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
    steps: str
    capitalised: int
    loss: int
    apr: str
    old: tuple[PlannedRow, ...]
    new: tuple[PlannedRow, ...]
    kept: tuple[PlannedRow, ...]

    @property
    def end_old(self) -> date:
        return self.old[-1].due_on

    @property
    def end_new(self) -> date:
        return self.new[-1].due_on

    @property
    def first_moved(self) -> Moved:
        return Moved(self.old[0].due_on, self.new[0].due_on)

    @property
    def cost_old(self) -> int:
        """All that is still to be paid as agreed until now."""
        return sum(row.total for row in self.old)

    @property
    def cost_new(self) -> int:
        return sum(row.total for row in self.new)

    @property
    def highest(self) -> int:
        return max(row.total for row in self.new)

    @property
    def first_payment(self) -> int:
        return self.new[0].total

    @property
    def days_in_all(self) -> int:
        """By how many days the loan's end has moved over its life, this plan included."""
        return max(0, (self.end_new - self.original_end).days)

    @property
    def original_days(self) -> int:
        return (self.original_end - self.start_on).days

    @property
    def new_rows(self) -> list[InstalmentFact]:
        """What the book puts in force: every row of the loan's life."""
        return [InstalmentFact(*row) for row in (*self.kept, *self.new)]


def steps_text(steps: Sequence[Mapping[str, Any]]) -> str:
    """The instruments as one text, whatever the order of their fields."""
    return canonical({"steps": list(steps)})


def opened_position(loan: Loan, facts: LoanFacts, on: date) -> Position:
    """The loan's position on that day; RefusedError."""
    return position_of(loan, standing(facts, on), _last_number(facts)).position


def reshape(loan: Loan, facts: LoanFacts, steps: Sequence[Mapping[str, Any]], *, on: date) -> Reshaped:
    """The loan with these instruments applied one after the other; RefusedError."""
    if not steps:
        raise RefusedError("input", "steps", "name at least one instrument")
    for step in steps:
        if step.get("kind") not in KINDS:
            raise RefusedError("input", "kind", f"must be one of {', '.join(sorted(KINDS))}")
    stands = position_of(loan, standing(facts, on), _last_number(facts))
    before = stands.position
    planned = apply_all(before, [read_instrument(step, on) for step in steps])
    if planned.past_due:
        raise RefusedError("still_past_due", None, "something would stay past due")
    if planned.waived.total:
        raise RefusedError("waived_apart", "arrears", "waivers are asked for by themselves")
    found = compare(before, planned)
    old = tuple(PlannedRow(row.n, row.due_on, row.principal, row.interest) for row in _unpaid(before))
    new = tuple(PlannedRow(row.n, row.due_on, row.principal, row.interest) for row in planned.schedule)
    return Reshaped(
        loan=facts.number,
        currency=facts.conventions.currency,
        instrument=Instrument.RESTRUCTURE,
        days=max(0, (new[-1].due_on - old[-1].due_on).days),
        start_on=facts.start_on,
        original_end=max(row.due_on for row in facts.versions[0].rows),
        outstanding=before.outstanding,
        rate_ppm=loan.annual_rate_ppm,
        day_count=loan.day_count,
        added_interest=found.total_cost_new - found.total_cost_old,
        steps=steps_text(steps),
        capitalised=planned.capitalised,
        loss=found.present_value_loss,
        apr="" if found.apr_effective is None else percent_text(found.apr_effective),
        old=old,
        new=new,
        kept=tuple(PlannedRow(*row) for row in stands.kept),
    )


def _unpaid(before: Position) -> Sequence[Any]:
    """The rows as they are, with their own numbers."""
    numbers = [row.n for row in (*before.past_due, *before.rows)]
    return [row._replace(n=n) for n, row in zip(numbers, before.schedule, strict=False)]


def _last_number(facts: LoanFacts) -> int:
    return max(row.n for version in facts.versions for row in version.rows)
