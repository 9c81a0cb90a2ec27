"""A book under everything that people do to it, in any order: after each step the ledger proves itself.

A hundred lives are lived on each of the two databases; `LEDGER_LIVES` and `LEDGER_STEPS` in the environment ask for more (2,000
and 50 before a release).
"""

import os
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from changed import rule as decided
from changed import share
from lending.booking import register_loan
from lending.changes import ChangeError
from lending.claims import creditor_facts
from lending.facts import facts_of
from lending.fees import left_of, propose_fee, propose_fee_waiver
from lending.funder_report import allocated_to
from lending.loan_facts import LoanFacts
from lending.models import Allocation, Fee, Instalment, Loan, Pause, Payment, Refund
from lending.parties import get_funder
from lending.pausing import end_pause, pause_loan
from lending.payment_rules import PaymentError
from lending.posting import post_payment, reverse_payment
from lending.prepaying import PrepaymentError
from lending.prepayment import Keep
from lending.refunding import decide_refund, held_of, request_refund
from lending.rescheduling import ReschedulingError, put_in_force
from lending.schedules import DayCount, Method, Terms
from lending.sharing import shared
from lending.spreading import post_for_borrower
from lending.standing import Standing, standing
from lending.verify import verify
from lending.waivable import Parts, open_parts
from lending.waiving import decide, request_write_off
from tests.lending.book.books import AT, Book, person, waive
from tests.lending.book.proving import faults

LIVES = int(os.environ.get("LEDGER_LIVES", "100"))
STEPS = int(os.environ.get("LEDGER_STEPS", "30"))
START = date(2026, 1, 29)
DAY = timedelta(days=1)
LOANS = st.integers(0, 2)
SHARES = st.sampled_from([1, 7, 50, 99, 100, 101, 130, 400])
"""Percent of what is due, or of a coming instalment where nothing is: part, exact, over and ahead."""
PAUSED = st.sampled_from([None, 1, 7, 30])
"""Days; until further notice."""
BALANCE = F("principal") - F("paid_principal") - F("waived_principal")


