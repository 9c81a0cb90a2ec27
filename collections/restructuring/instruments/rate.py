"""Rate reduction: a lower rate for all coming instalments, or for some of them and then the old one again (stepped)."""

from fractions import Fraction
from typing import NamedTuple

from restructuring.instruments.position import Position
from restructuring.instruments.reamortising import lower_rate
from restructuring.instruments.rebuilding import resized
from restructuring.instruments.refusal import RefusedError


class Rate(NamedTuple):
    """From the next due day on; for the next `periods` instalments only where it is given. What is past due stays as it is."""

    rate_ppm: int | Fraction
    periods: int | None = None

    def apply(self, position: Position) -> Position:
        if not position.rows:
            raise RefusedError("nothing_ahead", None, "no instalment is still to come: re-amortise instead")
        rate, old, rows = lower_rate(position, self.rate_ppm), position.rate_ppm, len(position.rows)
        lower = rows if self.periods is None else min(self.periods, rows)
        after = rate if lower == rows else old
        return resized(position, position.coming, rates=[rate] * lower + [old] * (rows - lower), rate_ppm=after)
