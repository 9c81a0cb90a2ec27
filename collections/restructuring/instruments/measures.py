"""What a plan costs: present value at the original rate, the loss that it makes, what the borrower pays, and the yearly cost.

Old and new cash flows are worth what they are on the last due date up to the plan, discounted at the rate at which the loan was
made (IFRS 9, 5.4.3): period by period as its interest runs, an odd part of a period without compounding. What is past due
counts in full. The loss is the old worth less the new, so a plan that changes nothing loses nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from lending.annual_cost import Flow, NoRateError, effective, irr
from lending.money import PPM
from lending.schedules import Method, Terms, build
from restructuring.instruments.calendar import Calendar
from restructuring.instruments.position import PlanRow, Position

BITS = 96
"""Discount factors are integers over 2 to this power: finer by far than any sum of money is rounded."""
ONE = 1 << BITS
_EFFECTIVE_DIGITS = 10**18


class Comparison(NamedTuple):
    """In minor units; `apr_effective` is a fraction a year, None where no rate solves the new payments."""

    total_cost_old: int
    total_cost_new: int
    present_value_old: int
    present_value_new: int
    present_value_loss: int
    apr_effective: Decimal | None


class Yardstick(NamedTuple):
    """Discounting for a loan as it stood before the plan."""

    calendar: Calendar
    rate_ppm: int | Fraction

    def factors(self, days: Sequence[date]) -> list[int]:
        """What one unit due on each day is worth, over 2 to the power `BITS`; days in order."""
        since = self.calendar.since
        ends = _until(self.calendar, days[-1]) if days else ()
        growths = [1 + Fraction(self.rate_ppm) * span / PPM for span in self.calendar.spans(len(ends))]
        found, factor, at = [], ONE, 0
        for day in days:
            while at < len(ends) and ends[at] <= day:
                factor = factor * growths[at].denominator // growths[at].numerator
                since, at = ends[at], at + 1
            if day > since:
                odd = 1 + (growths[at] - 1) * Fraction((day - since).days, (ends[at] - since).days)
                found.append(factor * odd.denominator // odd.numerator)
            else:
                found.append(factor)
        return found


def yardstick_of(opened: Position) -> Yardstick:
    """The loan's own periods from the last due date up to the plan, at its original effective rate a period."""
    calendar = opened.calendar
    passed = calendar.passed_on(opened.on + timedelta(days=1))
    if opened.method is not Method.BULLET:
        passed = max(passed, calendar.passed)
    return Yardstick(calendar._replace(passed=passed, asked=passed), _original_rate(opened.terms))


@lru_cache(maxsize=512)
def _original_rate(terms: Terms) -> int | Fraction:
    """The contract's rate where interest is charged on what is left of the principal, else the rate that solves the rows."""
    if terms.method not in {Method.FLAT, Method.BULLET} and not terms.interest_deferred_periods:
        return terms.annual_rate_ppm
    periods = terms.periods if terms.method is Method.BULLET else 1
    flows = [Flow(periods + row.n - 1, row.total) for row in build(terms) if row.total]
    rate = irr([Flow(0, terms.principal)], flows)
    exact = Fraction(int(rate * _EFFECTIVE_DIGITS), _EFFECTIVE_DIGITS)
    return exact * PPM * terms.step.per_year


def _until(calendar: Calendar, day: date) -> tuple[date, ...]:
    """Coming due dates up to the first that is not before `day`."""
    if day <= calendar.since:
        return ()
    periods = 16
    while (ends := calendar.due(periods))[-1] < day:
        periods *= 2
    return ends


def worth(flows: Iterable[tuple[date, int]], yardstick: Yardstick) -> int:
    """Present value over 2 to the power `BITS`."""
    ordered = sorted(flows)
    factors = yardstick.factors([day for day, _ in ordered])
    return sum(amount * factor for (_, amount), factor in zip(ordered, factors, strict=True))


def in_minor_units(value: int) -> int:
    return (value + (ONE >> 1)) >> BITS


def flows_of(position: Position) -> list[tuple[date, int]]:
    """The days and amounts that are still to be paid."""
    return [(row.due_on, row.total) for row in position.schedule]


def compare(opened: Position, planned: Position, others: Sequence[Position] = ()) -> Comparison:
    """Old beside new; `others` are loans that the plan takes over. Their worth counts at their own rates, the new at the first's."""
    yardstick = yardstick_of(opened)
    old = worth(flows_of(opened), yardstick) + sum(_worth_beside(other, yardstick) for other in others)
    new = worth(flows_of(planned), yardstick)
    return Comparison(
        total_cost_old=sum(row.total for position in (opened, *others) for row in position.schedule),
        total_cost_new=sum(row.total for row in planned.schedule),
        present_value_old=in_minor_units(old),
        present_value_new=in_minor_units(new),
        present_value_loss=in_minor_units(old - new),
        apr_effective=yearly_cost(yardstick, in_minor_units(old), planned.schedule),
    )


def _worth_beside(other: Position, first: Yardstick) -> int:
    """What another loan is worth on the day on which the first is valued."""
    own, day = yardstick_of(other), first.calendar.since
    value = worth(flows_of(other), own)
    if day >= own.calendar.since:
        return value * ONE // own.factors([day])[0]
    return value * first.factors([own.calendar.since])[0] >> BITS


def yearly_cost(yardstick: Yardstick, debt: int, rows: Sequence[PlanRow]) -> Decimal | None:
    """The effective rate a year at which the payments are worth the debt, in periods of the loan after the last due date.

    The debt is what the old payments are worth, so that a plan which changes nothing costs what the loan cost.
    """
    if not rows or not debt:
        return None
    calendar = yardstick.calendar
    ends, since = _until(calendar, rows[-1].due_on), calendar.since
    payments, at = [], 0
    for row in rows:
        while at < len(ends) and ends[at] <= row.due_on:
            since, at = ends[at], at + 1
        odd = Fraction((row.due_on - since).days, (ends[at] - since).days) if row.due_on > since else Fraction(0)
        payments.append(Flow(at + odd, row.total))
    try:
        return effective(irr([Flow(0, debt)], payments), yardstick.calendar.terms.step.per_year)
    except (NoRateError, ArithmeticError):
        return None
