"""What people do on the pages of money and terms, machines do with a key: once, with the same rights and refusals."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from lending.models import Change, Loan, Mandate, Payment, Product, SuspendedPayment, Waiver, WaiverRequest, WriteOff
from lending.posting import suspend_payment
from tests.lending.book.books import AT

pytestmark = pytest.mark.usefixtures("book")
SignIn = Callable[[str], Client]
LATE = "/api/v1/loans/late"


def post(browser: Client, url: str, key: str = "k", **body: Any) -> Any:
    return browser.post(url, body, "application/json", headers={"Idempotency-Key": key})


WAIVER = {"penalty": "1.00", "reason": "hardship", "words": "Ill."}


def test_a_waiver_is_asked_for_and_decided_once(sign_in: SignIn) -> None:
    supervisor, manager = sign_in("supervisor"), sign_in("manager")
    asked = [post(supervisor, f"{LATE}/waivers/", **WAIVER) for _ in range(2)]
    other = post(supervisor, f"{LATE}/waivers/", **WAIVER | {"words": "Well."})
    told = asked[0].json()
    url = f"/api/v1/waivers/{told['id']}/decision/"
    decision = {"verdict": "approve", "payload_hash": told["payload_hash"]}

    stale = post(manager, url, "s", verdict="approve", payload_hash="0" * 64)
    own = post(supervisor, url, "o", **decision)
    decided = [post(manager, url, **decision) for _ in range(2)]

    assert [each.status_code for each in (*asked, other)] == [201, 200, 422]
    assert asked[1].json() == told
    assert (stale.status_code, own.status_code) == (409, 400)
    assert [each.status_code for each in decided] == [200, 200]
    assert decided[0].json() | {"state": "waiting", "decided_by": None} == told
    assert list(Waiver.objects.values_list("component", "amount")) == [("penalty", 1_00)]
    assert supervisor.get(f"{LATE}/waivers/").json() == [decided[0].json()]


def test_a_write_off_is_proposed_and_decided(sign_in: SignIn) -> None:
    supervisor, manager, agent = sign_in("supervisor"), sign_in("manager"), sign_in("agent")
    asked = {"kind": "write_off", "reason": "uncollectable", "words": "Nothing left."}

    assert post(agent, f"{LATE}/waivers/", **asked).status_code == 403
    made = post(manager, f"{LATE}/waivers/", **asked).json()
    url = f"/api/v1/waivers/{made['id']}"
    assert post(supervisor, f"{url}/withdrawal/", "w").status_code == 403
    assert post(manager, f"{url}/withdrawal/", "w").json()["state"] == "withdrawn"
    assert post(manager, f"{url}/withdrawal/", "x").status_code == 409
    assert WriteOff.objects.count() == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"penalty": "x"},
        {"penalty": "0"},
        {"penalty": "99999999"},
        {"penalty": "-1"},
        {"reason": "uncollectable"},
        {"reason": "mood"},
        {"words": ""},
        {"kind": "gift"},
        {"kind": "write_off", "reason": "hardship"},
    ],
    ids=str,
)
def test_a_waiver_that_makes_no_sense_is_refused(changed: dict[str, str], sign_in: SignIn) -> None:
    assert post(sign_in("supervisor"), f"{LATE}/waivers/", **WAIVER | changed).status_code == 400
    assert WaiverRequest.objects.count() == 0


def test_a_payment_is_reversed_once(sign_in: SignIn) -> None:
    manager, url = sign_in("manager"), f"{LATE}/payments/p-late/reversal/"
    before = manager.get(f"{LATE}/payments/").json()

    answers = [post(manager, url, reason="Another's money.") for _ in range(2)]
    later = post(manager, url, "k2", reason="Another's money.")

    assert [each.status_code for each in (*answers, later)] == [201, 200, 409]
    assert answers[0].json() == answers[1].json()
    assert sum(Decimal(part["amount"]) for part in before[0]["settles"]) == Decimal(before[0]["amount"]) > 0
    after = manager.get(f"{LATE}/payments/").json()
    assert [each["reversed_by"] for each in after] == [answers[0].json()["reference"], None]
    assert after[0]["settles"] == []
    assert Payment.objects.filter(reverses__reference="p-late", note="Another's money.").count() == 1
    assert post(sign_in("agent"), url, "k3", reason="x").status_code == 403
    assert post(manager, f"{LATE}/payments/none/reversal/", "k4", reason="x").status_code == 404


@pytest.fixture
def suspended() -> SuspendedPayment:
    kept = suspend_payment(
        reference="s-1", loan_number="nowhere", value_on=Payment.objects.latest("value_on").value_on, amount=5_00,
        currency="CNY", reason="unknown loan", at=AT,
    )  # fmt: skip
    return kept.payment


def test_money_in_suspense_is_put_on_a_loan_once(suspended: SuspendedPayment, sign_in: SignIn) -> None:
    manager, url = sign_in("manager"), f"/api/v1/suspense/{suspended.pk}"
    waiting = manager.get("/api/v1/suspense/").json()

    answers = [post(manager, f"{url}/match/", loan="late") for _ in range(2)]
    later = post(manager, f"{url}/return/", "k2", note="Sent back.")

    assert [(each["reference"], each["amount"], each["state"]) for each in waiting] == [("s-1", "5.00", "waiting")]
    assert [each.status_code for each in (*answers, later)] == [200, 200, 409]
    assert (answers[0].json()["state"], answers[0].json()["loan"]) == ("posted", "late")
    assert manager.get("/api/v1/suspense/").json() == []


def test_money_in_suspense_goes_back_once(suspended: SuspendedPayment, sign_in: SignIn) -> None:
    manager, url = sign_in("manager"), f"/api/v1/suspense/{suspended.pk}"

    assert post(manager, f"{url}/match/", "a", loan="nowhere").status_code == 400
    assert post(manager, f"{url}/return/", "b").status_code == 400
    assert post(manager, f"{url}/return/", "c", note="Sent back.").json()["state"] == "returned"
    assert post(manager, f"{url}/match/", "d", loan="late").status_code == 409
    assert post(sign_in("agent"), f"{url}/return/", "e", note="x").status_code == 403


CONSENT = {"account": "6222 0212 3456 7890", "bank": "ICBC", "evidence": "REC-17"}


def test_consent_is_recorded_and_withdrawn_once(sign_in: SignIn) -> None:
    agent = sign_in("agent")
    url = f"/api/v1/borrowers/{Loan.objects.get(number='late').borrower.ref}/consents/"

    made = [post(agent, url, **CONSENT) for _ in range(2)]
    twice = post(agent, url, "k2", **CONSENT)
    end = f"/api/v1/consents/{made[0].json()['id']}/end/"
    ended = [post(agent, end, "e", words="By phone."), post(agent, end, "e2", words="By phone.")]

    assert [each.status_code for each in (*made, twice)] == [201, 200, 400]
    assert made[0].json()["account"] == "ICBC •••• 7890"
    assert "6222" not in made[0].content.decode()
    assert [each.status_code for each in ended] == [200, 409]
    assert Mandate.objects.get().revoked_words == "By phone."
    assert agent.get(url).json() == [ended[0].json()]
    assert post(sign_in("auditor"), url, "k3", **CONSENT).status_code == 403
    assert post(agent, "/api/v1/borrowers/nobody/consents/", "k4", **CONSENT).status_code == 404


def product_change(code: str, **terms: Any) -> dict[str, Any]:
    return {"kind": "product", "code": code, "from_on": "2027-01-01", "terms": terms, "words": "Cheaper."}


def test_new_terms_of_a_product_are_put_forward_and_decided(sign_in: SignIn) -> None:
    supervisor, manager = sign_in("supervisor"), sign_in("manager")
    code = Loan.objects.get(number="late").product.code
    made = post(supervisor, "/api/v1/changes/", **product_change(code, grace_days=9)).json()
    assert "id" in made, made
    url = f"/api/v1/changes/{made['id']}"

    assert supervisor.get("/api/v1/changes/").json() == [made]
    assert [line["after"] for line in made["lines"]] == ["9"]
    assert post(manager, f"{url}/withdrawal/", "w").status_code == 403
    decided = post(manager, f"{url}/decision/", verdict="approve", payload_hash=made["payload_hash"])
    assert (decided.status_code, decided.json()["state"]) == (200, "approved")
    assert Product.objects.filter(code=code).latest("valid_from").grace_days == 9
    again = post(manager, f"{url}/decision/", "d2", verdict="approve", payload_hash=made["payload_hash"])
    assert again.status_code == 409


def test_new_terms_of_a_funder_are_put_forward_and_taken_back(sign_in: SignIn) -> None:
    supervisor = sign_in("supervisor")
    code = Loan.objects.get(number="late").funder.code
    given = {"kind": "funder", "code": code, "from_on": "2027-01-01", "words": "Their letter."}
    made = post(supervisor, "/api/v1/changes/", **given, terms={"rights": {"waive_interest": "consent"}})

    assert made.status_code == 201, made.json()
    assert Change.objects.get().content["rights"]["waive_interest"] == "consent"
    taken = post(supervisor, f"/api/v1/changes/{made.json()['id']}/withdrawal/", "w")
    assert taken.json()["state"] == "withdrawn"


@pytest.mark.parametrize(
    "terms",
    [
        {"colour": "red"},
        {"grace_days": "many"},
        {"grace_days": -1},
        {"rounding": "down"},
        {"calendar": "XX"},
        {"due_move": "forward"},
        {"penalty_rate_ppm": -1},
        {"allocation_order": ["principal"]},
        {"allocation_order": 7},
        {"allocation_order_late": ["fee", 1]},
        {"name": ["x"]},
        {"rounding": ["up"]},
        {"penalty_rate_ppm": {"a": 1}},
        {"buckets": "late"},
        {},
    ],
    ids=str,
)
def test_terms_that_make_no_sense_are_refused(terms: dict[str, Any], sign_in: SignIn) -> None:
    code = Loan.objects.get(number="late").product.code

    assert post(sign_in("supervisor"), "/api/v1/changes/", **product_change(code, **terms)).status_code == 400
    assert Change.objects.count() == 0


def test_versions_and_steps_of_the_penalty_are_read(sign_in: SignIn) -> None:
    agent = sign_in("agent")

    versions = agent.get(f"{LATE}/versions/").json()
    steps = agent.get(f"{LATE}/penalty-steps/").json()

    assert [version["number"] for version in versions] == [1]
    loan = Loan.objects.get(number="late")
    assert sum(int(Decimal(row["principal"]) * 100) for row in versions[0]["rows"]) == loan.principal
    assert steps
    assert Decimal(steps[-1]["accrued"]) >= Decimal(agent.get("/api/v1/loans/late/").json()["penalty"]) > 0
    assert agent.get(f"{LATE}/penalty-steps/?on=x").status_code == 400


@pytest.mark.parametrize("path", ["versions", "payments", "penalty-steps", "waivers"])
def test_a_loan_out_of_scope_is_not_there(path: str, sign_in: SignIn) -> None:
    assert sign_in("agent").get(f"/api/v1/loans/well/{path}/").status_code == 404
    assert sign_in("administrator").get(f"{LATE}/{path}/").status_code == 403


@pytest.mark.parametrize(
    "url",
    [f"{LATE}/waivers/", f"{LATE}/payments/p-late/reversal/", "/api/v1/changes/"],
)
def test_a_key_is_wanted_and_a_wrong_method_refused(url: str, sign_in: SignIn) -> None:
    manager = sign_in("manager")

    assert manager.post(url, {}, "application/json").status_code == 400
    assert manager.delete(url).status_code == 405
