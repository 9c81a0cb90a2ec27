"""Costs as debt: the first step of a loan's order and the last of a card's, given up, quoted, stated, and proved."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from changed import AT, person, rule
from lending.allocation import CARD_TO_90
from lending.changes import ChangeError
from lending.facts import facts_of, standing_of
from lending.fees import left_of, propose_fee, propose_fee_waiver
from lending.letters import statement_of
from lending.models import Allocation, Fee, Loan, Payment
from lending.pay_links import due_today
from lending.payoff import quote
from lending.posting import NewPayment, post_many
from lending.statement import Kind, balance_of
from lending.verify import verify
from tests.lending.book.books import Book

QUARTER = [("2026-02-01", 100_00, 10_00), ("2026-03-01", 100_00, 10_00), ("2026-04-01", 100_00, 10_00)]
FEBRUARY_10 = date(2026, 2, 10)


@pytest.fixture
def loan(book: Book) -> Loan:
    """Three instalments of 110.00; closed up to 10 February, nothing paid."""
    loan = book.loan(QUARTER, start="2026-01-01")
    book.closed("2026-01-31")
    book.close_through("2026-02-01", "2026-02-10")
    return loan


def charge(loan: Loan, amount: int = 50_00, *, since: str = "2026-02-10", on: date = FEBRUARY_10) -> Fee:
    change = propose_fee(
        loan=loan, kind="enforcement", amount=amount, incurred_on=date.fromisoformat(since), source="(2026) 1 Zhi 7",
        words="The court's invoice.", by=person("supervisor"), at=AT, on=on,
    )  # fmt: skip
    rule(change, on=on)
    return Fee.objects.get(change=change)


def give_up(fee: Fee, amount: int, *, on: date = FEBRUARY_10) -> None:
    rule(propose_fee_waiver(fee, amount=amount, words="Hardship.", by=person("supervisor"), at=AT, on=on), on=on)


def settled(payment: Payment) -> list[tuple[str, int]]:
    rows = Allocation.objects.filter(payment=payment).order_by("pk")
    return list(rows.values_list("component", "amount"))


def test_on_a_loan_a_cost_comes_before_interest_and_principal(book: Book, loan: Loan) -> None:
    charge(loan)

    payment = book.pay(loan, "2026-02-10", 100_00)

    assert sorted(settled(payment)) == [("fee", 50_00), ("interest", 10_00), ("principal", 40_00)]
    assert standing_of(loan, FEBRUARY_10).fee == 0
    assert verify() == []


def test_on_a_card_a_cost_comes_after_interest_and_before_principal(book: Book) -> None:
    loan = book.loan(QUARTER, start="2026-01-01", allocation_order=list(CARD_TO_90), allocation_by="component")
    book.closed("2026-02-10")
    charge(loan)

    payment = book.pay(loan, "2026-02-10", 30_00)

    assert sorted(settled(payment)) == [("fee", 20_00), ("interest", 10_00)]
    assert verify() == []


def test_a_cost_of_a_day_past_replays_the_money_that_came_since(book: Book, loan: Loan) -> None:
    payment = book.pay(loan, "2026-02-05", 110_00)
    later = book.pay(loan, "2026-02-08", 20_00)

    charge(loan, since="2026-02-06")

    state = standing_of(loan, FEBRUARY_10)
    totals = {each: sum(amount for name, amount in settled(later) if name == each) for each in ("fee", "interest")}
    assert sorted(settled(payment)) == [("interest", 10_00), ("principal", 100_00)]
    assert totals == {"fee": 20_00, "interest": 0}
    assert (state.fee, state.fee_charged) == (30_00, 50_00)
    assert verify() == []


def test_money_that_settled_nothing_settles_a_cost_of_a_later_day(book: Book, loan: Loan) -> None:
    """345.00 on the 5th pay 330.00 and hold 15.00; the loan is opened by a cost of the 6th, asked for before it was paid."""
    change = propose_fee(
        loan=loan, kind="notary", amount=20_00, incurred_on=date(2026, 2, 6), source="invoice", words="Paid.",
        by=person("supervisor"), at=AT, on=FEBRUARY_10,
    )  # fmt: skip
    rule(change, on=FEBRUARY_10)
    payment = book.pay(loan, "2026-02-05", 345_00)

    state = standing_of(loan, FEBRUARY_10)

    assert ("fee", 15_00) in settled(payment)
    assert (state.fee, state.unapplied, state.payoff) == (5_00, 0, 5_00)
    assert verify() == []


def test_a_loan_is_paid_off_only_with_its_costs(book: Book, loan: Loan) -> None:
    charge(loan)

    book.pay(loan, "2026-02-10", 330_00)
    before = Loan.objects.get(pk=loan.pk).status
    book.pay(loan, "2026-02-10", 50_00)

    assert [before, Loan.objects.get(pk=loan.pk).status] == ["active", "paid"]
    with pytest.raises(ChangeError, match="paid off"):
        charge(loan)
    assert verify() == []


def test_it_is_quoted_asked_for_and_stated(book: Book, loan: Loan) -> None:
    before = quote(facts_of([loan.pk])[loan.pk], FEBRUARY_10), due_today(standing_of(loan, FEBRUARY_10))
    charge(loan)

    after = quote(facts_of([loan.pk])[loan.pk], FEBRUARY_10)
    told = statement_of(loan, date(2026, 1, 1), FEBRUARY_10)

    assert (after.fee, after.amount) == (50_00, before[0].amount + 50_00)
    assert after.amount == after.principal + after.interest_due + after.interest_running + after.penalty + after.fee
    assert due_today(standing_of(loan, FEBRUARY_10)) == before[1] + 50_00
    assert told.total(Kind.FEE) == 50_00
    assert told.closing == balance_of(standing_of(loan, FEBRUARY_10)) == 160_00


def test_a_cost_alone_makes_nobody_past_due(book: Book) -> None:
    loan = book.loan([("2026-06-01", 100_00, 0)], start="2026-01-01")
    book.closed("2026-02-09")
    book.close("2026-02-10")

    charge(loan)
    book.close_through("2026-02-11", "2026-02-13")

    state = standing_of(loan, date(2026, 2, 13))
    assert (state.days_past_due, state.fee, state.paid_off_on) == (0, 50_00, None)
    assert verify() == []


def test_what_is_open_of_it_can_be_given_up_from_that_day_on(book: Book, loan: Loan) -> None:
    fee = charge(loan)
    give_up(fee, 20_00)

    assert left_of(fee, FEBRUARY_10) == 30_00
    assert standing_of(loan, date(2026, 2, 9)).fee == 0
    assert standing_of(loan, FEBRUARY_10).fee == 30_00
    assert statement_of(loan, date(2026, 1, 1), FEBRUARY_10).total(Kind.WAIVER) == -20_00
    with pytest.raises(ChangeError, match=r"No more than 30\.00 is open"):
        give_up(fee, 30_01)
    give_up(fee, 30_00)
    assert standing_of(loan, FEBRUARY_10).fee == 0
    assert verify() == []


@pytest.mark.parametrize(
    ("amount", "since", "field"),
    [(0, "2026-02-10", "amount"), (-1, "2026-02-10", "amount"), (1, "2026-02-11", "incurred_on"), (1, "2025-12-31", "incurred_on")],
)  # fmt: skip
def test_a_cost_that_makes_no_sense_is_refused_at_its_field(loan: Loan, amount: int, since: str, field: str) -> None:
    with pytest.raises(ChangeError) as refused:
        charge(loan, amount, since=since)

    assert refused.value.field == field
    assert Fee.objects.count() == 0


def test_a_file_of_payments_settles_costs_as_one_payment_does(book: Book, loan: Loan) -> None:
    """What the set does not know is left to the replay."""
    charge(loan)

    post_many([NewPayment(loan.number, "F", FEBRUARY_10, 60_00, "CNY")], channel="import", on=FEBRUARY_10, at=AT)

    assert sorted(settled(Payment.objects.get())) == [("fee", 50_00), ("interest", 10_00)]
    assert verify() == []


def test_a_cost_is_written_once_for_all(loan: Loan) -> None:
    fee = charge(loan)

    for change in ({"amount": 1}, {"waives": fee}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Fee.objects.update(**change)
    fee.pk = None
    with pytest.raises(DatabaseError), transaction.atomic():
        fee.save(force_insert=True)


def test_a_cost_given_up_must_name_it_in_the_database_too(loan: Loan) -> None:
    fee = charge(loan)
    change = propose_fee(
        loan=loan, kind="notary", amount=1, incurred_on=FEBRUARY_10, source="x", words="x", by=person("supervisor"),
        at=AT, on=FEBRUARY_10,
    )  # fmt: skip

    with pytest.raises(DatabaseError), transaction.atomic():
        Fee.objects.create(
            loan=loan, kind="notary", on=FEBRUARY_10, amount=-1, source="x", booked_on=FEBRUARY_10, change=change
        )
    assert Fee.objects.get() == fee
