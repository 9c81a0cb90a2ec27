"""The screens of the ways to pay: who may, what they show, what they refuse, and the borrower's own page."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client

from audit.clock import machine_now
from behind import NOW, TODAY, close_book, make_loan
from lending import loopback, scope
from lending.models import Debit, Loan, LoopbackOrder, Mandate, PayLink, Payment
from reachable import make_borrower
from signed import post_signed
from staff.models import User
from ways import answer, ask, consent, make, tell

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.django_db
ROLES = ["agent", "supervisor", "manager", "auditor", "administrator"]
LINK = {"loan": "L-1", "covers": "due:120000", "last_on": "2026-07-18"}
CONSENT = {"account": "6222021234567890", "bank": "ICBC", "evidence": "REC-1", "from_on": "2026-07-15"}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.middleware.now", lambda: NOW)


@pytest.fixture
def sign_in(db: None, monkeypatch: pytest.MonkeyPatch) -> SignIn:
    """A browser of that role; all see borrowers whose reference begins with B."""
    monkeypatch.setattr(scope, "_scopes", [lambda user: Q(ref__startswith="B")])

    def client_of(role: str) -> Client:
        user, _made = User.objects.get_or_create(username=f"the-{role}", defaults={"role": role})
        client = Client()
        client.force_login(user)
        return client

    return client_of


def send(client: Client, url: str, key: str = "k", **given: str) -> Any:
    return client.post(url, {"one_time_key": key, **given})


def at(borrower: Any, page: str) -> str:
    return f"/borrowers/{borrower.pk}/{page}/"


@pytest.mark.parametrize(
    ("page", "allowed"),
    [
        ("/borrowers/{borrower}/ways-to-pay/", {"agent", "supervisor", "manager", "auditor"}),
        ("/borrowers/{borrower}/pay-link/", {"agent", "supervisor"}),
        ("/borrowers/{borrower}/consent/", {"agent", "supervisor"}),
        ("/borrowers/{borrower}/debit/", {"agent", "supervisor"}),
        ("/pay-links/{link}/cancel/", {"supervisor"}),
        ("/consents/{mandate}/revoke/", {"agent", "supervisor"}),
        ("/debits/{debit}/close/", {"supervisor"}),
    ],
)
def test_who_may_open_it(page: str, allowed: set[str], loan: Loan, agent: User, sign_in: SignIn) -> None:
    link, debit = make(loan, agent), ask(loan, agent)
    path = page.format(borrower=loan.borrower_id, link=link.pk, mandate=debit.mandate_id, debit=debit.pk)

    assert {role for role in ROLES if sign_in(role).get(path).status_code == 200} == allowed


def test_who_is_out_of_scope_is_not_there(agent: User, sign_in: SignIn) -> None:
    loan = make_loan(make_borrower("X1"), number="X-1", days=5)
    close_book(TODAY)
    link, debit, browser = make(loan, agent), ask(loan, agent), sign_in("supervisor")

    pages = [at(loan.borrower, page) for page in ("ways-to-pay", "pay-link", "consent", "debit")]
    pages += [f"/pay-links/{link.pk}/cancel/", f"/consents/{debit.mandate_id}/revoke/", f"/debits/{debit.pk}/close/"]

    assert {browser.get(page).status_code for page in pages} == {404}


def test_a_link_is_made_and_shown_with_its_code(loan: Loan, sign_in: SignIn) -> None:
    browser = sign_in("agent")

    answered = send(browser, at(loan.borrower, "pay-link"), **LINK)
    send(browser, at(loan.borrower, "pay-link"), **LINK)

    link = PayLink.objects.get()
    assert answered.headers["Location"] == at(loan.borrower, "ways-to-pay")
    assert link.expires_at.isoformat() == "2026-07-18T16:00:00+00:00", "the end of the day in Shanghai"
    assert link.code in browser.get(answered.headers["Location"]).content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"covers": "due:1"}, "covers"),
        ({"covers": "other"}, "amount"),
        ({"covers": "other", "amount": "-5"}, "amount"),
        ({"covers": "other", "amount": "2400.01"}, "amount"),
        ({"last_on": "2026-07-14"}, "last_on"),
        ({"last_on": "2026-08-16"}, "last_on"),
        ({"last_on": "soon"}, "last_on"),
    ],
)
def test_a_link_that_makes_no_sense_is_said_beside_its_field(
    changed: dict[str, str], field: str, loan: Loan, sign_in: SignIn
) -> None:
    answered = send(sign_in("agent"), at(loan.borrower, "pay-link"), **LINK | changed)

    assert answered.status_code == 422
    assert list(answered.context["form"].errors) == [field]
    assert PayLink.objects.count() == 0


@pytest.mark.parametrize("page", ["pay-link", "debit"])
def test_a_loan_of_somebody_else_is_not_there(page: str, loan: Loan, sign_in: SignIn) -> None:
    make_loan(make_borrower("B2"), number="L-2", days=5)

    assert sign_in("agent").get(at(loan.borrower, page), {"loan": "L-2"}).status_code == 404


def test_the_loan_furthest_behind_comes_first(loan: Loan, sign_in: SignIn) -> None:
    make_loan(loan.borrower, number="L-late", days=40)
    close_book(TODAY)

    page = sign_in("agent").get(at(loan.borrower, "pay-link"))

    assert page.context["loan"].number == "L-late"
    assert "?loan=L-1" in page.content.decode()


def test_consent_is_recorded_then_withdrawn(loan: Loan, sign_in: SignIn) -> None:
    browser = sign_in("agent")
    send(browser, at(loan.borrower, "consent"), **CONSENT)
    mandate = Mandate.objects.get()
    page = browser.get(at(loan.borrower, "ways-to-pay")).content.decode()
    assert "•••• 7890" in page
    assert "6222" not in page

    send(browser, f"/consents/{mandate.pk}/revoke/", "k2", words="by phone")
    again = send(browser, f"/consents/{mandate.pk}/revoke/", "k3", words="by phone")

    mandate.refresh_from_db()
    assert mandate.revoked_words == "by phone"
    assert again.status_code == 409


def test_a_wrong_account_is_said_beside_its_field(loan: Loan, sign_in: SignIn) -> None:
    answered = send(sign_in("agent"), at(loan.borrower, "consent"), **CONSENT | {"account": "12"})

    assert answered.status_code == 422
    assert list(answered.context["form"].errors) == ["account"]


def test_a_debit_is_asked_for_and_closed_by_a_supervisor(loan: Loan, agent: User, sign_in: SignIn) -> None:
    mandate = consent(loan, agent)
    asked = {"loan": "L-1", "mandate": str(mandate.pk), "amount": "200"}

    assert send(sign_in("agent"), at(loan.borrower, "debit"), **asked).status_code == 302
    debit = Debit.objects.get()
    refused = send(sign_in("agent"), at(loan.borrower, "debit"), "k2", **asked)
    closed = send(sign_in("supervisor"), f"/debits/{debit.pk}/close/")

    assert refused.status_code == 422
    assert "still under way" in refused.content.decode()
    assert closed.status_code == 302
    assert send(sign_in("supervisor"), f"/debits/{debit.pk}/close/", "k3").status_code == 409


def test_without_consent_the_way_to_it_is_shown(loan: Loan, sign_in: SignIn) -> None:
    page = sign_in("agent").get(at(loan.borrower, "debit")).content.decode()

    assert at(loan.borrower, "consent") in page
    assert 'name="amount"' not in page


def test_a_cancelled_link_is_cancelled_once(loan: Loan, agent: User, sign_in: SignIn) -> None:
    link, browser = make(loan, agent), sign_in("supervisor")

    assert send(browser, f"/pay-links/{link.pk}/cancel/").status_code == 302
    assert send(browser, f"/pay-links/{link.pk}/cancel/", "k2").status_code == 409


def test_money_that_came_besides_is_told_with_the_link(loan: Loan, agent: User, sign_in: SignIn) -> None:
    link = make(loan, agent)
    tell(answer(link) | {"amount": 500})

    assert "5.00 came besides" in sign_in("auditor").get(at(loan.borrower, "ways-to-pay")).content.decode()


def test_the_page_asks_a_constant_number_of_questions(
    loan: Loan, agent: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    for _time in range(6):
        make(loan, agent)
    browser = sign_in("supervisor")

    with django_assert_max_num_queries(25):
        browser.get(at(loan.borrower, "ways-to-pay"))


# The demonstration's provider ------------------------------------------------------------------------------------------


@pytest.fixture
def own(settings: Any) -> str:
    """The secret shared with the loopback."""
    settings.WEBHOOK_SECRETS = "loopback:own:sh"
    return "sh"


def listening(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the loopback tells from now on."""
    heard: list[dict[str, Any]] = []

    def hear(event: dict[str, Any]) -> bool:
        heard.append(event)
        return True

    monkeypatch.setattr(loopback, "_post", hear)
    return heard


