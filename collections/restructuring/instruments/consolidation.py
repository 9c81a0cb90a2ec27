"""Consolidation: several loans of one borrower become one schedule, on the days of the first.

Its rate is the average of theirs, weighted by principal, unless a lower one is agreed. Where another loan has asked for its
interest up to another day than the first, the days between are settled with the first row, each the 360th of a year.
"""

from fractions import Fraction
from typing import NamedTuple

from lending.money import PPM, divide
from lending.waivable import Parts
from restructuring.instruments.arrears import Arrears, added, treated
from restructuring.instruments.position import Carried, Position
from restructuring.instruments.postponing import DAYS_OF_YEAR
from restructuring.instruments.reamortising import amortising
from restructuring.instruments.rebuilding import rebuilt
from restructuring.instruments.refusal import RefusedError


class Consolidation(NamedTuple):
    """Everything outstanding of the loan and of `loans` in `periods` instalments from the next due day on."""

    loans: tuple[Position, ...]
    periods: int
    rate_ppm: int | Fraction | None = None
    arrears: Arrears = Arrears()

    def apply(self, position: Position) -> Position:
        if not self.loans:
            raise RefusedError("nothing_to_consolidate", "loans", "name the other loans")
        if any(loan.terms.currency != position.terms.currency for loan in self.loans):
            raise RefusedError("same_currency", "loans", "are in another currency")
        average = _average((position, *self.loans))
        rate = average if self.rate_ppm is None else self.rate_ppm
        if rate > average:
            raise RefusedError("rate_not_raised", "annual_rate", "is above the average of the loans")
        joined, principal = treated(position, self.arrears)
        capitalised, run = joined.capitalised, 0
        for loan in self.loans:
            other, more = treated(loan, self.arrears)
            principal += more
            capitalised += other.capitalised
            run += _run_apart(other, position)
            carried = Carried(*(added(a, b) for a, b in zip(joined.carried, other.carried, strict=True)))
            joined = joined._replace(carried=carried, waived=added(joined.waived, other.waived))
        planned = rebuilt(joined, principal, self.periods, method=amortising(position.method), rate_ppm=rate)
        return _with_run(planned, run)._replace(
            capitalised=capitalised,
            taken_over=position.taken_over + sum(loan.outstanding for loan in self.loans),
        )


def _average(loans: tuple[Position, ...]) -> Fraction:
    """The rate of all loans together, weighted by principal."""
    principal = sum(loan.outstanding for loan in loans)
    return sum((Fraction(loan.rate_ppm) * loan.outstanding / (principal or 1) for loan in loans), Fraction(0))


def _run_apart(other: Position, first: Position) -> int:
    """Interest of the other loan between the days from which the two have not asked for any; below 0 where it asked later."""
    days = (first.calendar.since_of_interest - other.calendar.since_of_interest).days
    exact = Fraction(other.coming * Fraction(other.rate_ppm) * abs(days), PPM * DAYS_OF_YEAR)
    amount = divide(exact.numerator, exact.denominator, other.terms.rounding)
    return other.accrued + (amount if days >= 0 else -amount)


def _with_run(planned: Position, run: int) -> Position:
    """The plan with that interest put to its first row; at most what the row asks for is taken off."""
    if run >= 0:
        first = added(planned.carried.first, Parts(interest=run))
        return planned._replace(carried=planned.carried._replace(first=first))
    row, *others = planned.rows
    return planned._replace(rows=(row._replace(interest=max(0, row.interest + run)), *others))
