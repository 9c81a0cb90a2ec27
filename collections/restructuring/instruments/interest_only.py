"""Interest-only period: some instalments pay interest alone, the ones after them repay the principal."""

from fractions import Fraction
from typing import NamedTuple

from lending.schedules import Method
from restructuring.instruments.arrears import Arrears
from restructuring.instruments.position import Position
from restructuring.instruments.reamortising import amortising, lower_rate, reamortised
from restructuring.instruments.refusal import RefusedError


class InterestOnly(NamedTuple):
    """`periods` of interest alone, `then` so many that amortise; without it as many as are left, so that the end stays."""

    periods: int
    then: int | None = None
    rate_ppm: int | Fraction | None = None
    method: Method | None = None
    arrears: Arrears = Arrears()

    def apply(self, position: Position) -> Position:
        then = len(position.rows) - self.periods if self.then is None else self.then
        if then < 1:
            raise RefusedError(
                "nothing_amortises", "periods", "leaves no instalment that repays principal: give `then`"
            )
        return reamortised(
            position,
            self.periods + then,
            arrears=self.arrears,
            method=self.method or amortising(position.method),
            rate_ppm=lower_rate(position, self.rate_ppm),
            grace=self.periods,
        )
