"""Refunds: only money that settled nothing goes back, by two people, and the book tells of it from that day on."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from lending.facts import standing_of
from lending.letters import statement_of
from lending.models import Loan, Payment, Refund, RefundRequest
from lending.posting import ReversalError, reverse_payment
from lending.refunding import RefundError, RefundStaleError, decide_refund, held_of, request_refund
from lending.statement import Kind
from lending.verify import verify
from staff.models import User
from tests.lending.book.books import AT, Book, person

ON = date(2025, 3, 1)


@pytest.fixture
def overpaid(book: Book) -> Payment:
    """A loan of 110.00 for which 150.00 came in."""
    loan = book.loan([("2025-02-01", 100_00, 10_00)])
    book.closed("2025-03-01")
    return book.pay(loan, "2025-02-01", 150_00)


def ask(payment: Payment, amount: int, by: User | None = None) -> RefundRequest:
    return request_refund(payment, amount=amount, reason="paid twice", by=by or person("supervisor"), at=AT, on=ON)


def rule(request: RefundRequest, by: User | None = None, *, approve: bool = True, words: str = "") -> RefundRequest:
    return decide_refund(request, approve=approve, words=words, by=by or person("manager"), at=AT, on=ON)


def test_money_that_settled_nothing_goes_back(overpaid: Payment) -> None:
    rule(ask(overpaid, 30_00))

    assert standing_of(overpaid.loan, ON).unapplied == 10_00
    assert standing_of(overpaid.loan, date(2025, 2, 28)).unapplied == 40_00
    assert Refund.objects.get().amount == 30_00
    assert verify() == []


def test_the_statement_tells_of_it(overpaid: Payment) -> None:
    rule(ask(overpaid, 40_00))

    told = statement_of(overpaid.loan, date(2025, 1, 1), ON)

    assert [(each.on, each.amount) for each in told.movements if each.kind is Kind.REFUND] == [(ON, 40_00)]
    assert told.closing == 0


@pytest.mark.parametrize("amount", [0, -1, 40_01])
def test_no_more_than_settled_nothing_goes_back(overpaid: Payment, amount: int) -> None:
    with pytest.raises(RefundError):
        ask(overpaid, amount)


def test_after_one_refund_only_the_rest_goes_back(overpaid: Payment) -> None:
    rule(ask(overpaid, 30_00))

    assert held_of(overpaid, ON) == 10_00
    with pytest.raises(RefundError, match=r"No more than 10\.00"):
        ask(overpaid, 10_01)
    rule(ask(overpaid, 10_00))
    assert held_of(overpaid, ON) == 0
    assert verify() == []


def test_what_was_needed_meanwhile_is_not_given_back(book: Book, overpaid: Payment) -> None:
    earlier = book.pay(overpaid.loan, "2025-01-15", 110_00)
    request = ask(overpaid, 150_00)
    reverse_payment(earlier, reference="X1", on=ON, at=AT, by=None)

    with pytest.raises(RefundError, match=r"No more than 40\.00"):
        rule(request)

    assert not Refund.objects.exists()


def test_nobody_decides_what_they_asked_for(overpaid: Payment) -> None:
    request = ask(overpaid, 40_00, by=person("manager"))

    with pytest.raises(RefundError):
        rule(request)
    with pytest.raises(IntegrityError), transaction.atomic():
        RefundRequest.objects.update(checker=person("manager"), state="approved", decided_at=AT)


def test_a_request_is_decided_once(overpaid: Payment) -> None:
    request = ask(overpaid, 40_00)
    rule(request)

    with pytest.raises(RefundStaleError):
        rule(request, by=person("supervisor", "another"))


def test_one_refund_of_a_payment_waits_at_a_time(overpaid: Payment) -> None:
    ask(overpaid, 10_00)

    with pytest.raises(RefundError):
        ask(overpaid, 10_00)


def test_a_rejection_says_why_and_moves_nothing(overpaid: Payment) -> None:
    request = ask(overpaid, 40_00)

    with pytest.raises(RefundError):
        rule(request, approve=False)
    rule(request, approve=False, words="He owes us elsewhere.")

    assert not Refund.objects.exists()
    assert standing_of(overpaid.loan, ON).unapplied == 40_00


def test_agents_neither_ask_nor_decide(overpaid: Payment) -> None:
    with pytest.raises(PermissionDenied):
        ask(overpaid, 40_00, by=person("agent"))
    with pytest.raises(PermissionDenied):
        rule(ask(overpaid, 40_00), by=person("agent"))


def test_a_payment_of_which_something_went_back_is_not_reversed(overpaid: Payment) -> None:
    rule(ask(overpaid, 40_00))

    with pytest.raises(ReversalError):
        reverse_payment(overpaid, reference="X1", on=ON, at=AT, by=None)


def test_the_proof_finds_a_refund_that_was_never_decided(overpaid: Payment) -> None:
    request = ask(overpaid, 40_00)
    Refund.objects.create(
        request=request, payment=overpaid, amount=150_00, on=ON, reference="forged", reason="x",
        maker=request.maker, checker=person("manager"), at=AT,
    )  # fmt: skip

    reasons = [fault.reason for fault in verify()]

    assert "is of 15000, and 15000 of it went back" in reasons
    assert "does not have the refund that was decided" in reasons


def test_money_on_a_written_off_loan_can_be_more_than_it_owes(overpaid: Payment) -> None:
    Loan.objects.filter(pk=overpaid.loan_id).update(paid_off_on=None, status=Loan.Status.ACTIVE)

    rule(ask(overpaid, 40_00))

    overpaid.loan.refresh_from_db()
    assert overpaid.loan.status == Loan.Status.PAID
