"""Refunds for machines: asked for and decided once by the key, by two people."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from audit.models import Entry
from behind import NOW, make_person
from lending.models import Payment, Refund, RefundRequest
from lending.verify import verify
from tapes import payment
from tests.lending.pages.conftest import Take

SignIn = Callable[[str], Client]
ASKED = {"payment": "twice", "amount": "50.00", "reason": "Paid twice; to account 62."}


@pytest.fixture(autouse=True)
def overpaid(book: None, take: Take) -> Payment:
    """50.00 more than the loan that is paid off owed."""
    take(payment(reference="twice", loan_number="paid", value_on="2026-02-16", amount="50.00"), form="payments")
    return Payment.objects.get(reference="twice")


def send(client: Client, url: str, body: dict[str, Any], key: str = "k1") -> Any:
    return client.post(url, body, "application/json", headers={"Idempotency-Key": key})


def ask(client: Client, key: str = "k1", loan: str = "paid", **changes: str) -> Any:
    return send(client, f"/api/v1/loans/{loan}/refunds/", ASKED | changes, key)


def decide(client: Client, verdict: str = "approve", key: str = "d1", **more: str) -> Any:
    return send(
        client, f"/api/v1/refunds/{RefundRequest.objects.latest('pk').pk}/decision/", {"verdict": verdict, **more}, key
    )


def test_a_refund_is_asked_for_and_decided_by_machines(sign_in: SignIn) -> None:
    supervisor, manager = sign_in("supervisor"), sign_in("manager")

    asked, decided = ask(supervisor), decide(manager)

    assert (asked.status_code, decided.status_code) == (201, 200)
    assert asked.json() | {"id": 0} == {
        "id": 0, "loan": "paid", "payment": "twice", "amount": "50.00", "currency": "CNY",
        "reason": "Paid twice; to account 62.", "state": "waiting", "asked_by": "the-supervisor", "decided_by": None,
        "refund": None,
    }  # fmt: skip
    assert (decided.json()["state"], decided.json()["refund"]) == ("approved", Refund.objects.get().reference)
    assert supervisor.get("/api/v1/loans/paid/refunds/").json() == [decided.json()]
    assert verify() == []


def test_the_same_key_is_the_same_request_and_the_same_decision(sign_in: SignIn) -> None:
    supervisor, manager = sign_in("supervisor"), sign_in("manager")

    asked, decided = [ask(supervisor) for _time in range(3)], [decide(manager) for _time in range(3)]

    assert [answer.status_code for answer in asked] == [201, 200, 200]
    assert [answer.status_code for answer in decided] == [200, 200, 200]
    assert len({answer.content for answer in asked}) == len({answer.content for answer in decided}) == 1
    assert (RefundRequest.objects.count(), Refund.objects.count()) == (1, 1)
    assert Entry.objects.filter(action__startswith="lending.refund_").count() == 2


def test_a_key_with_other_content_is_refused_and_a_second_decision_a_conflict(sign_in: SignIn) -> None:
    supervisor, manager = sign_in("supervisor"), sign_in("manager")
    ask(supervisor)
    decide(manager)

    assert ask(supervisor, amount="49.00").status_code == 422
    assert ask(supervisor, loan="late").status_code == 422
    assert decide(manager, "reject", words="No.").status_code == 422
    assert decide(manager, "reject", key="d2", words="No.").status_code == 409


def test_what_is_refused_spends_no_key(sign_in: SignIn) -> None:
    supervisor, manager = sign_in("supervisor"), sign_in("manager")

    refused = [ask(supervisor, amount=amount) for amount in ("50.01", "0", "-1", "much")]
    asked = ask(supervisor)
    unsaid, rejected = decide(manager, "reject"), decide(manager, "reject", words="Nobody paid twice.")

    assert [answer.status_code for answer in refused] == [400] * 4
    assert [answer.status_code for answer in (asked, unsaid, rejected)] == [201, 400, 200]
    assert RefundRequest.objects.get().state == "rejected"


def test_nobody_decides_what_they_asked_for(sign_in: SignIn) -> None:
    manager = sign_in("manager")
    ask(manager)

    assert decide(manager).status_code == 400
    assert not Refund.objects.exists()


@pytest.mark.parametrize(("key", "status"), [("", 400), ("x" * 65, 400)])
def test_a_key_is_wanted(key: str, status: int, sign_in: SignIn) -> None:
    assert ask(sign_in("supervisor"), key).status_code == status


@pytest.mark.parametrize(
    ("role", "statuses"),
    [("agent", (403, 403)), ("auditor", (403, 403)), ("administrator", (403, 403)), ("manager", (201, 200))],
)
def test_who_may(role: str, statuses: tuple[int, int], sign_in: SignIn) -> None:
    asked = ask(sign_in(role))
    RefundRequest.objects.update(state="rejected", checker=make_person("somebody"), decided_at=NOW)
    ask(sign_in("supervisor"), "s1")

    assert (asked.status_code, decide(sign_in(role)).status_code) == statuses


def test_out_of_scope_is_not_there(sign_in: SignIn, take: Take) -> None:
    take(payment(reference="else", loan_number="well", value_on="2026-04-16", amount="50.00"), form="payments")
    browser = sign_in("supervisor")

    assert ask(browser, loan="well", payment="else").status_code == 404
    assert ask(browser, payment="else").status_code == 404
    assert browser.get("/api/v1/loans/well/refunds/").status_code == 404
