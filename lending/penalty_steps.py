"""How a penalty was reached, in steps that somebody can check by hand: overdue amount × days × rate.

The days on which the overdue amount may change (due days, ends of grace, value days, waivers, new schedules, pauses) cut
time into steps. What a step adds to the exact numerators of `lending.penalty` is read from the pure standing on both its
days, so the steps sum to the numerators and their running total, each numerator rounded once, is the penalty accrued.
"""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from lending.due_days import due_by, grace_ends
from lending.facts import LoanFacts
from lending.loan_facts import PauseKind
from lending.standing import standing


class PenaltyStep(NamedTuple):
    """Days [from_on, to_on) with the overdue amount that was charged for them, in minor units.

    `compound_base` is the overdue interest that was charged besides, as compound interest. Either is None where days charged
    behind a grace that ran out make it no single amount. `accrued` is the running total of both.
    """

    from_on: date
    to_on: date
    days: int
    base: int | None
    compound_base: int | None
    rate_ppm: int
    accrued: int


def penalty_steps(facts: LoanFacts, on: date) -> list[PenaltyStep]:
    """The steps up to `on` that added to the penalty."""
    return list(_steps(facts, on)) if facts.conventions.penalty_rate_ppm else []


def _steps(facts: LoanFacts, on: date) -> Iterator[PenaltyStep]:
    rate = facts.conventions.penalty_rate_ppm
    for before, after in pairwise(standing(facts, day) for day in _days(facts, on)):
        days = (after.on - before.on).days
        grown = after.penalty_numerator - before.penalty_numerator
        compounded = after.compound_numerator - before.compound_numerator
        if grown or compounded:
            base, compound_base = _share(grown, rate * days), _share(compounded, rate * days)
            yield PenaltyStep(before.on, after.on, days, base, compound_base, rate, after.penalty_accrued)


def _share(grown: int, by: int) -> int | None:
    whole, rest = divmod(grown, by)
    return None if rest else whole


def _days(facts: LoanFacts, on: date) -> list[date]:
    terms = facts.conventions
    rows = (row for version in facts.versions for row in version.rows)
    due = {due_by(row.due_on.toordinal(), terms) for row in rows}
    ends = {grace_ends(day, terms) for day in due} if terms.grace_days else set()
    days = {date.fromordinal(day) for day in due | ends | {day + 1 for day in ends}}
    days |= {payment.value_on for payment in facts.payments} | {version.effective_on for version in facts.versions}
    days |= {waiver.on for waiver in facts.waivers}
    for pause in facts.pauses:
        if pause.kind is not PauseKind.CLOCK:
            days |= {pause.from_on, pause.to_on or pause.from_on}
    return sorted({day for day in days if day <= on} | {on})
