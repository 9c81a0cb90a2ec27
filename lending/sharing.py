"""Splits what was allocated over the funders of a loan, to the minor unit: pure; nothing of it is stored.

What a funder has received of a loan's component under the same shares is the largest-remainder split of the sum so far, and
its part of one allocation is what that sum has grown by. So the parts of an allocation sum to the allocation, and over the
life of a loan no funder is ever a whole minor unit away from its exact share, however many payments there were. The price: of
an allocation of a few minor units a part may be one unit against its sign, where it sets right an earlier rounding.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from lending.creditors import CreditorFacts, Owners, owners
from lending.money import split


class Allocated(NamedTuple):
    """A row of the book: `value_on` is the payment's, `booked_on` the day on which the row was written."""

    n: int | None
    component: str
    amount: int
    value_on: date
    booked_on: date


class SharedPart(NamedTuple):
    """A funder's part of an allocation."""

    funder_id: int
    component: str
    amount: int
    booked_on: date


class Splitter:
    """Splits amounts that come one after the other by the same shares."""

    def __init__(self, shares: Owners) -> None:
        self.weights = [ppm for _funder, ppm in shares]
        self.total = 0
        self.received = [0] * len(shares)

    def take(self, amount: int) -> list[int]:
        """What each owner gets of the next amount."""
        self.total += amount
        now = split(self.total, self.weights)
        parts = [after - before for after, before in zip(now, self.received, strict=True)]
        self.received = now
        assert sum(parts) == amount
        return parts


def shared(facts: CreditorFacts, allocations: Iterable[Allocated]) -> Iterator[SharedPart]:
    """The parts of all of a loan's allocations, given in the order in which they were written."""
    splitters: dict[tuple[Owners, str], Splitter] = {}
    for row in allocations:
        whose = owners(facts, row.n, row.value_on)
        if len(whose) == 1:
            yield SharedPart(whose[0][0], row.component, row.amount, row.booked_on)
            continue
        splitter = splitters.setdefault((whose, row.component), Splitter(whose))
        for (funder_id, _ppm), amount in zip(whose, splitter.take(row.amount), strict=True):
            if amount:
                yield SharedPart(funder_id, row.component, amount, row.booked_on)


def received(parts: Iterable[SharedPart], *, first: date, last: date) -> dict[int, dict[str, int]]:
    """What each funder received from `first` to `last`, by component."""
    sums: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for part in parts:
        if first <= part.booked_on <= last:
            sums[part.funder_id][part.component] += part.amount
    return {funder: dict(of) for funder, of in sums.items()}
