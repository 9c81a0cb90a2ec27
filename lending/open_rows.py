"""An instalment while the history of its loan is replayed. Days are ordinals (`date.toordinal`), amounts minor units."""

from collections.abc import Iterator
from dataclasses import dataclass

from lending.allocation import Component, Due


@dataclass(slots=True)
class OpenRow:
    """What an instalment asks for, what has been paid and what waived of it; `0 <= paid + waived <= asked` for each part.

    `due_by` and `grace_ends` say when lateness and the charge for it begin (`lending.due_days`), `frozen` is interest that
    never accrued (`lending.freezing`). `settled` is the day from which nothing of it has been open. `surety_rate` is
    the penalty rate of a guarantor who paid for it. `grace_held` and `grace_held_compound` are what days within a grace that
    does not excuse come to in the numerators, waiting to be charged should the grace run out.
    """

    n: int
    due: int
    principal: int
    interest: int
    due_by: int
    grace_ends: int
    frozen: int = 0
    surety_rate: int | None = None
    paid_principal: int = 0
    paid_interest: int = 0
    waived_principal: int = 0
    waived_interest: int = 0
    settled: int | None = None
    grace_held: int = 0
    grace_held_compound: int = 0

    @property
    def asked(self) -> int:
        return self.principal + self.interest

    @property
    def open(self) -> int:
        """What is still to be paid of it."""
        return self.open_principal + self.open_interest

    @property
    def open_principal(self) -> int:
        return self.principal - self.paid_principal - self.waived_principal

    @property
    def open_interest(self) -> int:
        return self.interest - self.frozen - self.paid_interest - self.waived_interest

    def dues(self) -> Iterator[Due]:
        """Its open parts."""
        if interest := self.open_interest:
            yield Due(self.n, Component.INTEREST, interest)
        if principal := self.open_principal:
            yield Due(self.n, Component.PRINCIPAL, principal)

    def pay(self, component: Component, amount: int, day: int) -> None:
        """Take a part of a payment of value day `day`."""
        if component is Component.INTEREST:
            self.paid_interest += amount
        else:
            assert component is Component.PRINCIPAL
            self.paid_principal += amount
        self._close(day)

    def waive(self, component: Component, amount: int, day: int) -> int:
        """Give up as much of a component as is open, `amount` at most, from `day` on; says how much that was."""
        if component is Component.INTEREST:
            given = min(amount, self.open_interest)
            self.waived_interest += given
        else:
            assert component is Component.PRINCIPAL
            given = min(amount, self.open_principal)
            self.waived_principal += given
        self._close(day)
        return given

    def _close(self, day: int) -> None:
        assert self.open_interest >= 0
        assert self.open_principal >= 0
        if self.settled is None and not self.open:
            self.settled = day
