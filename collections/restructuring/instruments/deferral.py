"""Deferral or payment holiday (延期还款): nothing falls due for a time, also after something was past due.

A change by agreement (Civil Code, article 543). Interest of the time runs, is frozen, is capitalised or moves to the tail.
"""

from typing import NamedTuple

from restructuring.instruments.position import Position
from restructuring.instruments.postponing import By, Interest, postponed


class Deferral(NamedTuple):
    """By `days` or by `periods` of the loan. What is past due moves with the rest; its penalty falls due with the first row."""

    days: int = 0
    periods: int = 0
    interest: Interest = Interest.RUNS

    def apply(self, position: Position) -> Position:
        return postponed(position, By(self.days, self.periods), self.interest)
