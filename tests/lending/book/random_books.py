"""A book that lives: loans of every convention, money early, late, twice and taken back, schedules that change.

Each day before its close something may happen; `Life.differences` then holds every loan against the pure standing.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from lending import nightly
from lending.allocation import CARD_FROM_91
from lending.facts import facts_of
from lending.models import ClosedDay, Instalment, Loan, Pause, Payment, Product
from lending.pausing import end_pause, pause_loan
from lending.posting import reverse_payment
from lending.rescheduling import put_in_force
from lending.schedules import Row
from lending.standing import standing
from lending.waivable import Parts, open_parts
from lending.written import arrears_values, read_on, settled_of, written_of
from tests.lending.book.books import AT, Book, waive

START = date(2023, 12, 28)
"""29 February 2024 lies ahead."""

DAY = timedelta(days=1)


class Life:
    """A book and the day it has reached."""

    def __init__(self, random: Random, *, loans: int, products: int = 4, start: date = START) -> None:
        self.random = random
        self.book = Book()
        self.on = start
        self.products = [self._product() for _ in range(products)]
        for _ in range(loans):
            self._lend()

    def _product(self) -> Product:
        choice = self.random.choice
        markup = choice([None, None, 500_000, 300_001])
        beyond_sets = {
            "penalty_base": choice(["principal", "compound"]),
            "tolerance_days": choice([0, 3]),
            "counts_from": choice(["oldest", "first"]),
            "calendar": choice(["", "CN"]),
            "grace_in_working_days": choice([True, False]),
        }
        return self.book.product(
            **(beyond_sets if choice([True, False]) else {"penalty_base": choice(["principal", "instalment"])}),
            penalty_markup_ppm=markup,
            penalty_rate_ppm=choice([0, 75_000, 312_001, 360_000]) if markup is None else 0,
            allocation_order_late=choice([[], list(CARD_FROM_91)]),
            penalty_day_basis=choice([360, 365]),
            grace_days=choice([0, 0, 1, 3, 10]),
            grace_excuses=choice([True, False]),
            tolerance_amount=choice([0, 0, 1_00]),
            tolerance_ppm=choice([0, 0, 10_000]),
            day_zero=choice([True, True, False]),
            buckets=choice(["", "0, 1-3, 4-15, 16-30, 31-", "current 0, week 1-7, 8-40, lost 41-"]),
            allocation_by=choice(["instalment", "component"]),
        )

    def _lend(self) -> None:
        random, due = self.random, self.on
        schedule: list[tuple[str, int, int]] = []
        for _ in range(random.randint(1, 6)):
            due += timedelta(days=random.randint(1, 35))
            schedule.append((due.isoformat(), random.randint(0, 500_00), random.randint(0, 20_00)))
        schedule[0] = (schedule[0][0], schedule[0][1] + 1, schedule[0][2])
        self.book.loan(schedule, start=self.on.isoformat(), product=random.choice(self.products))

    def live(self, days: int, *, busy: float = 0.3) -> Iterator[date]:
        """Close so many days; on a share of them something happens before. Gives each day when it is closed."""
        for _ in range(days):
            while self.random.random() < busy:
                self.random.choice(
                    [self._pay, self._pay, self._pay, self._reverse, self._reschedule, self._waive, self._pause]
                )()
            self.on += DAY
            nightly.run(on=self.on, at=AT)
            ClosedDay.objects.create(day=self.on, closed_at=AT)
            yield self.on

    def _pay(self) -> None:
        loan = self._loan()
        value_on = max(loan.start_on, self.on + timedelta(days=self.random.randint(-20, 4)))
        self.book.pay(loan, value_on.isoformat(), self.random.choice([1, 99, 50_00, 300_00, 900_00]))

    def _reverse(self) -> None:
        payments = Payment.objects.filter(reverses=None, reversed_by=None).order_by("pk")
        if count := payments.count():
            payment = payments[self.random.randrange(count)]
            reverse_payment(payment, reference=self.book.new("X"), on=self.on, at=AT, by=None)

    def _reschedule(self) -> None:
        """Move what is not settled by some days, as of today or, where nothing changed since, of a day before."""
        loan = self._loan()
        rows = list(Instalment.objects.filter(loan=loan, is_current=True).order_by("n"))
        moved = timedelta(days=self.random.randint(0, 40))
        latest = max((row.due_on for row in rows if not row.open), default=loan.start_on + DAY)
        new = [
            Row(row.n, row.due_on if not row.open else max(latest, row.due_on + moved), row.principal, row.interest, 0)
            for row in rows
        ]
        if self.on < loan.start_on or any(early.due_on > late.due_on for early, late in pairwise(new)):
            return
        former = loan.versions.get(is_current=True).effective_on
        put_in_force(
            loan=loan,
            rows=new,
            effective_on=max(former, self.on - timedelta(days=self.random.choice([0, 0, 3]))),
            reason="moved",
            source="",
            on=self.on,
            at=AT,
            by=None,
        )

    def _waive(self) -> None:
        """Give up some of what is open, at times all of it."""
        loan = self._loan()
        open_now = open_parts(standing(facts_of([loan.pk])[loan.pk], self.on))
        parts = Parts(*(self.random.choice([0, min(amount, 7_00), amount]) for amount in open_now))
        if parts.total:
            waive(loan, parts, on=self.on)

    def _pause(self) -> None:
        """Pause a loan from a day past or to come, for some days or until further notice, or end such a pause."""
        random, loan = self.random, self._loan()
        if int(loan.number[1:]) % 3:  # the others stay for the set
            return
        running = Pause.objects.filter(loan=loan, end=None, to_on=None).first()
        if running:
            end_pause(running, to_on=max(running.from_on, self.on), by=None, at=AT)
            return
        from_on = max(loan.start_on, self.on + timedelta(days=random.randint(-30, 10)))
        days = random.choice([None, 1, 7, 30])
        pause_loan(
            loan=loan,
            kind=random.choice(["clock", "penalty", "interest"]),
            from_on=from_on,
            to_on=None if days is None else from_on + timedelta(days=days),
            reason="flood",
            by=None,
            at=AT,
        )

    def _loan(self) -> Loan:
        loans = Loan.objects.order_by("pk")
        return loans[self.random.randrange(loans.count())]

    def differences(self) -> dict[str, tuple[object, object]]:
        """Loans whose arrears, or what is paid of their instalments, differ from the pure standing: (written, right)."""
        loan_ids = list(Loan.objects.values_list("pk", flat=True))
        facts, written = facts_of(loan_ids), written_of(loan_ids)
        found: dict[str, tuple[object, object]] = {}
        for loan_id in loan_ids:
            state, row = standing(facts[loan_id], self.on), written[loan_id].arrears
            values = arrears_values(state)
            right = (
                values,
                {each.n: settled_of(each) for each in state.instalments},
            )
            noted = (
                read_on(row, self.on, values),
                {n: settled for n, (_pk, settled) in written[loan_id].instalments.items()},
            )
            if noted != right:
                found[facts[loan_id].number] = (noted, right)
        return found
