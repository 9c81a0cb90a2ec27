"""The machine's side of the money desk: pay-off, statement, and payments once by their key."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from lending.models import Payment, SuspendedPayment
from lending.verify import verify

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.usefixtures("book")
MONEY = {"loan": "late", "amount": "100.50", "currency": "CNY", "value_on": "2026-04-18"}


def send(client: Client, key: str = "api-1", **changed: str | None) -> Any:
    body = {name: value for name, value in {**MONEY, **changed}.items() if value is not None}
    return client.post("/api/v1/payments/", body, "application/json", headers={"Idempotency-Key": key})


def test_a_payment_is_posted_once_by_its_key(sign_in: SignIn) -> None:
    browser = sign_in("manager")

    answers = [send(browser), send(browser), send(browser, amount="100.51")]

    assert [answer.status_code for answer in answers] == [201, 200, 422]
    assert answers[0].json() == {"reference": "api-1", "status": "posted"}
    assert Payment.objects.get(reference="api-1").channel == "api"
    assert verify() == []


def test_money_for_an_unknown_loan_waits_in_suspense(sign_in: SignIn) -> None:
    browser = sign_in("manager")

    answers = [send(browser, loan="nowhere"), send(browser, loan="nowhere")]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert SuspendedPayment.objects.get().loan_number == "nowhere"
    assert verify() == []


@pytest.mark.parametrize(
    ("key", "changed"),
    [
        ("", {}),
        ("x" * 81, {}),
        ("k", {"amount": None}),
        ("k", {"amount": "much"}),
        ("k", {"amount": "0"}),
        ("k", {"amount": "-1"}),
        ("k", {"currency": "USD"}),
        ("k", {"currency": "yuan"}),
        ("k", {"value_on": "soon"}),
        ("k", {"value_on": "2026-01-14"}),
        ("k", {"loan": ""}),
    ],
)
def test_what_makes_no_sense_is_refused(key: str, changed: dict[str, str | None], sign_in: SignIn) -> None:
    assert send(sign_in("manager"), key, **changed).status_code == 400
    assert not Payment.objects.filter(channel="api").exists()
    assert not SuspendedPayment.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("agent", 403), ("auditor", 403), ("administrator", 403)])
def test_who_may_not_post(role: str, status: int, sign_in: SignIn) -> None:
    assert send(sign_in(role)).status_code == status


def test_a_pay_off_is_quoted(sign_in: SignIn) -> None:
    told = sign_in("agent").get("/api/v1/loans/late/payoff/", {"on": "2026-05-01"}).json()

    parts = [float(told[name]) for name in ("principal", "interest_due", "interest_running", "penalty")]
    assert told["on"] == "2026-05-01"
    assert round(sum(parts) - float(told["held"]), 2) == float(told["amount"]) > 0


def test_a_statement_is_told(sign_in: SignIn) -> None:
    told = sign_in("agent").get("/api/v1/loans/late/statement/", {"to": "2026-02-20"}).json()

    assert [(each["kind"], each["reference"]) for each in told["movements"]] == [
        ("lent", None),
        ("due", None),
        ("penalty", None),
        ("payment", "p-late"),
    ]
    assert told["movements"][-1]["balance"] == told["closing_balance"]


@pytest.mark.parametrize(
    "query", ["payoff/?on=x", "payoff/?on=2020-01-01", "statement/?to=2026-04-21", "statement/?from=x"]
)
def test_a_day_that_makes_no_sense_is_refused(query: str, sign_in: SignIn) -> None:
    assert sign_in("manager").get(f"/api/v1/loans/late/{query}").status_code == 400


@pytest.mark.parametrize("path", ["payoff", "statement"])
def test_a_loan_out_of_scope_is_not_there(path: str, sign_in: SignIn) -> None:
    assert sign_in("agent").get(f"/api/v1/loans/well/{path}/").status_code == 404
