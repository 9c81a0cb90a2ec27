"""The months before the demo's days, as nights would have written them down had there been any: reckoned from the loans.

Nobody came late with anything in these lives, so what is known now was known then.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from lending.loading import LoanToLoad
from lending.loan_facts import LoanFacts
from lending.standing import InstalmentState, Standing, standing
from risk.models import Flow, MonthEnd, Roll, Snapshot
from risk.rates import BEHIND, CURRENT, PAID
from risk.snapshots import FIRST_MISSED, month_before, put, rolls

MONTHS = 12
Codes = tuple[str, str, str]
"""Currency, funder, product."""


class _Stood(NamedTuple):
    """A loan as a month ended."""

    bucket: str
    principal: int
    overdue: int


class Past:
    """What becomes of the loans up to `eve`, the day as of which the book is loaded: `take` each, then `write`."""

    def __init__(self, eve: date) -> None:
        self.eve = eve
        ends = [eve.replace(day=1)]
        while len(ends) < MONTHS:
            ends.append(month_before(ends[-1]))
        self.ends = ends[::-1]
        self.snapshots: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        self.flows: dict[tuple[Any, ...], int] = defaultdict(int)
        self.month_ends: list[tuple[Any, ...]] = []

    def take(self, key: int, loan: LoanToLoad, facts: LoanFacts, state: Standing) -> None:
        """A loan by its key, with where its facts put it on the eve."""
        codes = (loan.terms.currency, loan.funder.code, loan.product.code)
        self.take_facts(key, codes, facts, state)

    def take_facts(self, key: int, codes: Codes, facts: LoanFacts, state: Standing) -> None:
        self._add_flows(codes, facts, state)
        before = ""
        for end in self.ends:
            if facts.start_on >= end:
                continue
            stood = _stood(facts, state, end)
            sums = self.snapshots[end, *codes, facts.start_on.replace(day=1), stood.bucket]
            for n, part in enumerate((1, facts.principal, stood.principal, stood.overdue)):
                sums[n] += part
            if stood.bucket in BEHIND or before in BEHIND:
                since = month_before(end)
                cash = sum(each.amount for each in facts.payments if since <= each.value_on < end)
                self.month_ends.append((end, key, before, stood.bucket, stood.principal, cash))
            before = stood.bucket

    def write(self) -> None:
        put(Snapshot, ((*key, *sums) for key, sums in self.snapshots.items()))
        put(Flow, ((*key, amount) for key, amount in self.flows.items() if amount))
        put(MonthEnd, self.month_ends)
        for end in self.ends:
            put(Roll, rolls(end))

    def _add_flows(self, codes: Codes, facts: LoanFacts, state: Standing) -> None:
        first = self.ends[0]
        for row in state.instalments:
            if first <= row.due_on < self.eve:
                for name, amount in _brought(facts, state, row, self.eve):
                    self.flows[row.due_on, name, *codes] += amount


def _stood(facts: LoanFacts, state: Standing, end: date) -> _Stood:
    """Whoever had settled everything due by then was current, which spares the reckoning of most."""
    if state.paid_off_on and state.paid_off_on <= end:
        return _Stood(PAID, 0, 0)
    if all(_is_settled(row, end) for row in state.instalments if row.due_on < end):
        return _Stood(CURRENT, sum(row.principal for row in state.instalments if not _is_settled(row, end)), 0)
    then = standing(facts, end)
    if then.oldest_due_on is None:
        return _Stood(CURRENT, then.outstanding_principal, 0)
    overdue = then.overdue_principal + then.overdue_interest + then.penalty
    return _Stood(then.bucket, then.outstanding_principal, overdue)


def _brought(facts: LoanFacts, state: Standing, row: InstalmentState, eve: date) -> Iterator[tuple[str, int]]:
    """What the due day of an instalment brought: it fell due, was missed, was the first of its loan."""
    due = row.principal + row.interest - row.waived_principal - row.waived_interest
    is_missed = not _is_settled(row, row.due_on)
    yield Flow.Name.DUE, due
    if is_missed:
        in_time = {each.id for each in facts.payments if each.value_on <= row.due_on}
        paid = sum(part.amount for part in state.allocations if part.n == row.n and part.payment_id in in_time)
        yield Flow.Name.MISSED, due - paid
    if row.n == 1:
        yield Flow.Name.FIRST_DUE, 1
        for name, after in FIRST_MISSED.items():
            looked_at = row.due_on + timedelta(days=after)
            if is_missed and looked_at < eve and not _is_settled(row, looked_at):
                yield name, 1


def _is_settled(row: InstalmentState, on: date) -> bool:
    return row.settled_on is not None and row.settled_on <= on
