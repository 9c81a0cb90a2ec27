"""What can be waived of a loan, and how an amount is split over it: pure, in minor units.

The house order of giving up is penalty, then interest, then principal (house rule: what hurts the lender least goes first).
Open is everything that the schedule in force still asks for, due or not, and the penalty accrued up to the day.
"""

from typing import NamedTuple

from lending.standing import Standing

COMPONENTS = ("penalty", "interest", "principal")
"""The fields of `Parts`, in the house order."""


class Parts(NamedTuple):
    """An amount by component."""

    penalty: int = 0
    interest: int = 0
    principal: int = 0

    @property
    def total(self) -> int:
        return sum(self)

    def is_within(self, other: "Parts") -> bool:
        """Whether each component is at most the other's."""
        return all(mine <= most for mine, most in zip(self, other, strict=True))

    def less(self, other: "Parts") -> "Parts":
        return Parts(*(mine - taken for mine, taken in zip(self, other, strict=True)))


def open_parts(state: Standing) -> Parts:
    """What is open of a loan on the day of its standing."""
    interest = sum(row.open_interest for row in state.instalments)
    return Parts(state.penalty, interest, state.outstanding_principal)


def waived_parts(state: Standing) -> Parts:
    """What was given up of a loan over its life, as it stands."""
    interest = sum(row.waived_interest - row.frozen_interest for row in state.instalments)
    return Parts(state.penalty_waived, interest, sum(row.waived_principal for row in state.instalments))


def in_house_order(amount: int, of: Parts) -> Parts:
    """`amount` split over what is open, penalty first and principal last; at most all of it."""
    assert amount >= 0
    parts = []
    for part in of:
        parts.append(min(amount, part))
        amount -= parts[-1]
    return Parts(*parts)
