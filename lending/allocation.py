"""Where a payment goes: the order of allocation is the product's, the arithmetic is this.

A payment walks a fixed sequence of dues and fills each one before the next, so the parts sum to the payment or to all that
is due, whichever is less, and one payment does the same as two that sum to it.

Orders: costs of enforcement, then interest, then principal unless agreed otherwise (Civil Code of China, article 561;
penalty counts as interest); credit cards (commercial banks' card rules, article 57): up to 90 days past due interest and
fees before principal, from 91 days principal before interest before fees.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Final, NamedTuple


class Component(StrEnum):
    """What a debt is made of."""

    FEE = "fee"
    PENALTY = "penalty"
    COMPOUND = "compound"
    INTEREST = "interest"
    PRINCIPAL = "principal"


class AllocationBy(StrEnum):
    """Instalment: all of the oldest instalment first. Component: all dues of one kind first."""

    INSTALMENT = "instalment"
    COMPONENT = "component"


Order = tuple[Component, ...]

LOAN: Final[Order] = (
    Component.FEE,
    Component.PENALTY,
    Component.COMPOUND,
    Component.INTEREST,
    Component.PRINCIPAL,
)
CARD_TO_90: Final[Order] = (
    Component.INTEREST,
    Component.COMPOUND,
    Component.PENALTY,
    Component.FEE,
    Component.PRINCIPAL,
)
CARD_FROM_91: Final[Order] = (
    Component.PRINCIPAL,
    Component.INTEREST,
    Component.COMPOUND,
    Component.PENALTY,
    Component.FEE,
)

LATE_DAYS: Final = 91
"""Days past due from which a product may name another order (commercial banks' card rules, article 57)."""

PRESETS: Final[Mapping[str, Order]] = {"loan": LOAN, "card_to_90": CARD_TO_90, "card_from_91": CARD_FROM_91}


class Due(NamedTuple):
    """An amount asked for, in minor units. `n` is the instalment, None what belongs to the loan as a whole."""

    n: int | None
    component: Component
    amount: int


class Part(NamedTuple):
    """What of a payment went to the due of the same `n` and component; always positive."""

    n: int | None
    component: Component
    amount: int


def allocate(amount: int, dues: Sequence[Due], order: Order, by: AllocationBy) -> list[Part]:
    """Fill `dues`, given oldest first, in the product's order until the amount is used up.

    Dues of the loan as a whole are, by instalment, asked for before all instalments when they rank before both interest and
    principal, else after all instalments. The sequence depends on nothing that a payment changes.
    """
    assert amount >= 0
    parts: list[Part] = []
    left = amount
    for due in dues if len(dues) < 2 else _sequence(dues, order, by):
        if not left:
            break
        assert due.amount >= 0
        share = min(left, due.amount)
        if share:
            parts.append(Part(due.n, due.component, share))
            left -= share
    return parts


def _sequence(dues: Sequence[Due], order: Order, by: AllocationBy) -> list[Due]:
    rank = _ranks(order)
    if by == AllocationBy.COMPONENT:
        return sorted(dues, key=lambda due: rank[due.component])
    place: dict[int | None, int] = {}
    for due in dues:
        place.setdefault(due.n, len(place))
    whole_loan = len(place) * len(rank)
    first_of_instalment = min(rank[Component.INTEREST], rank[Component.PRINCIPAL])

    def position(due: Due) -> int:
        ranked = rank[due.component]
        if due.n is None:
            return ranked - len(rank) if ranked < first_of_instalment else ranked + whole_loan
        return place[due.n] * len(rank) + ranked

    return sorted(dues, key=position)


@cache
def _ranks(order: Order) -> dict[Component, int]:
    if sorted(order) != sorted(Component):
        raise ValueError("an order of allocation names every component once")
    return {component: rank for rank, component in enumerate(order)}
