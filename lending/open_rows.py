"""An instalment while the history of its loan is replayed. Days are ordinals (`date.toordinal`), amounts minor units."""

from collections.abc import Iterator
from dataclasses import dataclass

from lending.allocation import Component, Due


@dataclass(slots=True)
class OpenRow:
    """What an instalment asks for and what has been paid of it; `0 <= paid <= asked` for each part.

    `settled` is the day from which nothing of it has been open. `grace_held` is overdue principal times days within a
    grace that does not excuse, waiting to be charged should the grace run out.
    """

    n: int
    due: int
    principal: int
    interest: int
    paid_principal: int = 0
    paid_interest: int = 0
    settled: int | None = None
    grace_held: int = 0

    @property
    def open(self) -> int:
        """What is still to be paid of it."""
        return self.principal + self.interest - self.paid_principal - self.paid_interest

    def dues(self) -> Iterator[Due]:
        """Its open parts."""
        if interest := self.interest - self.paid_interest:
            yield Due(self.n, Component.INTEREST, interest)
        if principal := self.principal - self.paid_principal:
            yield Due(self.n, Component.PRINCIPAL, principal)

    def pay(self, component: Component, amount: int, day: int) -> None:
        """Take a part of a payment of value day `day`."""
        if component is Component.INTEREST:
            self.paid_interest += amount
        else:
            assert component is Component.PRINCIPAL
            self.paid_principal += amount
        assert self.paid_interest <= self.interest
        assert self.paid_principal <= self.principal
        if not self.open:
            self.settled = day
