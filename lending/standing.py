"""Where a loan stands on a day: a pure function of facts and a date, for any day past or future.

Standing on D counts payments of value day up to D and waivers up to D under the schedule version in force on D; facts dated later change
nothing. All amounts are minor units. Nothing here reads a clock or a database; the set-based close must agree with it.

Days past due are counted by `lending.clock`, from the oldest instalment that has more than the tolerance unpaid or from the
one that began these arrears. An instalment is overdue from the day after its due day (from its due day where that is day 1),
paused or not; from the day after the next working day where closed days excuse (`lending.due_days`).
"""

from datetime import date
from typing import NamedTuple

from lending.allocation import Component
from lending.buckets import bucket
from lending.clock import Clock
from lending.freezing import frozen_interest
from lending.loan_facts import Conventions, InstalmentFact, LoanFacts, PaymentFact, VersionFact, WaiverFact
from lending.open_rows import OpenRow
from lending.replay import Replay
from lending.running import earned
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

    What is waived of it is no longer owed, like what is paid, and is counted apart. `days_past_due` are its own days: 0
    within the tolerances. `due_by` is the day that they count from (`lending.due_days`). `frozen_interest` is what of
    `waived_interest` nobody gave up: it did not accrue (`lending.freezing`).
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
    days_past_due: int
    due_by: date
    frozen_interest: int

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

    `bucket` is the house's, by which loans of all products compare, `own_bucket` the product's own.
    `penalty` is accrued, neither paid nor waived; `penalty_accrued`, `penalty_paid` and `penalty_waived` are the sums of its
    whole life. Compound interest is within all four, and `compound`, `compound_paid` and `compound_waived` say how much of
    them it is. The numerators are the exact integers that both are read from, each rounded for itself, by
    `penalty_day_basis`; they grow by `penalty_growth` and `compound_growth` a day until `holds_until`, the first day on which
    time alone changes more than that (None: never). `fee` are costs neither paid nor given up; `waived` is of the others. `unapplied` is money held because everything was settled.
    `oldest_due_on` is the day that days past due count from: a due day, moved on by the days that a pause takes out; None
    while no day counts. `next_due_on` is the first day by which something is due that is not overdue; `paid_off_on` the value day
    that settled every row and all penalty.
    """

    on: date
    days_past_due: int
    bucket: str
    own_bucket: str
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
    compound_numerator: int
    compound_growth: int
    compound: int
    compound_paid: int
    compound_waived: int
    holds_until: date | None
    next_due_on: date | None
    next_due_amount: int
    instalments: tuple[InstalmentState, ...]
    allocations: tuple[AllocationFact, ...]
    waived: tuple[WaivedFact, ...]
    fee: int
    fee_charged: int
    fee_waived: int


def standing(facts: LoanFacts, on: date) -> Standing:
    """The standing of the loan at the end of `on`."""
    replay = Replay(facts.less_refunds(on))
    replay.run(on)
    today, clock = on.toordinal(), replay.clock
    overdue_to = clock.overdue_to(today)
    overdue = [row for row in replay.rows if row.due_by <= overdue_to and row.settled is None]
    overdue_interest = sum(row.open_interest for row in overdue)
    days_past_due = 0 if replay.since is None else clock.days(replay.since, today)
    coming = next((row for row in replay.rows if row.due_by > overdue_to and row.open), None)
    outstanding = sum(row.open_principal for row in replay.rows)
    penalty, compound, grows = replay.penalty, replay.compound, growth(replay, today, facts.conventions)
    penalty_open = penalty.open + compound.open
    unapplied = sum(replay.unapplied.values())
    running = _running_interest(replay, facts, today, overdue_to)
    return Standing(
        on=on,
        days_past_due=days_past_due,
        bucket=bucket(days_past_due),
        own_bucket=bucket(days_past_due, facts.conventions.buckets),
        overdue_principal=sum(row.open_principal for row in overdue),
        overdue_interest=overdue_interest,
        penalty=penalty_open,
        outstanding_principal=outstanding,
        payoff=max(0, outstanding + overdue_interest + running + penalty_open + replay.fee.open - unapplied),
        oldest_due_on=_day(today + clock.first_day - days_past_due) if days_past_due else None,
        paid_off_on=_day(replay.paid_off),
        unapplied=unapplied,
        penalty_numerator=penalty.numerator,
        penalty_growth=grows.penalty,
        penalty_day_basis=penalty.day_basis,
        penalty_accrued=penalty.accrued + compound.accrued,
        penalty_paid=penalty.paid + compound.paid,
        penalty_waived=penalty.waived + compound.waived,
        compound_numerator=compound.numerator,
        compound_growth=grows.compound,
        compound=compound.open,
        compound_paid=compound.paid,
        compound_waived=compound.waived,
        holds_until=_day(turning_day(replay, today)),
        next_due_on=None if coming is None else _day(coming.due_by),
        next_due_amount=0 if coming is None else coming.open,
        instalments=tuple(_state(row, clock, today) for row in replay.rows),
        allocations=tuple(AllocationFact(*key, amount) for key, amount in replay.allocated.items()),
        waived=tuple(WaivedFact(*key, amount) for key, amount in replay.waived.items()),
        fee=replay.fee.open,
        fee_charged=replay.fee.charged,
        fee_waived=replay.fee.waived,
    )


def _running_interest(replay: Replay, facts: LoanFacts, today: int, overdue_to: int) -> int:
    """Interest of the period that `today` falls in up to that day, less what is paid or waived of that row; and that of
    rows fallen due on a closed day that can still be paid.

    A row's period runs from the due day before it (the start of the loan for the first) up to and including its own. Interest
    paid ahead of the days elapsed is not given back.
    """
    rows, since = replay.rows, facts.start_on.toordinal()
    waits = sum(row.open_interest for row in rows if row.due < today and row.due_by > overdue_to)
    for index, row in enumerate(rows):
        if since < today <= row.due and row.due > overdue_to:
            lent = sum(each.principal for each in rows[index:])
            began, ends, on = (date.fromordinal(day) for day in (since, row.due, today))
            run = earned(row.interest, lent, began, ends, on, facts.by_the_day)
            past = [(start, min(end, today)) for start, end in replay.interest_free]
            run -= frozen_interest(row.interest, lent, since, row.due, past, facts.by_the_day)
            return waits + max(0, run - row.paid_interest - row.waived_interest)
        since = row.due
    return waits


def _state(row: OpenRow, clock: Clock, today: int) -> InstalmentState:
    return InstalmentState(
        row.n,
        date.fromordinal(row.due),
        row.principal,
        row.interest,
        row.paid_principal,
        row.paid_interest,
        row.waived_principal,
        row.waived_interest + row.frozen,
        _day(row.settled),
        clock.days_of(row, today),
        date.fromordinal(row.due_by),
        row.frozen,
    )


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)
