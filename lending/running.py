"""Interest of a running period up to a day: by the days elapsed of what its row asks for, or by the day itself.

A row of a loan by the day (`Method.DAILY`) asks for interest that was rounded once, at its end. Up to a day before that it is
counted from what is lent and the rate, and rounded on that day, so that every payment finds what a daily count says.
"""

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from lending.daycount import BASIS, DayCount, numerator
from lending.money import PPM, Rounding, divide


class ByTheDay(NamedTuple):
    """How a loan by the day counts: its rate in parts per million a year."""

    annual_rate_ppm: int
    day_count: DayCount
    rounding: Rounding = Rounding.HALF_UP

    def interest(self, lent: int, since: date, until: date) -> Fraction:
        """Unrounded."""
        days = numerator(self.day_count, since, until)
        return Fraction(lent * self.annual_rate_ppm * days, PPM * BASIS[self.day_count])

    def rounded(self, amount: Fraction) -> int:
        return divide(amount.numerator, amount.denominator, self.rounding)


def earned(interest: int, lent: int, since: date, due_on: date, on: date, by_the_day: ByTheDay | None) -> int:
    """What of a row's `interest` has run by `on`, a day of its period; `lent` is the principal that bears it, rounded half-up.

    Where the rate of a loan by the day does not explain the row (it was agreed anew), the days elapsed do.
    """
    days, whole = (on - since).days, (due_on - since).days
    if by_the_day:
        exact = by_the_day.interest(lent, since, due_on)
        if by_the_day.rounded(exact) == interest:
            return by_the_day.rounded(exact * days / whole)
    return divide(interest * days, whole)
