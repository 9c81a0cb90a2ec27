"""Refunds on the screen: asked for on the loan page, decided by somebody else, refused next to the field."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from lending.facts import standing_of
from lending.models import Loan, Payment, Refund, RefundRequest
from lending.verify import verify
from tapes import payment
from tests.lending.pages.conftest import ON, Take

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.usefixtures("overpaid")
ROLES = ["agent", "supervisor", "manager", "auditor", "administrator"]


@pytest.fixture
def overpaid(book: None, take: Take) -> Payment:
    """50.00 more than the loan that is paid off owed."""
    take(payment(reference="twice", loan_number="paid", value_on="2026-02-16", amount="50.00"), form="payments")
    return Payment.objects.get(reference="twice")


def send(client: Client, url: str, key: str = "k", **given: str) -> Any:
    return client.post(url, {"one_time_key": key, **given})


def asked(client: Client, overpaid: Payment, **changes: str) -> Any:
    given = {"amount": "50.00", "reason": "Paid twice; to account 62."} | changes
    return send(client, f"/loans/paid/payments/{overpaid.pk}/refund/", **given)


def test_a_refund_goes_from_the_loan_page_to_the_payer(overpaid: Payment, sign_in: SignIn) -> None:
    manager, supervisor = sign_in("manager"), sign_in("supervisor")
    page = f"/loans/paid/payments/{overpaid.pk}/refund/"
    assert page in manager.get("/loans/paid/").content.decode()

    assert asked(supervisor, overpaid).status_code == 302
    decide = f"/refunds/{RefundRequest.objects.get().pk}/decide/"
    assert decide in manager.get("/waivers/").content.decode()
    assert send(manager, decide, verdict="approve", words="").status_code == 302

    loan = Loan.objects.get(number="paid")
    assert standing_of(loan, ON).unapplied == 0
    shown = manager.get("/loans/paid/").content.decode()
    assert "refunded" in shown
    assert "Given back to the payer" in manager.get("/loans/paid/statement/?language=en").content.decode()
    assert Refund.objects.get().amount == 50_00
    assert verify() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"amount": "50.01"}, "No more than 50.00"), ({"amount": "x"}, "not an amount"), ({"reason": ""}, "errorlist")],
)
def test_what_makes_no_sense_is_refused_next_to_its_field(
    changes: dict[str, str], words: str, overpaid: Payment, sign_in: SignIn
) -> None:
    answer = asked(sign_in("manager"), overpaid, **changes)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_nobody_decides_their_own(overpaid: Payment, sign_in: SignIn) -> None:
    manager = sign_in("manager")
    asked(manager, overpaid)
    decide = f"/refunds/{RefundRequest.objects.get().pk}/decide/"

    answer = send(manager, decide, "k2", verdict="approve", words="")

    assert answer.status_code == 422
    assert "somebody else must decide" in manager.get(decide).content.decode()
    assert not Refund.objects.exists()


def test_a_refund_decided_meanwhile_is_said_to_be(overpaid: Payment, sign_in: SignIn) -> None:
    manager = sign_in("manager")
    asked(sign_in("supervisor"), overpaid)
    decide = f"/refunds/{RefundRequest.objects.get().pk}/decide/"
    send(manager, decide, "k2", verdict="reject", words="Owes us elsewhere.")

    answer = send(manager, decide, "k3", verdict="approve", words="")

    assert answer.status_code == 409


@pytest.mark.parametrize("role", ROLES)
def test_who_may_ask_and_decide(role: str, overpaid: Payment, sign_in: SignIn) -> None:
    asked(sign_in("supervisor"), overpaid)
    pages = [f"/loans/paid/payments/{overpaid.pk}/refund/", f"/refunds/{RefundRequest.objects.get().pk}/decide/"]

    codes = {sign_in(role).get(page).status_code for page in pages}

    assert codes == ({200} if role in {"supervisor", "manager"} else {403})


def test_money_out_of_scope_is_not_there(overpaid: Payment, sign_in: SignIn) -> None:
    other = Payment.objects.get(reference="p-late")

    assert sign_in("manager").get(f"/loans/paid/payments/{other.pk}/refund/").status_code == 404
    assert sign_in("manager").get("/refunds/999/decide/").status_code == 404


def test_what_waits_is_counted_for_whoever_may_decide_it_where_they_find_it(overpaid: Payment, sign_in: SignIn) -> None:
    supervisor, manager = sign_in("supervisor"), sign_in("manager")
    asked(supervisor, overpaid)

    assert [_counted(client) for client in (supervisor, manager)] == [0, 1]
    send(manager, f"/refunds/{RefundRequest.objects.get().pk}/decide/", verdict="approve", words="")
    assert _counted(manager) == 0


def _counted(client: Client) -> int:
    """What the rail says waits among the waivers."""
    answer: Any = client.get("/waivers/")
    (entry,) = (entry for entry in answer.context["rail"] if entry["url"] == "/waivers/")
    return int(entry["count"])