def order(secret: str, **changed: Any) -> Any:
    body = {
        "code": "LABC",
        "loan_number": "L-1",
        "amount": 120_000,
        "currency": "CNY",
        "creditor": {"en": "First Bank", "zh-hans": "第一银行"},
        "payer": "王••",
        "purpose": {"en": "All that is due", "zh-hans": "全部应还"},
        "language": "zh-hans",
        "expires_at": (machine_now() + timedelta(days=1)).isoformat(),
    }
    answered = post_signed("/loopback/payments/links/", body | changed, secret=secret)
    assert answered.status_code == 200, answered.content
    return answered.json()


def test_the_borrowers_page_says_who_what_and_how_much_in_their_language(own: str, client: Client) -> None:
    path = order(own)["url"].partition("/loopback/")[2]

    page = client.get(f"/loopback/{path}").content.decode()
    english = client.get(f"/loopback/{path}?language=en").content.decode()

    for words in ("第一银行", "1,200.00 元", "全部应还", "王••", "立即支付"):
        assert words in page
    assert "First Bank" in english
    assert '<html lang="en"' in english


def test_a_page_is_paid_once_and_told_signed(
    own: str, client: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    heard = listening(monkeypatch)
    path = "/loopback/" + order(own)["url"].partition("/loopback/")[2]

    with django_capture_on_commit_callbacks(execute=True):
        client.post(path)
        client.post(path)

    assert [event["order"] for event in heard] == ["LABC"]
    assert LoopbackOrder.objects.get().is_told
    assert "支付成功" in client.get(path).content.decode()


def test_the_same_order_is_the_same_page(own: str) -> None:
    assert order(own)["url"] == order(own)["url"]


@pytest.mark.parametrize("end", ["cancelled", "late"])
def test_a_page_that_is_closed_or_over_cannot_be_paid(end: str, own: str, client: Client) -> None:
    late = {"expires_at": (machine_now() - timedelta(minutes=1)).isoformat()} if end == "late" else {}
    path = "/loopback/" + order(own, **late)["url"].partition("/loopback/")[2]
    if end == "cancelled":
        post_signed("/loopback/payments/links/cancel/", {"code": "LABC"}, secret=own)

    client.post(path)

    assert LoopbackOrder.objects.get().state in {"open", "cancelled"}
    assert "立即支付" not in client.get(path).content.decode()


@pytest.mark.parametrize("path", ["links/", "links/cancel/", "debits/"])
def test_an_unsigned_order_is_refused(path: str, own: str, client: Client, settings: Any) -> None:
    assert client.post(f"/loopback/payments/{path}", {}, "application/json").status_code == 403
    settings.DEMO = False
    assert post_signed(f"/loopback/payments/{path}", {}, secret=own).status_code == 404


@pytest.mark.parametrize(("last_four", "told"), [("7890", "debit.succeeded"), ("0001", "debit.failed"), ("0005", None)])
def test_the_bank_answers_by_the_last_four(
    last_four: str, told: str | None, own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = listening(monkeypatch)
    body = {"code": "D1", "loan_number": "L-1", "amount": 5, "currency": "CNY", "account": f"62220212345{last_four}"}

    assert post_signed("/loopback/payments/debits/", body, secret=own).json()["status"] == "accepted"
    loopback.answer_due(machine_now() + timedelta(minutes=1))

    assert [event["type"] for event in heard] == ([told] if told else [])
    assert "6222" not in json.dumps(LoopbackOrder.objects.get().facts)


def test_what_nobody_took_is_told_again(own: str, monkeypatch: pytest.MonkeyPatch, loan: Loan) -> None:
    order(own)
    monkeypatch.setattr(loopback, "_post", lambda event: False)
    loopback.pay(LoopbackOrder.objects.get(), NOW)
    loopback.answer_due(NOW)
    assert not LoopbackOrder.objects.get().is_told

    monkeypatch.setattr(loopback, "_post", lambda event: True)

    assert loopback.answer_due(NOW) == 1
    assert Payment.objects.count() == 0
