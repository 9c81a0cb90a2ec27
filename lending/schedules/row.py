"""A row of a repayment schedule."""

from datetime import date
from typing import NamedTuple


class Row(NamedTuple):
    """One instalment in minor units; `balance` is the principal left after it."""

    n: int
    due_on: date
    principal: int
    interest: int
    balance: int

    @property
    def total(self) -> int:
        """What falls due."""
        return self.principal + self.interest


new_row = tuple.__new__
"""`new_row(Row, values)` makes the same as `Row(*values)` in a third of the time, of which a schedule is mostly made."""
