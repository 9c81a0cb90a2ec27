"""How a penalty was reached, in steps that somebody can check by hand: overdue principal × days × rate.

The days on which the overdue principal may change (due days, ends of grace, value days, waivers, new schedules) cut time into
steps. What a step adds to the exact numerator of `lending.penalty` is read from the pure standing on both its days, so the
steps sum to the numerator and their running total, rounded once, is the penalty accrued.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from lending.facts import LoanFacts
from lending.penalty import accrued
from lending.standing import standing


class PenaltyStep(NamedTuple):
    """Days [from_on, to_on) with the overdue principal that was charged for them, in minor units.

    `base` is None where days charged behind a grace that ran out make it no single amount. `accrued` is the running total.
    """

    from_on: date
    to_on: date
    days: int
    base: int | None
    rate_ppm: int
    accrued: int


def penalty_steps(facts: LoanFacts, on: date) -> list[PenaltyStep]:
    """The steps up to `on` that added to the penalty."""
    rate, basis = facts.conventions.penalty_rate_ppm, facts.conventions.penalty_day_basis
    return list(_steps(facts, on, rate, basis)) if rate else []


def _steps(facts: LoanFacts, on: date, rate: int, basis: int) -> Iterator[PenaltyStep]:
    numerators = [(day, standing(facts, day).penalty_numerator) for day in _days(facts, on)]
    for (from_on, before), (to_on, after) in pairwise(numerators):
        if after > before:
            days = (to_on - from_on).days
            base, rest = divmod(after - before, rate * days)
            yield PenaltyStep(from_on, to_on, days, None if rest else base, rate, accrued(after, basis))


def _days(facts: LoanFacts, on: date) -> list[date]:
    grace = timedelta(days=facts.conventions.grace_days)
    due = {row.due_on for version in facts.versions for row in version.rows}
    days = due | {day + grace for day in due if grace} | {day + grace + timedelta(days=1) for day in due if grace}
    days |= {payment.value_on for payment in facts.payments} | {version.effective_on for version in facts.versions}
    days |= {waiver.on for waiver in facts.waivers}
    return sorted({day for day in days if day <= on} | {on})
