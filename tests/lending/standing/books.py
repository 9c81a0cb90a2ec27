"""Random loans for properties, and a slow walk of every single day that says what their standing must be."""

from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import NamedTuple

import holidays
from hypothesis import strategies as st

from lending.allocation import CARD_FROM_91, PRESETS, AllocationBy, Component
from lending.loan_facts import CountsFrom, PauseFact, PauseKind, PenaltyBase, SuretyFact
from lending.standing import Conventions, InstalmentFact, LoanFacts, PaymentFact, VersionFact, WaiverFact

LEAP_START = date(2024, 1, 5)
"""29 February 2024 lies within the days that the books span."""

DAYS_MAX = 150
WORKING_DAYS = holidays.country_holidays("CN")

offsets = st.integers(-3, DAYS_MAX)
amounts = st.one_of(st.integers(0, 300), st.integers(0, 60_000))


def day(offset: int) -> date:
    return LEAP_START + timedelta(days=offset)


@st.composite
def schedules(draw: st.DrawFn) -> tuple[InstalmentFact, ...]:
    gaps = draw(st.lists(st.integers(0, 40), min_size=1, max_size=5))
    return tuple(
        InstalmentFact(n, day(sum(gaps[:n])), draw(amounts), draw(st.integers(0, 4_000)))
        for n, _ in enumerate(gaps, start=1)
    )


@st.composite
def conventions(draw: st.DrawFn) -> Conventions:
    return Conventions(
        currency="CNY",
        penalty_rate_ppm=draw(st.sampled_from([0, 75_000, 312_001, 360_000])),
        penalty_day_basis=draw(st.sampled_from([360, 365])),
        grace_days=draw(st.sampled_from([0, 1, 3, 10])),
        grace_excuses=draw(st.booleans()),
        tolerance_amount=draw(st.sampled_from([0, 100])),
        day_zero=draw(st.booleans()),
        allocation=draw(st.sampled_from(list(PRESETS.values()))),
        allocation_by=draw(st.sampled_from(AllocationBy)),
        tolerance_days=draw(st.sampled_from([0, 0, 2, 7])),
        counts_from=draw(st.sampled_from(CountsFrom)),
        penalty_base=draw(st.sampled_from(PenaltyBase)),
        allocation_late=draw(st.sampled_from([None, CARD_FROM_91])),
        tolerance_ppm=draw(st.sampled_from([0, 50_000])),
        calendar=draw(st.sampled_from(["", "CN"])),
        grace_in_working_days=draw(st.booleans()),
    )


@st.composite
def waivers(draw: st.DrawFn) -> tuple[WaiverFact, ...]:
    components = st.sampled_from([Component.PENALTY, Component.INTEREST, Component.PRINCIPAL])
    drawn = draw(st.lists(st.tuples(offsets, components, st.sampled_from([None, None, 1, 2]), amounts), max_size=3))
    return tuple(
        WaiverFact(number, day(offset), component, None if component is Component.PENALTY else n, amount)
        for number, (offset, component, n, amount) in enumerate(drawn)
    )


@st.composite
def sureties(draw: st.DrawFn) -> tuple[SuretyFact, ...]:
    drawn = draw(st.lists(st.tuples(offsets, st.integers(1, 3), st.sampled_from([0, 120_001, 240_000])), max_size=2))
    return tuple(SuretyFact(day(offset), n, n + 1, rate) for offset, n, rate in drawn)


@st.composite
def pauses(draw: st.DrawFn) -> tuple[PauseFact, ...]:
    lengths = st.sampled_from([0, 1, 5, 30, None])
    drawn = draw(st.lists(st.tuples(st.sampled_from(PauseKind), offsets, lengths), max_size=3))
    return tuple(
        PauseFact(kind, day(offset), None if days is None else day(offset + days)) for kind, offset, days in drawn
    )


