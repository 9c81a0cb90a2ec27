"""Where a loan stands on a day: a pure function of facts and a date, for any day past or future.

Standing on D counts payments of value day up to D and waivers up to D under the schedule version in force on D; facts dated later change
nothing. All amounts are minor units. Nothing here reads a clock or a database; the set-based close must agree with it.

Days past due are D minus the due day of the oldest instalment that has more than the tolerance unpaid (the due day is day
0, or day 1 where the product counts so). An instalment is overdue once it counts at least one day past due.
"""

from datetime import date
from typing import NamedTuple

from lending.allocation import Component
from lending.buckets import bucket
from lending.loan_facts import Conventions, InstalmentFact, LoanFacts, PaymentFact, VersionFact, WaiverFact
from lending.money import divide
from lending.open_rows import OpenRow
from lending.replay import Replay
from lending.turning import growth, turning_day

__all__ = [
    "AllocationFact",
    "Conventions",
    "InstalmentFact",
    "InstalmentState",
    "LoanFacts",
    "PaymentFact",
    "Standing",
    "VersionFact",
    "WaivedFact",
    "WaiverFact",
    "standing",
]


class InstalmentState(NamedTuple):
    """An instalment of the version in force; `settled_on` is the day from which nothing of it has been open.

    What is waived of it is no longer owed, like what is paid, and is counted apart.
    """

    n: int
    due_on: date
    principal: int
    interest: int
    paid_principal: int
    paid_interest: int
    waived_principal: int
    waived_interest: int
    settled_on: date | None

    @property
    def open_principal(self) -> int:
        return self.principal - self.paid_principal - self.waived_principal

    @property
    def open_interest(self) -> int:
        return self.interest - self.paid_interest - self.waived_interest

    @property
    def open(self) -> int:
        """What is still to be paid of it."""
        return self.open_principal + self.open_interest


class AllocationFact(NamedTuple):
    """How much of a payment stands against a component of an instalment (None: of the loan) on the day asked for."""

    payment_id: int
    n: int | None
    component: Component
    amount: int


class WaivedFact(NamedTuple):
    """How much of a waiver stands against a component of an instalment (None: of the loan) on the day asked for."""

    waiver_id: int
    n: int | None
    component: Component
    amount: int


class Standing(NamedTuple):
    """Everything the facts say about a loan as of `on`.

    `penalty` is accrued, neither paid nor waived; `penalty_accrued`, `penalty_paid` and `penalty_waived` are the sums of its
    whole life, and `penalty_numerator` the exact integer that `penalty_accrued` is read from by `penalty_day_basis`; it grows by
    `penalty_growth` a day until `holds_until`, the first day on which time alone changes more than that (None: never). `unapplied` is money held because everything
    was settled. `oldest_due_on` is None while no day past due counts; `next_due_on` is the first unpaid due day from `on`
    that is not overdue; `paid_off_on` the value day that settled every row and all penalty.
    """

    on: date
    days_past_due: int
    bucket: str
    overdue_principal: int
    overdue_interest: int
    penalty: int
    outstanding_principal: int
    payoff: int
    oldest_due_on: date | None
    paid_off_on: date | None
    unapplied: int
    penalty_numerator: int
    penalty_growth: int
    penalty_day_basis: int
    penalty_accrued: int
    penalty_paid: int
    penalty_waived: int
    holds_until: date | None
    next_due_on: date | None
    next_due_amount: int
    instalments: tuple[InstalmentState, ...]
    allocations: tuple[AllocationFact, ...]
    waived: tuple[WaivedFact, ...]


class _Overdue(NamedTuple):
    """What the overdue rows come to; `oldest` is the due day that days past due count from."""

    principal: int
    interest: int
    oldest: int | None


def standing(facts: LoanFacts, on: date) -> Standing:
    """The standing of the loan at the end of `on`."""
    replay = Replay(facts)
    replay.run(on)
    today, conventions = on.toordinal(), facts.conventions
    due_day_counts = 0 if conventions.day_zero else 1
    overdue_to = today - 1 + due_day_counts
    overdue = _overdue(replay.rows, overdue_to, conventions.tolerance_amount)
    days_past_due = 0 if overdue.oldest is None else today - overdue.oldest + due_day_counts
    coming = next((row for row in replay.rows if row.due > overdue_to and row.open), None)
    outstanding = sum(row.open_principal for row in replay.rows)
    penalty_open = replay.penalty_open
    unapplied = sum(replay.unapplied.values())
    running = _running_interest(replay.rows, facts.start_on.toordinal(), today, overdue_to)
    assert 0 <= overdue.principal <= outstanding
    return Standing(
        on=on,
        days_past_due=days_past_due,
        bucket=bucket(days_past_due),
        overdue_principal=overdue.principal,
        overdue_interest=overdue.interest,
        penalty=penalty_open,
        outstanding_principal=outstanding,
        payoff=max(0, outstanding + overdue.interest + running + penalty_open - unapplied),
        oldest_due_on=_day(overdue.oldest),
        paid_off_on=_day(replay.paid_off),
        unapplied=unapplied,
        penalty_numerator=replay.penalty_numerator,
        penalty_growth=growth(replay.rows, today, conventions),
        penalty_day_basis=conventions.penalty_day_basis,
        penalty_accrued=replay.penalty_accrued,
        penalty_paid=replay.penalty_paid,
        penalty_waived=replay.penalty_waived,
        holds_until=_day(turning_day(replay.rows, today, days_past_due, conventions)),
        next_due_on=None if coming is None else _day(coming.due),
        next_due_amount=0 if coming is None else coming.open,
        instalments=tuple(map(_state, replay.rows)),
        allocations=tuple(AllocationFact(*key, amount) for key, amount in replay.allocated.items()),
        waived=tuple(WaivedFact(*key, amount) for key, amount in replay.waived.items()),
    )


def _overdue(rows: list[OpenRow], overdue_to: int, tolerance: int) -> _Overdue:
    """Sums over the rows due on or before `overdue_to`; only more than `tolerance` unpaid makes a row the oldest."""
    principal = interest = 0
    oldest: int | None = None
    for row in rows:
        if row.due > overdue_to:
            break
        if row.settled is None:
            principal += row.open_principal
            interest += row.open_interest
            if oldest is None and row.open > tolerance:
                oldest = row.due
    return _Overdue(principal, interest, oldest)


def _running_interest(rows: list[OpenRow], start: int, today: int, overdue_to: int) -> int:
    """Interest of the period that `today` falls in, by days elapsed, rounded half-up, less what is paid or waived of that row.

    A row's period runs from the due day before it (the start of the loan for the first) up to and including its own. Interest
    paid ahead of the days elapsed is not given back.
    """
    since = start
    for row in rows:
        if since < today <= row.due and row.due > overdue_to:
            earned = divide(row.interest * (today - since), row.due - since)
            return max(0, earned - row.paid_interest - row.waived_interest)
        since = row.due
    return 0


def _state(row: OpenRow) -> InstalmentState:
    return InstalmentState(
        row.n,
        date.fromordinal(row.due),
        row.principal,
        row.interest,
        row.paid_principal,
        row.paid_interest,
        row.waived_principal,
        row.waived_interest,
        _day(row.settled),
    )


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)