class Ledger(RuleBasedStateMachine):
    """Three loans of one borrower: level instalments with penalty and grace, a staged one, and one by the day.

    `facts` and `states` are what the proof after the last step has read of them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.book = Book()
        self.on = START
        borrower = self.book.borrower()
        products = [
            self.book.product(penalty_rate_ppm=360_000, grace_days=3),
            self.book.product(penalty_rate_ppm=312_000, penalty_day_basis=365, allocation_by="component"),
            self.book.product(penalty_rate_ppm=189_000, prepayment_fee_ppm=10_000),
        ]
        terms = [
            Terms(principal=3_000_00, annual_rate_ppm=240_000, periods=6, start_on=START),
            Terms(
                principal=2_000_01, annual_rate_ppm=180_000, periods=4, start_on=START, method=Method.STAGED,
                staged_percentages=(100_000, 200_000, 300_000, 400_000), day_count=DayCount.ACT_365,
            ),
            Terms(
                principal=1_000_00, annual_rate_ppm=126_000, periods=1, start_on=START, method=Method.DAILY,
                day_count=DayCount.ACT_360, first_due_on=START + timedelta(days=60),
            ),
        ]  # fmt: skip
        self.loans = [
            register_loan(
                number=self.book.new("L"), funder=self.book.funder(), product=product, borrower=borrower, terms=each, at=AT
            )
            for product, each in zip(products, terms, strict=True)
        ]  # fmt: skip
        self.book.closed(START.isoformat())
        self.facts: dict[int, LoanFacts] = {}
        self.states: dict[int, Standing] = {}
        self.is_proved_whole = self.is_split = False

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def amount(self, loan: Loan, share: int) -> int:
        state = self.states[loan.pk]
        due = sum(row.open for row in state.instalments if row.due_on <= self.on) + state.penalty
        return max(1, (due or state.next_due_amount) * share // 100)

    @rule(days=st.sampled_from([1, 1, 2, 5, 31]))
    def close(self, days: int) -> None:
        for _ in range(days):
            self.on += DAY
            self.book.close(self.on.isoformat())

    @rule(which=LOANS, share=SHARES, back=st.sampled_from([0, 0, 0, 3, 20]))
    def pay(self, which: int, share: int, back: int) -> None:
        loan = self.loans[which]
        self.post(loan, self.amount(loan, share), max(loan.start_on, self.on - back * DAY))

    @rule(which=LOANS, share=st.sampled_from([150, 300, 1_000]), keep=st.sampled_from(Keep))
    def prepay(self, which: int, share: int, keep: Keep) -> None:
        loan = self.loans[which]
        try:
            self.post(loan, self.amount(loan, share), self.on, keep)
        except PrepaymentError:
            return

    @rule(which=LOANS, days=st.integers(1, 4))
    def pay_for_a_day_to_come(self, which: int, days: int) -> None:
        self.post(self.loans[which], self.amount(self.loans[which], 60), self.on + days * DAY)

    def post(self, loan: Loan, amount: int, value_on: date, keep: Keep | None = None) -> Payment:
        with transaction.atomic():
            return post_payment(
                loan=loan, reference=self.book.new("R"), value_on=value_on, amount=amount, currency="CNY",
                channel=Payment.Channel.CONSOLE, on=self.on, at=AT, keep=keep,
            )  # fmt: skip

    @rule(which=st.integers(0, 99))
    def reverse(self, which: int) -> None:
        payments = Payment.objects.filter(reverses=None, reversed_by=None, refunds=None).order_by("pk")
        if count := payments.count():
            payment = payments[which % count]
            reverse_payment(payment, reference=self.book.new("X"), on=self.on, at=AT, by=None)

    @rule(which=LOANS, share=SHARES, keep=st.sampled_from([None, Keep.INSTALMENT, Keep.TERM]))
    def pay_and_take_back(self, which: int, share: int, keep: Keep | None) -> None:
        """What was paid and taken back at once never was."""
        loan = self.loans[which]
        try:
            payment = self.post(loan, self.amount(loan, share), self.on, keep)
        except PrepaymentError:
            payment = None
        if payment:
            reverse_payment(payment, reference=self.book.new("X"), on=self.on, at=AT, by=None)

        assert facts_of([loan.pk])[loan.pk] == self.facts[loan.pk]

    @rule(which=LOANS, shares=st.tuples(SHARES, SHARES, SHARES))
    def give_up(self, which: int, shares: tuple[int, int, int]) -> None:
        loan = self.loans[which]
        open_now = open_parts(self.states[loan.pk])
        parts = Parts(*(min(part, part * share // 1000) for part, share in zip(open_now, shares, strict=True)))
        if parts.total and loan.status != Loan.Status.PAID:
            waive(loan, parts, on=self.on)

    @precondition(lambda self: self.on > START + timedelta(days=40))
    @rule(which=LOANS)
    def write_off(self, which: int) -> None:
        loan = Loan.objects.get(pk=self.loans[which].pk)
        if loan.status == Loan.Status.ACTIVE and self.states[loan.pk].days_past_due:
            asked = request_write_off(
                loan=loan, reason="uncollectable", words="Gone.", by=person("manager", "second"), at=AT, on=self.on
            )
            decide(
                asked, approve=True, words="", payload_hash=asked.payload_hash, by=person("manager"), at=AT, on=self.on
            )

    @rule(which=LOANS, days=st.integers(1, 40))
    def reschedule(self, which: int, days: int) -> None:
        """Move what is still open; refused where something ahead is settled already."""
        loan = self.loans[which]
        rows = list(Instalment.objects.filter(loan=loan, is_current=True).order_by("n"))
        for row in rows:
            row.due_on += timedelta(days=days) if row.open else timedelta(0)
        try:
            put_in_force(
                loan=loan, rows=rows, effective_on=self.on, reason="deferral", source="", on=self.on, at=AT, by=None
            )
        except ReschedulingError:
            return

    @rule(amount=st.integers(1, 2_000_00), named=st.sets(LOANS, max_size=1))
    def spread(self, amount: int, named: set[int]) -> None:
        """One payment over all that the borrower owes the bank: its parts sum to it."""
        try:
            payments = post_for_borrower(
                borrower=self.loans[0].borrower, funder=self.loans[0].funder, reference=self.book.new("S"),
                value_on=self.on, amount=amount, currency="CNY", channel=Payment.Channel.API, on=self.on, at=AT, by=None,
                named=[self.loans[which].number for which in named],
            )  # fmt: skip
        except PaymentError:  # nothing is owed, or nothing of the loan that was named
            return
        assert sum(payment.amount for payment in payments) == amount

    @rule(which=LOANS, kind=st.sampled_from(["clock", "penalty", "interest"]), back=st.integers(-10, 30), days=PAUSED)
    def pause(self, which: int, kind: str, back: int, days: int | None) -> None:
        """Leave days out, past or to come, or end what was left open."""
        loan = self.loans[which]
        if running := Pause.objects.filter(loan=loan, end=None, to_on=None).first():
            end_pause(running, to_on=max(running.from_on, self.on), by=None, at=AT)
            return
        from_on = max(loan.start_on, self.on - back * DAY)
        to_on = None if days is None else from_on + days * DAY
        pause_loan(loan=loan, kind=kind, from_on=from_on, to_on=to_on, reason="flood", by=None, at=AT)

    @rule(which=LOANS, amount=st.integers(1, 300_00), back=st.sampled_from([0, 0, 5, 40]))
    def charge(self, which: int, amount: int, back: int) -> None:
        """A cost, from today or from a day past; refused once the loan is paid off."""
        loan = self.loans[which]
        day = max(loan.start_on, self.on - back * DAY)
        try:
            change = propose_fee(
                loan=loan, kind="notary", amount=amount, incurred_on=day, source="invoice", words="Paid.",
                by=person("supervisor"), at=AT, on=self.on,
            )  # fmt: skip
        except ChangeError:
            return
        decided(change, on=self.on)

    @rule(which=st.integers(0, 99), share=st.integers(1, 100))
    def give_up_a_cost(self, which: int, share: int) -> None:
        fees = Fee.objects.filter(waives=None).select_related("loan__product").order_by("pk")
        if count := fees.count():
            fee = fees[which % count]
            if amount := left_of(fee, self.on) * share // 100:
                change = propose_fee_waiver(
                    fee, amount=amount, words="Hardship.", by=person("supervisor"), at=AT, on=self.on
                )
                decided(change, on=self.on)

    @precondition(lambda self: not self.is_split)
    @rule(share_ppm=st.integers(1, 999_999))
    def split(self, share_ppm: int) -> None:
        """A second funder takes a part of the first loan from today on."""
        self.is_split = True
        trust = get_funder("trust", "Trust")
        shares = {self.loans[0].funder.code: 1_000_000 - share_ppm, trust.code: share_ppm}
        share(self.loans[0], shares, from_on=self.on.isoformat(), on=self.on)

    @rule(which=st.integers(0, 99), share=st.integers(1, 100))
    def refund(self, which: int, share: int) -> None:
        holding = [loan for loan in self.loans if self.states[loan.pk].unapplied]
        came = Payment.objects.filter(loan__in=holding, reverses=None).order_by("pk")
        payments = [each for each in came if held_of(each, self.on)]
        if payments:
            payment = payments[which % len(payments)]
            amount = max(1, held_of(payment, self.on) * share // 100)
            asked = request_refund(
                payment, amount=amount, reason="paid twice", by=person("supervisor"), at=AT, on=self.on
            )
            decide_refund(asked, approve=True, words="", by=person("manager"), at=AT, on=self.on)

    @precondition(lambda self: not self.is_proved_whole and self.on > START + timedelta(days=31))
    @rule()
    def prove_the_whole_book(self) -> None:
        """Once a life, as the command does it."""
        self.is_proved_whole = True
        assert verify() == []

    @invariant()
    def the_ledger_proves_itself(self) -> None:
        """Allocations and what is held are the payments; the balance is what the rows of the one schedule in force say."""
        self.facts = facts_of(loan.pk for loan in self.loans)
        self.states = {pk: standing(facts, self.on) for pk, facts in self.facts.items()}
        assert faults(self.facts, [self.on]) == []
        allocated = _sums(Allocation.objects.values_list("loan"))
        came = _sums(Payment.objects.filter(value_on__lte=self.on).values_list("loan"))
        back = _sums(Refund.objects.values_list("payment__loan"))
        balances = _sums(Instalment.objects.filter(is_current=True).values_list("loan"), BALANCE)
        for pk, state in self.states.items():
            assert allocated.get(pk, 0) == sum(part.amount for part in state.allocations)
            assert allocated.get(pk, 0) + state.unapplied == came.get(pk, 0) - back.get(pk, 0)
            assert balances[pk] == state.outstanding_principal
        if self.is_split:
            pk = self.loans[0].pk
            parts = shared(creditor_facts([pk])[pk], allocated_to([pk], date.max)[pk])
            assert sum(part.amount for part in parts) == allocated.get(pk, 0)


def _sums(rows: Any, of: Any = "amount") -> dict[int, int]:
    """By loan."""
    return dict(rows.annotate(sum=Sum(of)))


def live(part: int) -> None:
    """A quarter of all lives. Where properties draw the same each time, every part draws its own."""
    machine = type(Ledger.__name__, (Ledger,), {})
    run_state_machine_as_test(
        seed(part)(machine) if settings().derandomize else machine,
        settings=settings(
            max_examples=max(1, LIVES // 4),
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
class TestALedger:
    part = 1

    def test_proves_itself_whatever_is_done_in_whatever_order(self) -> None:
        live(self.part)


class TestAnotherLedger(TestALedger):
    """The same again, a class each, so that other workers can take them."""

    part = 2


class TestAThirdLedger(TestALedger):
    part = 3


class TestAFourthLedger(TestALedger):
    part = 4
