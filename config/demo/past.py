"""The months before the demo's days, as nights would have written them down had there been any: reckoned from the loans.

Nobody came late with anything in these lives, so what is known now was known then.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from config.demo.book import chunks
from lending.facts import facts_of
from lending.loan_facts import LoanFacts
from lending.models import Loan
from lending.standing import InstalmentState, Standing, standing
from risk.models import Flow, MonthEnd, Roll, Snapshot
from risk.rates import BEHIND, CURRENT, PAID
from risk.snapshots import FIRST_MISSED, month_before, put, rolls

MONTHS = 12
LOANS_AT_ONCE = 1_000


class _Stood(NamedTuple):
    """A loan as a month ended."""

    bucket: str
    principal: int
    overdue: int


class Past:
    """What becomes of the loans up to `eve`, the day as of which the book was loaded."""

    def __init__(self, eve: date) -> None:
        self.eve = eve
        ends = [eve.replace(day=1)]
        while len(ends) < MONTHS:
            ends.append(month_before(ends[-1]))
        self.ends = ends[::-1]
        self.snapshots: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        self.flows: dict[tuple[Any, ...], int] = defaultdict(int)
        self.month_ends: list[tuple[Any, ...]] = []

    def write(self) -> None:
        loans = Loan.objects.filter(start_on__lt=self.ends[-1]).select_related("funder", "product").order_by("pk")
        for chunk in chunks(loans.iterator(LOANS_AT_ONCE), LOANS_AT_ONCE):
            facts = facts_of([loan.pk for loan in chunk])
            for loan in chunk:
                self._take(loan, facts[loan.pk])
        put(Snapshot, ((*key, *sums) for key, sums in self.snapshots.items()))
        put(Flow, ((*key, amount) for key, amount in self.flows.items() if amount))
        put(MonthEnd, self.month_ends)
        for end in self.ends:
            put(Roll, rolls(end))

    def _take(self, loan: Loan, facts: LoanFacts) -> None:
        state = standing(facts, self.eve)
        self._add_flows(loan, facts, state)
        before = ""
        for end in self.ends:
            if loan.start_on >= end:
                continue
            stood = _stood(facts, state, end)
            key = (end, *_codes(loan), loan.start_on.replace(day=1), stood.bucket)
            sums = self.snapshots[key]
            for n, part in enumerate((1, loan.principal, stood.principal, stood.overdue)):
                sums[n] += part
            if stood.bucket in BEHIND or before in BEHIND:
                since = month_before(end)
                cash = sum(each.amount for each in facts.payments if since <= each.value_on < end)
                self.month_ends.append((end, loan.pk, before, stood.bucket, stood.principal, cash))
            before = stood.bucket

    def _add_flows(self, loan: Loan, facts: LoanFacts, state: Standing) -> None:
        first = self.ends[0]
        for row in state.instalments:
            if not first <= row.due_on < self.eve:
                continue
            for name, amount in _brought(facts, row, self.eve):
                self.flows[(row.due_on, name, *_codes(loan))] += amount


def _codes(loan: Loan) -> tuple[str, str, str]:
    return loan.currency, loan.funder.code, loan.product.code


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


def _brought(facts: LoanFacts, row: InstalmentState, eve: date) -> Iterator[tuple[str, int]]:
    """What the due day of an instalment brought: it fell due, was missed, was the first of its loan."""
    yield Flow.Name.DUE, row.principal + row.interest - row.waived_principal - row.waived_interest
    is_missed = not _is_settled(row, row.due_on)
    if is_missed:
        then = next(each for each in standing(facts, row.due_on).instalments if each.n == row.n)
        yield Flow.Name.MISSED, then.open
    if row.n == 1:
        yield Flow.Name.FIRST_DUE, 1
        for name, after in FIRST_MISSED.items():
            looked_at = row.due_on + timedelta(days=after)
            if is_missed and looked_at < eve and not _is_settled(row, looked_at):
                yield name, 1


def _is_settled(row: InstalmentState, on: date) -> bool:
    return row.settled_on is not None and row.settled_on <= on
