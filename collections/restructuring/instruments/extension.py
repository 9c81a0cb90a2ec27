"""Extension (展期): the same principal, every due date later; asked for before anything is past due (Civil Code, article 678)."""

from typing import NamedTuple

from restructuring.instruments.position import Position
from restructuring.instruments.postponing import By, Interest, postponed
from restructuring.instruments.refusal import RefusedError


class Extension(NamedTuple):
    """By `days` or by `periods` of the loan; interest for the added time runs and falls due with the first instalment."""

    days: int = 0
    periods: int = 0

    def apply(self, position: Position) -> Position:
        if position.past_due:
            raise RefusedError(
                "before_due", None, "something is past due: an extension is asked for before, defer instead"
            )
        return postponed(position, By(self.days, self.periods), Interest.RUNS)
