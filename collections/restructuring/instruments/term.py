"""Longer term: the same method over more instalments, so that each is smaller."""

from typing import NamedTuple

from lending.schedules import Method
from restructuring.instruments.arrears import Arrears
from restructuring.instruments.position import Position
from restructuring.instruments.reamortising import amortising, reamortised
from restructuring.instruments.refusal import RefusedError

KEPT = frozenset({Method.INTEREST_ONLY, Method.BULLET, Method.DAILY})
"""Methods that repay principal at the end, and still do at a later one."""


class Term(NamedTuple):
    """`periods` counts instalments left from the next due day; it must be more than are left now."""

    periods: int
    arrears: Arrears = Arrears()

    def apply(self, position: Position) -> Position:
        if self.periods <= len(position.rows):
            raise RefusedError("not_longer", "periods", f"must be more than the {len(position.rows)} that are left")
        method = position.method if position.method in KEPT else amortising(position.method)
        return reamortised(position, self.periods, arrears=self.arrears, method=method)
