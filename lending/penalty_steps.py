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
from lending.standing import Standing, standing


class PenaltyStep(NamedTuple):
    """Days [from_on, to_on) with the overdue amount that was charged for them, in minor units.

    `compound_base` is the overdue interest that was charged besides, as compound interest. Either is None where days charged
    behind a grace that ran out, or rates of several creditors, make it no single amount. `accrued` is the running total of both.
    """

    from_on: date
    to_on: date
    days: int
    base: int | None
    compound_base: int | None
    rate_ppm: int | None
    accrued: int


def penalty_steps(facts: LoanFacts, on: date) -> list[PenaltyStep]:
    """The steps up to `on` that added to the penalty."""
    return list(_steps(facts, on)) if facts.conventions.penalty_rate_ppm or facts.sureties else []


def _steps(facts: LoanFacts, on: date) -> Iterator[PenaltyStep]:
    for before, after in pairwise(standing(facts, day) for day in _days(facts, on)):
        days = (after.on - before.on).days
        grown = after.penalty_numerator - before.penalty_numerator
        compounded = after.compound_numerator - before.compound_numerator
        if grown or compounded:
            rate = _rate(facts, before)
            base, compound_base = (_share(each, (rate or 0) * days) for each in (grown, compounded))
            yield PenaltyStep(before.on, after.on, days, base, compound_base, rate, after.penalty_accrued)


def _share(grown: int, by: int) -> int | None:
    whole, rest = divmod(grown, by) if by else (0, 1)
    return None if rest else whole


def _rate(facts: LoanFacts, state: Standing) -> int | None:
    """The rate that the days after a standing are charged at; None where guarantors and the product have several."""
    paid_for = {n: each for each in facts.sureties if each.on <= state.on for n in range(each.first_n, each.last_n + 1)}
    late = [row.n for row in state.instalments if row.open and row.due_by <= state.on]
    rates = {paid_for[n].penalty_rate_ppm if n in paid_for else facts.conventions.penalty_rate_ppm for n in late}
    return rates.pop() if len(rates) == 1 else None


def _days(facts: LoanFacts, on: date) -> list[date]:
    terms = facts.conventions
    rows = (row for version in facts.versions for row in version.rows)
    due = {due_by(row.due_on.toordinal(), terms) for row in rows}
    ends = {grace_ends(day, terms) for day in due} if terms.grace_days else set()
    days = {date.fromordinal(day) for day in due | ends | {day + 1 for day in ends}}
    days |= {payment.value_on for payment in facts.payments} | {version.effective_on for version in facts.versions}
    days |= {waiver.on for waiver in facts.waivers} | {surety.on for surety in facts.sureties}
    for pause in facts.pauses:
        if pause.kind is not PauseKind.CLOCK:
            days |= {pause.from_on, pause.to_on or pause.from_on}
    return sorted({day for day in days if day <= on} | {on})
