"""Pay links and debits for machines: once by the key, in words what stands in the way."""

from typing import Any

import pytest
from django.db.models import Q
from django.test import Client

from behind import NOW
from lending import scope
from lending.models import Debit, Loan, PayLink
from staff.models import Role, User
from ways import consent

pytestmark = pytest.mark.django_db
LINKS, DEBITS = "/api/v1/loans/L-1/pay-links/", "/api/v1/loans/L-1/debits/"
LINK = {"covers": "due", "expires_at": "2026-07-18T00:00:00+08:00"}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, loan: Loan) -> None:
    monkeypatch.setattr("config.middleware.now", lambda: NOW)
    monkeypatch.setattr(scope, "_scopes", [lambda user: Q(ref="B1")])


def machine(role: str = Role.AGENT) -> Client:
    browser = Client()
    browser.force_login(User.objects.get_or_create(username=f"m-{role}", defaults={"role": role})[0])
    return browser


def post(url: str, body: dict[str, Any], key: str = "k1", role: str = Role.AGENT) -> Any:
    return machine(role).post(url, body, "application/json", headers={"Idempotency-Key": key})


def test_the_same_key_is_the_same_link() -> None:
    answers = [post(LINKS, LINK), post(LINKS, LINK)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["amount"] == "1200.00"
    assert machine().get(LINKS).json() == [answers[0].json()]
    assert PayLink.objects.count() == 1


def test_another_key_replaces_the_link_and_the_same_key_with_other_content_is_refused() -> None:
    post(LINKS, LINK)
    other = post(LINKS, LINK | {"covers": "other", "amount": "5.00"}, "k2")
    again = post(LINKS, LINK | {"covers": "other", "amount": "6.00"}, "k2")

    assert (other.status_code, again.status_code) == (201, 422)
    assert list(PayLink.objects.order_by("pk").values_list("state", flat=True)) == ["cancelled", "open"]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"covers": "all"}, 400),
        ({"covers": "other"}, 400),
        ({"covers": "other", "amount": "0"}, 400),
        ({"covers": "other", "amount": "9999"}, 409),
        ({"expires_at": "soon"}, 400),
        ({"expires_at": "2026-07-01T00:00:00Z"}, 409),
    ],
)
def test_a_link_that_makes_no_sense_is_refused(changed: dict[str, str], status: int) -> None:
    assert post(LINKS, LINK | changed).status_code == status
    assert PayLink.objects.count() == 0


def test_a_debit_is_asked_for_once_and_told_masked(loan: Loan, agent: User) -> None:
    assert post(DEBITS, {"amount": "100.00"}).status_code == 400
    consent(loan, agent)

    answers = [post(DEBITS, {"amount": "100.00"}), post(DEBITS, {"amount": "100.00"})]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["account"] == "ICBC •••• 7890"
    assert Debit.objects.count() == 1
    assert post(DEBITS, {"amount": "99.00"}).status_code == 422
    assert post(DEBITS, {"amount": "100.00"}, "k2").json() == {"detail": "A debit of this loan is still under way."}
    assert machine(Role.AUDITOR).get(DEBITS).json() == [answers[0].json()]


def test_a_key_is_wanted() -> None:
    assert post(LINKS, LINK, "").status_code == 400


@pytest.mark.parametrize("url", [LINKS, DEBITS])
def test_who_may(url: str) -> None:
    assert post(url, LINK, role=Role.AUDITOR).status_code == 403
    assert machine(Role.ADMINISTRATOR).get(url).status_code == 403
    assert machine().get(url.replace("L-1", "L-9")).status_code == 404
