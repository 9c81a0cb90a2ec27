"""Shares, guarantees, what guarantors paid and the notice to the debtor, by machines: with a key, once, decided by a second person."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from changed import guarantee
from lending.models import AssignmentNotice, Change, Guarantee, GuarantorPayment, GuarantorReversal, LoanShare
from lending.parties import get_funder

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.usefixtures("book")
LATE = "/api/v1/loans/late"
GUARANTEE: dict[str, Any] = {
    "guarantor": "surety", "cap_ppm": 1_000_000, "trigger_days": 30, "from_on": "2026-01-01", "words": "Contract 7.",
}  # fmt: skip
PAID = {"paid_on": "2026-04-20", "reference": "DC-1", "words": "Statement."}


def post(browser: Client, url: str, key: str = "k", **body: Any) -> Any:
    return browser.post(url, body, "application/json", headers={"Idempotency-Key": key})


def decided(browser: Client, told: dict[str, Any]) -> None:
    url = f"/api/v1/changes/{told['id']}/decision/"
    answer = post(browser, url, f"d{told['id']}", verdict="approve", payload_hash=told["payload_hash"])
    assert answer.status_code == 200


@pytest.fixture(autouse=True)
def surety(book: None) -> None:
    get_funder("surety", "Surety Co")


def test_shares_are_put_forward_once_and_decided(sign_in: SignIn) -> None:
    supervisor, manager = sign_in("supervisor"), sign_in("manager")
    asked: dict[str, Any] = {
        "from_on": "2026-05-01",
        "shares": {"north-bank": 700_000, "surety": 300_000},
        "words": "Contract 8.",
    }

    answers = [post(supervisor, f"{LATE}/shares/", **asked) for _ in range(2)]
    other = post(supervisor, f"{LATE}/shares/", **asked | {"from_on": "2026-06-01"})
    decided(manager, answers[0].json())

    assert [each.status_code for each in (*answers, other)] == [201, 200, 422]
    assert set(LoanShare.objects.values_list("funder__code", "share_ppm")) == {
        ("north-bank", 700_000),
        ("surety", 300_000),
    }
    told = supervisor.get(f"{LATE}/creditors/").json()
    assert {row["funder"]: row["share_ppm"] for row in told["shares"]} == asked["shares"]


@pytest.mark.parametrize(
    "shares",
    [{}, {"north-bank": 999_999}, {"surety": 1_000_000}, {"north-bank": 500_000, "nobody": 500_000}, {"north-bank": 0}],
    ids=str,
)
def test_shares_that_make_no_sense_are_refused(shares: dict[str, int], sign_in: SignIn) -> None:
    answer = post(sign_in("supervisor"), f"{LATE}/shares/", from_on="2026-05-01", shares=shares, words="So.")

    assert answer.status_code == 400
    assert "shares" in answer.json()
    assert Change.objects.count() == 0


def test_a_guarantee_of_a_funders_loans_and_one_of_a_single_loan(sign_in: SignIn) -> None:
    supervisor, manager = sign_in("supervisor"), sign_in("manager")

    wide = post(supervisor, "/api/v1/guarantees/", funder="north-bank", **GUARANTEE)
    narrow = post(supervisor, f"{LATE}/guarantee/", "n", **GUARANTEE | {"cap_ppm": 0})
    for answer in (wide, narrow):
        decided(manager, answer.json())

    assert (wide.status_code, narrow.status_code) == (201, 201)
    assert Guarantee.objects.count() == 2
    [listed] = supervisor.get("/api/v1/guarantees/").json()
    assert listed["funder"] == "north-bank"
    assert (listed["loan"], listed["guarantor"], listed["cap_ppm"]) == (None, "surety", 1_000_000)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"guarantor": "nobody"}, "guarantor"),
        ({"guarantor": "north-bank"}, "guarantor"),
        ({"product": "none"}, "product"),
        ({"cap_ppm": 2_000_001}, "cap_ppm"),
        ({"trigger_days": 0}, "trigger_days"),
        ({"penalty_rate_ppm": -1}, "penalty_rate_ppm"),
        ({"from_on": "soon"}, "from_on"),
        ({"words": ""}, "words"),
    ],
    ids=str,
)
def test_a_guarantee_that_makes_no_sense_names_the_field(changed: dict[str, Any], field: str, sign_in: SignIn) -> None:
    answer = post(sign_in("supervisor"), "/api/v1/guarantees/", **{"funder": "north-bank", **GUARANTEE, **changed})

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert Change.objects.count() == 0


def test_a_guarantor_pays_the_debtor_is_told_and_it_is_taken_back(sign_in: SignIn) -> None:
    guarantee(guarantor=get_funder("surety"), funder=get_funder("north-bank"))
    supervisor, manager = sign_in("supervisor"), sign_in("manager")
    decided(manager, post(supervisor, f"{LATE}/guarantor-payments/", **PAID).json())
    [told] = supervisor.get(f"{LATE}/creditors/").json()["guarantor_payments"]
    url = f"/api/v1/guarantor-payments/{told['id']}"
    notice = {"given_on": "2026-04-20", "means": "letter", "evidence": "EMS 12"}

    ahead = post(supervisor, f"{url}/notice/", "a", **notice | {"given_on": "2026-04-21"})
    answers = [post(supervisor, f"{url}/notice/", key, **notice) for key in ("n", "n", "again")]
    decided(manager, post(supervisor, f"{url}/reversal/", "r", words="Never arrived.").json())

    assert (ahead.status_code, list(ahead.json())) == (400, ["given_on"])
    assert [each.status_code for each in answers] == [201, 200, 400]
    assert answers[0].json() == notice | {"by": "the-supervisor"}
    assert AssignmentNotice.objects.get().payment == GuarantorPayment.objects.get()
    assert GuarantorReversal.objects.count() == 1
    assert supervisor.get(f"{LATE}/creditors/").json()["creditors"] == ["north-bank"]


def test_what_no_guarantee_covers_is_refused(sign_in: SignIn) -> None:
    answer = post(sign_in("supervisor"), f"{LATE}/guarantor-payments/", **PAID)

    assert (answer.status_code, list(answer.json())) == (400, ["paid_on"])


@pytest.mark.parametrize(
    "path", ["loans/late/shares", "loans/late/guarantee", "guarantees", "loans/late/guarantor-payments"]
)
def test_agents_put_nothing_forward(path: str, sign_in: SignIn) -> None:
    assert post(sign_in("agent"), f"/api/v1/{path}/", words="Mine.").status_code == 403