@st.composite
def loans(draw: st.DrawFn) -> LoanFacts:
    versions = [VersionFact(LEAP_START, draw(schedules()))]
    versions += [VersionFact(day(offset), draw(schedules())) for offset in draw(st.lists(offsets, max_size=2))]
    payments = draw(st.lists(st.tuples(offsets, amounts), max_size=6))
    return LoanFacts(
        number="L1",
        principal=sum(row.principal for row in versions[0].rows),
        start_on=LEAP_START,
        versions=tuple(versions),
        payments=tuple(PaymentFact(n, day(offset), amount, n) for n, (offset, amount) in enumerate(payments)),
        conventions=draw(conventions()),
        waivers=draw(waivers()),
        pauses=draw(pauses()),
        sureties=draw(sureties()),
    )


Key = tuple[int | None, Component]
OF_LOAN: list[Key] = [(None, Component.PENALTY), (None, Component.COMPOUND)]


class Expected(NamedTuple):
    days_past_due: int
    overdue_principal: int
    overdue_interest: int
    penalty_numerator: int
    penalty_accrued: int
    penalty_paid: int
    unapplied: int
    penalty_waived: int
    compound_numerator: int
    compound: int
    paid: dict[Key, int]
    waived: dict[Key, int]


class DayByDay:
    """The rules as they are told, one day at a time; nothing is remembered that could be counted again."""

    def __init__(self, facts: LoanFacts) -> None:
        self.facts = facts
        self.rules = facts.conventions
        self.paid: dict[Key, int] = {}
        self.waived: dict[int, dict[Key, int]] = {each.id: {} for each in facts.waivers}
        self.held: dict[int, int] = {}
        self.held_interest: dict[int, int] = {}
        self.numerators = {Component.PENALTY: 0, Component.COMPOUND: 0}
        self.began: date | None = None
        self.spare = 0

    def walk(self, on: date) -> Expected:
        today = day(-10)
        while True:
            rows = self.rows(today)
            self.take_back(rows)
            freed = self.take_up(rows)
            self.give_up(rows, freed)
            self.spend(rows, today)
            self.give_up(rows, {waiver.id: waiver.amount for waiver in self.facts.waivers if waiver.on == today})
            self.spare += sum(paid.amount for paid in self.facts.payments if paid.value_on == today)
            self.spend(rows, today)
            late = [row for row in rows if self.due_by(row) <= today and self.open(row) > 0]
            self.held = {row.n: self.held.get(row.n, 0) for row in late}
            self.held_interest = {row.n: self.held_interest.get(row.n, 0) for row in late}
            self.began = self.counts_from(rows, today)
            if today == on:
                return self.expected(rows, today)
            self.charge(rows, today)
            today += timedelta(days=1)

    def rows(self, today: date) -> list[InstalmentFact]:
        versions = sorted(self.facts.versions, key=lambda version: version.effective_on)
        in_force = [versions[0], *(version for version in versions[1:] if version.effective_on <= today)][-1]
        return self.not_frozen(sorted(in_force.rows, key=lambda row: (row.due_on, row.n)))

    def is_closed(self, today: date) -> bool:
        return bool(self.rules.calendar) and not WORKING_DAYS.is_working_day(today)

    def due_by(self, row: InstalmentFact) -> date:
        day_after = row.due_on
        while self.is_closed(day_after):
            day_after += timedelta(days=1)
        return day_after

    def has_left_grace(self, row: InstalmentFact, today: date) -> bool:
        days = [self.due_by(row) + timedelta(days=n) for n in range(1, (today - self.due_by(row)).days + 1)]
        return sum(not (self.rules.grace_in_working_days and self.is_closed(each)) for each in days) >= (
            self.rules.grace_days
        )

    def tolerated(self, row: InstalmentFact) -> int:
        part = Fraction((row.principal + row.interest) * self.rules.tolerance_ppm, 1_000_000)
        return max(self.rules.tolerance_amount, floor(part))

    def not_frozen(self, rows: list[InstalmentFact]) -> list[InstalmentFact]:
        """The rows less the interest of the days of their periods that are frozen, run of days by run of days."""
        found, since = [], self.facts.start_on
        for row in rows:
            days = (row.due_on - since).days
            is_frozen = [self.is_paused(PauseKind.INTEREST, since + timedelta(days=n)) for n in range(days)]
            edges = [
                n for n in range(days + 1) if (is_frozen[n : n + 1] or [False]) != (is_frozen[n - 1 : n] or [False])
            ]
            run = [floor(Fraction(row.interest * edge, days) + Fraction(1, 2)) for edge in edges]
            found.append(row._replace(interest=row.interest - sum(run[1::2]) + sum(run[::2])))
            since = row.due_on
        return found

    def asked(self, row: InstalmentFact, component: Component) -> int:
        return row.interest if component is Component.INTEREST else row.principal

    def all_asked(self, rows: list[InstalmentFact]) -> dict[Key, int]:
        return {
            (row.n, each): self.asked(row, each) for row in rows for each in (Component.INTEREST, Component.PRINCIPAL)
        }

    def open(self, row: InstalmentFact) -> int:
        return sum(
            self.asked(row, component) - self.gone((row.n, component))
            for component in (Component.INTEREST, Component.PRINCIPAL)
        )

    def waived_of(self, key: Key) -> int:
        return sum(given.get(key, 0) for given in self.waived.values())

    def gone(self, key: Key) -> int:
        return self.paid.get(key, 0) + self.waived_of(key)

    def take_up(self, rows: list[InstalmentFact]) -> dict[int, int]:
        """What the rows have no place for of each waiver, the latest waiver first."""
        asked, freed = self.all_asked(rows), dict[int, int]()
        for waiver in sorted(self.facts.waivers, key=lambda each: (each.on, each.id), reverse=True):
            for key, amount in self.waived[waiver.id].items():
                if key[0] is not None:
                    excess = min(amount, max(0, self.gone(key) - asked.get(key, 0)))
                    self.waived[waiver.id][key] -= excess
                    freed[waiver.id] = freed.get(waiver.id, 0) + excess
        return freed

    def give_up(self, rows: list[InstalmentFact], wanted: dict[int, int]) -> None:
        for waiver in sorted(self.facts.waivers, key=lambda each: (each.on, each.id)):
            left = wanted.get(waiver.id, 0)
            keys: list[Key] = [(row.n, waiver.component) for row in rows if waiver.n in {None, row.n}]
            for key in OF_LOAN if waiver.component is Component.PENALTY else keys:
                asked = self.accrued(key[1]) if key[0] is None else self.all_asked(rows)[key]
                share = min(left, asked - self.gone(key))
                self.waived[waiver.id][key] = self.waived[waiver.id].get(key, 0) + share
                left -= share

    def take_back(self, rows: list[InstalmentFact]) -> None:
        asked = self.all_asked(rows)
        for key, amount in self.paid.items():
            if key[0] is not None and amount > asked.get(key, 0):
                self.spare += amount - asked.get(key, 0)
                self.paid[key] = asked.get(key, 0)

    def accrued(self, component: Component) -> int:
        exact = Fraction(self.numerators[component], 1_000_000 * self.rules.penalty_day_basis)
        return floor(exact + Fraction(1, 2))

    def is_paused(self, kind: PauseKind, today: date) -> bool:
        return any(
            pause.kind is kind and pause.from_on <= today and (pause.to_on is None or today < pause.to_on)
            for pause in self.facts.pauses
        )

    def days_past_due(self, due_on: date, today: date) -> int:
        """Counted one by one."""
        days = [
            due_on + timedelta(days=n) for n in range(0 if not self.rules.day_zero else 1, (today - due_on).days + 1)
        ]
        counted = sum(not self.is_paused(PauseKind.CLOCK, each) for each in days)
        return counted if counted > self.rules.tolerance_days else 0

    def counts_from(self, rows: list[InstalmentFact], today: date) -> date | None:
        first_overdue = timedelta(days=1 if self.rules.day_zero else 0)
        late = [
            self.due_by(row)
            for row in rows
            if self.due_by(row) + first_overdue <= today and self.open(row) > self.tolerated(row)
        ]
        if late and self.began and self.rules.counts_from is CountsFrom.FIRST:
            late.append(self.began)
        return min(late, default=None)

    def spend(self, rows: list[InstalmentFact], today: date) -> None:
        asked = self.all_asked(rows)
        for key in self.sequence(rows, today):
            wanted = (self.accrued(key[1]) if key[0] is None else asked[key]) - self.gone(key)
            share = min(self.spare, wanted)
            self.paid[key] = self.paid.get(key, 0) + share
            self.spare -= share

    def sequence(self, rows: list[InstalmentFact], today: date) -> list[Key]:
        began, order = self.counts_from(rows, today), self.rules.allocation
        if began and self.rules.allocation_late and self.days_past_due(began, today) > 90:
            order = self.rules.allocation_late
        in_row = [each for each in order if each in {Component.INTEREST, Component.PRINCIPAL}]
        of_loan = [each for each in order if each in {Component.PENALTY, Component.COMPOUND}]
        due, ahead = [row for row in rows if row.due_on <= today], [row for row in rows if row.due_on > today]
        keys: list[Key] = []
        if self.rules.allocation_by is AllocationBy.COMPONENT:
            for each in order:
                keys += [(None, each)] if each in of_loan else [(row.n, each) for row in due if each in in_row]
        else:
            first = [each for each in of_loan if order.index(each) < min(map(order.index, in_row))]
            keys = [(None, each) for each in first]
            keys += [(row.n, each) for row in due for each in in_row]
            keys += [(None, each) for each in of_loan if each not in first]
        return keys + [(row.n, each) for row in ahead for each in in_row]

    def charge(self, rows: list[InstalmentFact], today: date) -> None:
        if self.is_paused(PauseKind.PENALTY, today) or self.is_paused(PauseKind.INTEREST, today):
            return
        for row in rows:
            if self.due_by(row) > today or self.open(row) == 0:
                continue
            principal = row.principal - self.gone((row.n, Component.PRINCIPAL))
            interest = row.interest - self.gone((row.n, Component.INTEREST))
            rate, compounds = self.rules.penalty_rate_ppm, self.rules.penalty_base is PenaltyBase.COMPOUND
            is_whole = self.rules.penalty_base is PenaltyBase.INSTALMENT
            for surety in self.facts.sureties:
                if surety.on <= today and surety.first_n <= row.n <= surety.last_n:
                    rate, compounds, is_whole = surety.penalty_rate_ppm, False, True
            daily = (principal + interest if is_whole else principal) * rate
            daily_compound = interest * rate if compounds else 0
            if self.has_left_grace(row, today):
                self.add(Component.PENALTY, daily + self.held[row.n])
                self.add(Component.COMPOUND, daily_compound + self.held_interest[row.n])
                self.held[row.n] = self.held_interest[row.n] = 0
            elif not self.rules.grace_excuses:
                self.held[row.n] += daily
                self.held_interest[row.n] += daily_compound

    def add(self, component: Component, amount: int) -> None:
        self.numerators[component] += amount

    def waived_keys(self) -> set[Key]:
        return {key for given in self.waived.values() for key in given}

    def expected(self, rows: list[InstalmentFact], today: date) -> Expected:
        first_day = 0 if self.rules.day_zero else 1
        overdue = [row for row in rows if (today - self.due_by(row)).days + first_day >= 1]
        accrued = {each: self.accrued(each) for _n, each in OF_LOAN}
        paid = {each: self.paid.get((None, each), 0) for each in accrued}
        waived = {each: self.waived_of((None, each)) for each in accrued}
        compound = Component.COMPOUND
        return Expected(
            days_past_due=self.days_past_due(self.began, today) if self.began else 0,
            overdue_principal=sum(row.principal - self.gone((row.n, Component.PRINCIPAL)) for row in overdue),
            overdue_interest=sum(row.interest - self.gone((row.n, Component.INTEREST)) for row in overdue),
            penalty_numerator=self.numerators[Component.PENALTY],
            penalty_accrued=sum(accrued.values()),
            penalty_paid=sum(paid.values()),
            unapplied=self.spare,
            penalty_waived=sum(waived.values()),
            compound_numerator=self.numerators[compound],
            compound=accrued[compound] - paid[compound] - waived[compound],
            paid={key: amount for key, amount in self.paid.items() if amount},
            waived={key: amount for key in self.waived_keys() if (amount := self.waived_of(key))},
        )
