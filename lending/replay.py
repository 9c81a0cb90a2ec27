"""The history of one loan walked in the order of its days: each day's version, then its costs, its waivers, its payments.

Invariants, asserted: what is allocated and what is held unapplied sum to what was paid; nothing is negative; penalty paid
and waived never exceed penalty accrued, nor compound interest paid and waived what accrued of it, nor costs what was charged. Days are ordinals, amounts minor units.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from operator import attrgetter

from lending.allocation import LATE_DAYS, Component, Due, Order, allocate
from lending.clock import Clock, spans_of
from lending.due_days import due_by, grace_ends
from lending.freezing import frozen_interest
from lending.loan_facts import FeeFact, InstalmentFact, LoanFacts, PauseKind, PaymentFact, VersionFact, WaiverFact
from lending.open_rows import OpenRow
from lending.penalty import Charged, Tally, charge


class Replay:
    """State of a loan at the end of the last day walked; `run` walks up to and including a day, once."""

    def __init__(self, facts: LoanFacts) -> None:
        assert facts.versions
        assert all(version.rows for version in facts.versions)
        self._start = facts.start_on.toordinal()
        self._conventions = facts.conventions
        self._by_the_day = facts.by_the_day
        self._sureties = facts.sureties
        self._versions = sorted(facts.versions, key=attrgetter("effective_on"))
        self._payments = sorted(facts.payments, key=attrgetter("value_on", "sequence", "id"))
        self._fees = sorted(facts.fees, key=attrgetter("on", "id"))
        self._waivers = sorted(facts.waivers, key=attrgetter("on", "id"))
        self.clock = Clock(facts.conventions, facts.pauses)
        self._first_overdue = 1 - self.clock.first_day if self.clock.remembers else 0
        self._head = 0  # every row before it is settled
        self._by_number: dict[int, OpenRow] = {}
        self.rows: list[OpenRow] = []
        self.since: int | None = None  # the due day that the clock counts from
        self.frozen = spans_of(facts.pauses, PauseKind.PENALTY, PauseKind.INTEREST)
        self.interest_free = spans_of(facts.pauses, PauseKind.INTEREST)
        self.penalty = Tally(facts.conventions.penalty_day_basis)
        self.compound = Tally(facts.conventions.penalty_day_basis)
        self.fee = Charged()
        # what accrues on the loan as a whole, in the order in which a waiver of penalty gives it up
        self.tallies = (Component.PENALTY, self.penalty), (Component.COMPOUND, self.compound)
        self._whole: dict[Component, Charged | Tally] = {Component.FEE: self.fee, **dict(self.tallies)}
        self.waived: dict[tuple[int, int | None, Component], int] = {}
        self.allocated: dict[tuple[int, int | None, Component], int] = {}
        self.unapplied: dict[int, int] = {}
        self._to_waive: dict[int, int] = {}
        self.paid_off: int | None = None

    def is_frozen(self, day: int) -> bool:
        """Whether that day is charged with nothing."""
        return any(first <= day < after for first, after in self.frozen)

    def run(self, on: date) -> None:
        """Walk every day on which something changes, up to and including `on`."""
        last = on.toordinal()
        payments = [payment for payment in self._payments if payment.value_on <= on]
        versions = [version for version in self._versions[1:] if version.effective_on <= on]
        waivers = [waiver for waiver in self._waivers if waiver.on <= on]
        fees = [fee for fee in self._fees if fee.on <= on]
        self._adopt(self._versions[0], self._start)
        self._note_paid_off(self._start)
        coming_versions, coming_waivers, coming_payments = iter(versions), iter(waivers), iter(payments)
        version, waiver = next(coming_versions, None), next(coming_waivers, None)
        payment = next(coming_payments, None)
        reached: int | None = None
        for day in self._days(versions, [*fees, *waivers], payments, last):
            if reached is not None:
                self._accrue(reached, day)
            while version is not None and version.effective_on.toordinal() == day:
                self._change(version, day)
                version = next(coming_versions, None)
            if self._sureties:
                self._hand_over(day)
            if fees:
                self._charge([fee for fee in fees if fee.on.toordinal() == day], day)
            while waiver is not None and waiver.on.toordinal() == day:
                self._waive(waiver, waiver.amount, day)
                waiver = next(coming_waivers, None)
            order: Order | None = None
            while payment is not None and payment.value_on.toordinal() == day:
                order = order or self._order(day)
                self._post(payment.id, payment.amount, day, order)
                payment = next(coming_payments, None)
            self._note_paid_off(day)
            if self.clock.remembers or day == last:
                self.since = self._since(day)
            reached = day
        assert version is None
        assert waiver is None
        assert payment is None
        assert sum(self.allocated.values()) + sum(self.unapplied.values()) == sum(each.amount for each in payments)
        assert all(part.open >= 0 for part in self._whole.values())

    def _days(
        self,
        versions: list[VersionFact],
        others: Sequence[WaiverFact | FeeFact],
        payments: list[PaymentFact],
        last: int,
    ) -> list[int]:
        """The days on which something may change: payments, costs, waivers, versions, due days, ends of grace, freezes."""
        terms, first_overdue = self._conventions, self._first_overdue
        days = {payment.value_on.toordinal() for payment in payments}
        days.update(version.effective_on.toordinal() for version in versions)
        days.update(other.on.toordinal() for other in others)
        for version in (self._versions[0], *versions):
            dues = [due_by(row.due_on.toordinal(), terms) for row in version.rows]
            days.update(dues)
            if terms.grace_days:
                days.update(grace_ends(due, terms) for due in dues)
            if first_overdue:
                days.update(due + first_overdue for due in dues)
        for span in self.frozen:
            days.update(span)
        days.update(surety.on.toordinal() for surety in self._sureties)
        return [*sorted(day for day in days if day < last), last]

    def _accrue(self, start: int, end: int) -> None:
        if self._head == len(self.rows) or self.rows[self._head].due_by > start:
            return
        if self.frozen and self.is_frozen(start):
            return
        terms, rows = self._conventions, islice(self.rows, self._head, None)
        rate, excuses = terms.penalty_rate_ppm, terms.grace_excuses
        charged = charge(rows, start, end, rate, grace_excuses=excuses, base=terms.penalty_base)
        self.penalty.numerator += charged.penalty
        self.compound.numerator += charged.compound

    def _hand_over(self, day: int) -> None:
        """Let what guarantors have paid for by that day bear their rates."""
        for surety in self._sureties:
            if surety.on.toordinal() <= day:
                for row in self.rows:
                    if surety.first_n <= row.n <= surety.last_n:
                        row.surety_rate = surety.penalty_rate_ppm

    def _since(self, day: int) -> int | None:
        return self.clock.since(islice(self.rows, self._head, None), day, self.since)

    def _order(self, day: int) -> Order:
        """The order in which money of `day` is allocated, by the days past due before any of it came."""
        late = self._conventions.allocation_late
        if late is None:
            return self._conventions.allocation
        since = self._since(day)
        return late if since is not None and self.clock.days(since, day) >= LATE_DAYS else self._conventions.allocation

    def _post(self, payment_id: int, amount: int, day: int, order: Order) -> None:
        """Allocate to what is due on `day`, then ahead; what is left when all is settled is held."""
        assert amount >= 0
        left, by = amount, self._conventions.allocation_by
        for dues in self._claims(day):
            for n, component, share in allocate(left, dues, order, by):
                self._book(payment_id, n, component, share, day)
                left -= share
            if not left:
                break
        if left:
            self.unapplied[payment_id] = self.unapplied.get(payment_id, 0) + left
        self._skip_settled()

    def _claims(self, day: int) -> Iterator[list[Due]]:
        """Everything due on `day` in one, then the rows ahead one by one."""
        dues = [Due(None, component, owed) for component, part in self._whole.items() if (owed := part.open)]
        index, rows = self._head, self.rows
        while index < len(rows) and rows[index].due <= day:
            dues.extend(rows[index].dues())
            index += 1
        yield dues
        for row in islice(rows, index, None):
            yield list(row.dues())

    def _book(self, payment_id: int, n: int | None, component: Component, amount: int, day: int) -> None:
        key = (payment_id, n, component)
        self.allocated[key] = self.allocated.get(key, 0) + amount
        if n is None:
            self._whole[component].paid += amount
        else:
            self._by_number[n].pay(component, amount, day)

    def _waive(self, waiver: WaiverFact, amount: int, day: int) -> None:
        """Give up to `amount` of what is open, oldest first; after the penalty, what compounds."""
        left = amount
        if waiver.component is Component.FEE:
            self.fee.waived += min(left, self.fee.open)
            return
        if waiver.component is Component.PENALTY:
            for component, tally in self.tallies:
                given = min(left, tally.open)
                tally.waived += given
                self._note_waived(waiver.id, None, component, given)
                left -= given
            return
        for row in islice(self.rows, self._head, None):
            if not left:
                break
            if waiver.n in {None, row.n}:
                given = row.waive(waiver.component, left, day)
                self._note_waived(waiver.id, row.n, waiver.component, given)
                left -= given
        self._skip_settled()

    def _note_waived(self, waiver_id: int, n: int | None, component: Component, amount: int) -> None:
        if amount:
            key = (waiver_id, n, component)
            self.waived[key] = self.waived.get(key, 0) + amount

    def _adopt(self, version: VersionFact, day: int) -> None:
        """Put a version's rows in force on `day`, with what has been paid and waived of those of the same number."""
        former = self._by_number
        self.rows = [
            self._restated(row, frozen, former.pop(row.n, None), day) for row, frozen in self._with_frozen(version)
        ]
        self._by_number = {row.n: row for row in self.rows}
        assert len(self._by_number) == len(self.rows)
        for row in former.values():
            self._release(row.n, Component.PRINCIPAL, row.paid_principal)
            self._release(row.n, Component.INTEREST, row.paid_interest)
            self._take_up(row.n, Component.PRINCIPAL, row.waived_principal)
            self._take_up(row.n, Component.INTEREST, row.waived_interest)
        self._head = 0
        self._skip_settled()

    def _with_frozen(self, version: VersionFact) -> Iterator[tuple[InstalmentFact, int]]:
        """The version's rows as they fall due, with the interest that frozen days take off each."""
        rows = sorted(version.rows, key=attrgetter("due_on", "n"))
        since, lent = self._start, sum(row.principal for row in rows) if self.interest_free else 0
        for row in rows:
            frozen = 0
            if self.interest_free:
                due = row.due_on.toordinal()
                frozen = frozen_interest(row.interest, lent, since, due, self.interest_free, self._by_the_day)
                since, lent = due, lent - row.principal
            yield row, frozen

    def _restated(self, fact: InstalmentFact, frozen: int, former: OpenRow | None, day: int) -> OpenRow:
        assert fact.principal >= 0
        assert fact.interest >= 0
        due = fact.due_on.toordinal()
        counted_from = due_by(due, self._conventions)
        ends = grace_ends(counted_from, self._conventions)
        row = OpenRow(fact.n, due, fact.principal, fact.interest, counted_from, ends, frozen)
        if former is not None:
            row.paid_principal = min(former.paid_principal, row.principal)
            row.paid_interest = min(former.paid_interest, row.interest - frozen)
            row.waived_principal = min(former.waived_principal, row.open_principal)
            row.waived_interest = min(former.waived_interest, row.open_interest)
            if former.settled is None and row.due_by <= day:
                row.grace_held, row.grace_held_compound = former.grace_held, former.grace_held_compound
            self._release(row.n, Component.PRINCIPAL, former.paid_principal - row.paid_principal)
            self._release(row.n, Component.INTEREST, former.paid_interest - row.paid_interest)
            self._take_up(row.n, Component.PRINCIPAL, former.waived_principal - row.waived_principal)
            self._take_up(row.n, Component.INTEREST, former.waived_interest - row.waived_interest)
        if not row.open:
            row.settled = former.settled if former is not None and former.settled is not None else day
        return row

    def _release(self, n: int, component: Component, excess: int) -> None:
        """Take back, latest payment first, what the version in force no longer asks for of an instalment."""
        for key in [key for key in reversed(self.allocated) if excess and key[1:] == (n, component)]:
            share = min(excess, self.allocated[key])
            self.allocated[key] -= share
            if not self.allocated[key]:
                del self.allocated[key]
            self.unapplied[key[0]] = self.unapplied.get(key[0], 0) + share
            excess -= share
        assert not excess

    def _take_up(self, n: int, component: Component, excess: int) -> None:
        """Set free, latest waiver first, what the version in force has no place for of what was waived of an instalment."""
        for key in [key for key in reversed(self.waived) if excess and key[1:] == (n, component)]:
            share = min(excess, self.waived[key])
            self.waived[key] -= share
            if not self.waived[key]:
                del self.waived[key]
            self._to_waive[key[0]] = self._to_waive.get(key[0], 0) + share
            excess -= share
        assert not excess

    def _change(self, version: VersionFact, day: int) -> None:
        """A later version comes into force: waivers and money that it sets free, or that was held, are given anew on `day`.

        This happens when a payment is entered with a value day before a version that was made without knowing of it.
        """
        self._adopt(version, day)
        self._note_paid_off(day)
        to_waive, self._to_waive = self._to_waive, {}
        for waiver in self._waivers if to_waive else ():
            if amount := to_waive.pop(waiver.id, 0):
                self._waive(waiver, amount, day)
        self._post_held(day)

    def _charge(self, fees: list[FeeFact], day: int) -> None:
        """What is charged is owed at once, so money that settled nothing settles it."""
        for fee in fees:
            self.fee.charged += fee.amount
        if fees and self.unapplied:
            self._post_held(day)

    def _post_held(self, day: int) -> None:
        """Money that was held is given anew on `day`, in the order in which it came."""
        held, self.unapplied = self.unapplied, {}
        order = self._order(day)
        for payment in self._payments if held else ():
            if amount := held.pop(payment.id, 0):
                self._post(payment.id, amount, day, order)
        assert not held

    def _skip_settled(self) -> None:
        while self._head < len(self.rows) and self.rows[self._head].settled is not None:
            self._head += 1

    def _note_paid_off(self, day: int) -> None:
        if self._head < len(self.rows) or any(part.open for part in self._whole.values()):
            self.paid_off = None
        elif self.paid_off is None:
            self.paid_off = day
