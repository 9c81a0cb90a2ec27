"""The proof of the ledger holds what was asked for against what came."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from audit.guards import lifted
from behind import NOW, TODAY, make_loan, pay
from lending.debit_sending import send_due
from lending.models import Debit, Loan, Mandate, PayLink, Payment
from lending.verify import verify
from reachable import make_borrower
from staff.models import User
from ways import answer, ask, make, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered(loan: Loan, agent: User) -> Loan:
    """A link that was paid and, on another loan, a debit that succeeded."""
    tell(answer(make(loan, agent), "e1"))
    debit = ask(make_loan(make_borrower("B2"), days=3), agent)
    send_due(NOW)
    tell(answer(debit, "e2"))
    assert [PayLink.objects.get().state, Debit.objects.get().state] == ["paid", "succeeded"]
    assert verify() == []
    return loan


def onto_another() -> None:
    PayLink.objects.update(payment=pay(PayLink.objects.get().loan, 100, value_on=TODAY))


DAMAGES: dict[str, tuple[Callable[[], object], str]] = {
    "another amount of a link": (lambda: PayLink.objects.update(amount=F("amount") + 1), "is not what it asked for"),
    "another amount of a debit": (lambda: Debit.objects.update(amount=F("amount") + 1), "is not what it asked for"),
    "another loan": (lambda: PayLink.objects.update(loan=Debit.objects.get().loan), "is not what it asked for"),
    "money that came otherwise": (onto_another, "is not what it asked for"),
    "a link lost": (lambda: PayLink.objects.all().delete(), "and none asked for it"),
    "a debit that did not succeed": (
        lambda: Debit.objects.update(state="failed", payment=None), "and none asked for it",
    ),
    "consent from a later day": (
        lambda: Mandate.objects.update(from_on=TODAY + timedelta(days=400)), "has no mandate of its borrower",
    ),
    "consent of somebody else": (
        lambda: Mandate.objects.update(borrower=make_borrower("B3")), "has no mandate of its borrower",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "said"), DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damage_is_found(answered: Loan, damage: Callable[[], object], said: str) -> None:
    damage()

    assert any(said in fault.reason for fault in verify())


def test_a_payment_that_says_falsely_that_it_came_by_a_link_is_found(loan: Loan) -> None:
    payment = pay(loan, 100, value_on=TODAY)
    with lifted(connection):
        Payment.objects.filter(pk=payment.pk).update(channel=Payment.Channel.LINK)

    assert [fault.where for fault in verify()] == [f"payment {payment.reference}"]
