"""Re-amortise: all that is outstanding over another number of instalments, at the same rate or a lower one."""

from fractions import Fraction
from typing import NamedTuple

from lending.schedules import Method
from restructuring.instruments.arrears import Arrears
from restructuring.instruments.position import Position
from restructuring.instruments.reamortising import amortising, lower_rate, reamortised


class Reamortise(NamedTuple):
    """`periods` counts instalments left from the next due day. Without a method of its own the loan's stays, if it amortises."""

    periods: int
    rate_ppm: int | Fraction | None = None
    method: Method | None = None
    arrears: Arrears = Arrears()

    def apply(self, position: Position) -> Position:
        rate = lower_rate(position, self.rate_ppm)
        method = self.method or amortising(position.method)
        return reamortised(position, self.periods, arrears=self.arrears, method=method, rate_ppm=rate)
