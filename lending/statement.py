"""The statement of account: every movement of a loan between two days with its running balance, from the facts alone.

The balance is what has fallen due, penalty with it, less what was paid: money ahead of its due day makes it negative. Entries
move it in the order in which the loan itself is walked: a new schedule, what falls due, penalty, costs, waivers, then payments and refunds. What
is waived of a coming instalment is simply not asked for on its due day.

Invariants, asserted: the balance at the end of each day is that of the pure standing; the entries sum to the difference
between the opening and the closing balance.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from lending.loan_facts import LoanFacts
from lending.standing import AllocationFact, Standing, standing

DAY = timedelta(days=1)


class Kind(StrEnum):
    LENT = "lent"
    SCHEDULE = "schedule"
    DUE = "due"
    PENALTY = "penalty"
    FEE = "fee"
    WAIVER = "waiver"
    PAYMENT = "payment"
    REVERSAL = "reversal"
    REFUND = "refund"


class Receipt(NamedTuple):
    """A row of money received, as the book has it: `amount` is negative for a reversal, which names what it takes back.

    `entered_on` is the day on which somebody wrote it.
    """

    id: int
    reference: str
    value_on: date
    amount: int
    entered_on: date
    reverses: int | None = None


class Movement(NamedTuple):
    """One entry. `amount` changes the balance: owed is positive, paid negative, and what was lent changes nothing.

    `n`, `principal` and `interest` belong to what falls due; `since` to penalty, whose last day is the day before `on`;
    `parts` and `held` to a payment that stands. `principal_left` is given with the last entry of its day.
    """

    on: date
    kind: Kind
    amount: int
    balance: int = 0
    n: int | None = None
    principal: int = 0
    interest: int = 0
    since: date | None = None
    receipt: Receipt | None = None
    parts: tuple[AllocationFact, ...] = ()
    held: int = 0
    version: int = 0
    principal_left: int | None = None


class Statement(NamedTuple):
    """Movements of [from_on, to_on] between two balances; `closing_state` is the standing at the end of `to_on`."""

    from_on: date
    to_on: date
    opening: int
    movements: tuple[Movement, ...]
    closing: int
    closing_state: Standing

    def total(self, *kinds: Kind) -> int:
        """What the entries of these kinds sum to."""
        return sum(movement.amount for movement in self.movements if movement.kind in kinds)


def balance_of(state: Standing) -> int:
    """What has fallen due by the end of the day and is not paid, less what was paid ahead or is held."""
    owed = sum(row.open for row in state.instalments if row.due_on <= state.on)
    ahead = sum(row.paid_principal + row.paid_interest for row in state.instalments if row.due_on > state.on)
    return owed + state.penalty + state.fee - ahead - state.unapplied


def statement(facts: LoanFacts, receipts: Sequence[Receipt], from_on: date, to_on: date) -> Statement:
    """The statement of the days from `from_on` to `to_on`, both counted; `receipts` are all rows, reversed ones too."""
    assert from_on <= to_on
    walk = _Walk(facts, receipts, to_on)
    before = standing(facts, from_on - DAY)
    walk.begin(before)
    movements = [movement for day in walk.days(from_on) for movement in walk.day(day)]
    assert walk.balance == balance_of(walk.closing)
    assert sum(movement.amount for movement in movements) == walk.balance - balance_of(before)
    return Statement(from_on, to_on, balance_of(before), tuple(movements), walk.balance, walk.closing)


class _Walk:
    """The days of a statement one after the other, with the balance reached."""

    def __init__(self, facts: LoanFacts, receipts: Sequence[Receipt], to_on: date) -> None:
        self.facts = facts
        self.receipts = sorted(receipts, key=attrgetter("value_on", "id"))
        self.reversed_ids = {receipt.reverses for receipt in receipts if receipt.reverses}
        self.versions = sorted(facts.versions, key=attrgetter("effective_on"))
        self.to_on = to_on
        self.closing = standing(facts, to_on)
        self.balance = 0
        self.state = self.closing

    def begin(self, state: Standing) -> None:
        self.state, self.balance = state, balance_of(state)

    def days(self, from_on: date) -> list[date]:
        """The days on which something moves, and the last one, up to which penalty grows."""
        due = {row.due_on for version in self.versions for row in version.rows}
        days = due | {day + timedelta(days=self.facts.conventions.grace_days) for day in due}
        days |= {version.effective_on for version in self.versions[1:]}
        days |= {receipt.value_on for receipt in self.receipts} | {self.facts.start_on}
        days |= (
            {fee.on for fee in self.facts.fees}
            | {waiver.on for waiver in self.facts.waivers}
            | {refund.on for refund in self.facts.refunds}
        )
        return sorted({day for day in days if from_on <= day <= self.to_on} | {self.to_on})

    def day(self, day: date) -> Iterator[Movement]:
        """The entries of one day, each with the balance after it."""
        former, self.state = self.state, standing(self.facts, day)
        entries = [*self._lent(day), *self._dues(day), *self._penalty(day, former), *self._fees(day)]
        entries += self._waivers(day, former)
        entries += [*self._receipts(day), *self._refunds(day)]
        moved = balance_of(self.state) - self.balance - sum(entry.amount for entry in entries)
        entries = [*self._schedules(day, moved), *entries]
        for index, entry in enumerate(entries):
            self.balance += entry.amount
            is_last = index == len(entries) - 1
            left = self.state.outstanding_principal if is_last else None
            yield entry._replace(balance=self.balance, principal_left=left)
        assert self.balance == balance_of(self.state)

    def _lent(self, day: date) -> Iterator[Movement]:
        if day == self.facts.start_on:
            yield Movement(day, Kind.LENT, 0, principal=self.facts.principal)

    def _schedules(self, day: date, moved: int) -> Iterator[Movement]:
        """New schedules of the day: what they no longer ask for of the past, or ask for in addition, on the last of them."""
        changed = [index for index, each in enumerate(self.versions) if index and each.effective_on == day]
        assert changed or not moved
        for index in changed:
            amount = moved if index == changed[-1] else 0
            yield Movement(day, Kind.SCHEDULE, amount, version=index + 1)

    def _dues(self, day: date) -> Iterator[Movement]:
        for row in self.state.instalments:
            principal, interest = row.principal - row.waived_principal, row.interest - row.waived_interest
            if row.due_on == day and principal + interest:
                yield Movement(day, Kind.DUE, principal + interest, n=row.n, principal=principal, interest=interest)

    def _penalty(self, day: date, former: Standing) -> Iterator[Movement]:
        if grown := self.state.penalty_accrued - former.penalty_accrued:
            yield Movement(day, Kind.PENALTY, grown, since=former.on)

    def _fees(self, day: date) -> Iterator[Movement]:
        """Costs charged for that day."""
        for fee in self.facts.fees:
            if fee.on == day:
                yield Movement(day, Kind.FEE, fee.amount)

    def _waivers(self, day: date, former: Standing) -> Iterator[Movement]:
        """What was given up that day of penalty and of what had fallen due before."""
        if any(waiver.on == day for waiver in self.facts.waivers):
            yield Movement(day, Kind.WAIVER, _waived(former, day) - _waived(self.state, day))

    def _receipts(self, day: date) -> Iterator[Movement]:
        """What came in on that value day; what a payment settled is told as of the end of the statement."""
        for receipt in self.receipts[bisect_left(self.receipts, day, key=attrgetter("value_on")) :]:
            if receipt.value_on != day:
                break
            if receipt.reverses or receipt.id in self.reversed_ids:
                kind = Kind.REVERSAL if receipt.reverses else Kind.PAYMENT
                yield Movement(day, kind, -receipt.amount, receipt=receipt)
                continue
            parts = tuple(part for part in self.closing.allocations if part.payment_id == receipt.id)
            back = sum(
                each.amount for each in self.facts.refunds if each.payment_id == receipt.id and each.on <= self.to_on
            )
            held = receipt.amount - back - sum(part.amount for part in parts)
            yield Movement(day, Kind.PAYMENT, -receipt.amount, receipt=receipt, parts=parts, held=held)

    def _refunds(self, day: date) -> Iterator[Movement]:
        """What went back to the payer that day of money that settled nothing."""
        if amount := sum(refund.amount for refund in self.facts.refunds if refund.on == day):
            yield Movement(day, Kind.REFUND, amount)


def _waived(state: Standing, day: date) -> int:
    """What is waived of penalty and of instalments that fell due before that day."""
    fallen_due = (row for row in state.instalments if row.due_on < day)
    return (
        state.penalty_waived + state.fee_waived + sum(row.waived_principal + row.waived_interest for row in fallen_due)
    )
