"""Money for several debts of one borrower to the same creditor: which of them it pays (Civil Code of China, article 560).

The debts that the debtor names come first. Else: what has fallen due before what has not; of that the least secured first, then
the heaviest, which is the dearest a year; of equally heavy ones the earliest due; of those of one day each in proportion.

Invariant, asserted: the shares and what is over sum to the amount.
"""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from lending.money import split


class Debt(NamedTuple):
    """A part of a loan with one place in the order; a loan may have two: what is due of it and what is to come.

    `secured` is how much of it is secured, in any one measure; `rate_ppm` what it costs a year, penalty with it where it runs.
    """

    loan: str
    creditor: str
    amount: int
    is_due: bool
    due_on: date
    rate_ppm: int
    secured: int = 0


class Share(NamedTuple):
    """What of the money goes to a debt; always positive."""

    debt: Debt
    amount: int


class Spread(NamedTuple):
    """The shares in the order in which they are paid; `over` is more than all debts ask for."""

    shares: tuple[Share, ...]
    over: int

    def by_loan(self) -> dict[str, int]:
        """The money of each loan, in the order of the first share; what is over goes with the last."""
        sums: dict[str, int] = {}
        for share in self.shares:
            sums[share.debt.loan] = sums.get(share.debt.loan, 0) + share.amount
        if self.over and sums:
            sums[list(sums)[-1]] += self.over
        return sums


class CreditorsError(ValueError):
    """Money for one creditor never pays another."""


def spread(amount: int, debts: Sequence[Debt], named: Sequence[str] = ()) -> Spread:
    """`amount` over these debts of one creditor; `named` are the loans that the debtor names, in that order."""
    assert amount >= 0
    if len({debt.creditor for debt in debts}) > 1:
        raise CreditorsError("the debts have several creditors")
    places = {loan: place for place, loan in enumerate(named)}
    shares: list[Share] = []
    left = amount

    def rank(debt: Debt) -> tuple[int, bool, int, int, date]:
        return (places.get(debt.loan, len(places)), not debt.is_due, debt.secured, -debt.rate_ppm, debt.due_on)

    for _rank, equals in groupby(sorted(debts, key=rank), key=rank):
        group = [debt for debt in equals if debt.amount > 0]
        parts = [debt.amount for debt in group]
        if left < sum(parts):
            parts = split(left, parts)
        shares += [Share(debt, part) for debt, part in zip(group, parts, strict=True) if part]
        left -= sum(parts)
        if not left:
            break
    assert sum(share.amount for share in shares) + left == amount
    return Spread(tuple(shares), left)
