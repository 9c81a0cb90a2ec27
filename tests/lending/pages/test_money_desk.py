"""Payments by hand, reversals, suspense, the pay-off quote and the statement: who may, what is refused, what moves."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from lending import pages
from lending.facts import standing_of
from lending.models import Borrower, Funder, Loan, Payment, SuspendedPayment
from lending.posting import suspend_payment
from lending.verify import verify

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.usefixtures("book")
ROLES = ["agent", "supervisor", "manager", "auditor", "administrator"]
NEW = {"amount": "1,000.50", "value_on": "2026-04-18", "reference": "bank-1", "note": "seen in the account"}


def send(client: Client, url: str, key: str = "k", **given: str) -> Any:
    return client.post(url, {"one_time_key": key, **given})


def payment() -> Payment:
    return Payment.objects.get(reference="p-late")


@pytest.fixture
def money(book: None) -> SuspendedPayment:
    return suspend_payment(
        reference="S1",
        loan_number="lost",
        value_on=date(2026, 4, 10),
        amount=500_00,
        currency="CNY",
        reason="unknown loan",
        at=datetime(2026, 4, 10, tzinfo=UTC),
    ).payment


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("/loans/late/payment/", {"supervisor", "manager"}),
        ("/loans/late/payment/preview/", {"supervisor", "manager"}),
        ("/loans/late/payments/{payment}/reverse/", {"supervisor", "manager"}),
        ("/loans/late/prepay/", {"supervisor", "manager"}),
        ("/loans/late/prepay/preview/", {"supervisor", "manager"}),
        ("/loans/late/payoff/", {"agent", "supervisor", "manager", "auditor"}),
        ("/loans/late/payoff/letter/", {"agent", "supervisor", "manager", "auditor"}),
        ("/loans/late/statement/", {"agent", "supervisor", "manager", "auditor"}),
        ("/suspense/", {"supervisor", "manager", "auditor"}),
        ("/suspense/{money}/match/", {"supervisor", "manager"}),
        ("/suspense/{money}/candidates/", {"supervisor", "manager"}),
        ("/suspense/{money}/return/", {"supervisor", "manager"}),
    ],
)
def test_who_may_open_it(url: str, allowed: set[str], money: SuspendedPayment, sign_in: SignIn) -> None:
    path = url.format(payment=payment().pk, money=money.pk)

    assert {role for role in ROLES if sign_in(role).get(path).status_code == 200} == allowed


@pytest.mark.parametrize(
    "url", ["/loans/well/payment/", "/loans/well/payments/1/reverse/", "/loans/well/payoff/", "/loans/well/statement/"]
)
def test_a_loan_out_of_scope_is_not_there(url: str, sign_in: SignIn) -> None:
    assert sign_in("supervisor").get(url).status_code == 404


def test_a_payment_of_another_loan_is_not_there(sign_in: SignIn) -> None:
    assert sign_in("manager").get(f"/loans/paid/payments/{payment().pk}/reverse/").status_code == 404


def test_a_payment_is_recorded_and_settles(sign_in: SignIn) -> None:
    loan = Loan.objects.get(number="late")
    before = standing_of(loan, date(2026, 4, 20))

    answer = send(sign_in("supervisor"), "/loans/late/payment/", **NEW)

    posted = Payment.objects.get(reference="bank-1")
    after = standing_of(loan, date(2026, 4, 20))
    assert answer.headers["Location"] == "/loans/late/"
    assert (posted.amount, posted.channel, posted.note) == (1000_50, "console", "seen in the account")
    assert str(posted.posted_by) == "the-supervisor"
    assert before.overdue_principal > after.overdue_principal
    assert verify() == []


def test_a_payment_without_a_reference_is_given_one(sign_in: SignIn) -> None:
    send(sign_in("manager"), "/loans/late/payment/", **NEW | {"reference": ""})

    assert Payment.objects.latest("pk").reference.startswith("H20260420-")


def test_a_form_sent_twice_posts_once(sign_in: SignIn) -> None:
    browser = sign_in("manager")

    for _ in range(2):
        send(browser, "/loans/late/payment/", **NEW | {"reference": ""})

    assert Payment.objects.filter(channel="console").count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"amount": ""}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "1.005"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "999999999999"}, "amount"),
        ({"value_on": "2026-04-21"}, "value_on"),
        ({"value_on": "2026-01-14"}, "value_on"),
        ({"value_on": "yesterday"}, "value_on"),
        ({"reference": "p-late"}, "reference"),
        ({"reference": "x" * 81}, "reference"),
        ({"note": "x" * 201}, "note"),
    ],
)
def test_wrong_input_is_named_at_its_field(given: dict[str, str], field: str, sign_in: SignIn) -> None:
    answer = send(sign_in("manager"), "/loans/late/payment/", **NEW | given)

    assert answer.status_code in {409, 422}
    assert list(answer.context["form"].errors) == [field]
    assert not Payment.objects.filter(channel="console").exists()


def test_the_same_reference_again_says_so_and_moves_nothing(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.middleware.now", lambda: datetime(2026, 4, 20, 3, tzinfo=UTC))

    answer = sign_in("manager").post(
        "/loans/late/payment/",
        {"one_time_key": "k", "amount": "1500", "value_on": "2026-02-20", "reference": "p-late"},
        follow=True,
    )

    assert "posted before" in answer.content.decode()
    assert Payment.objects.filter(loan__number="late").count() == 1


def test_a_preview_shows_what_would_be_settled(sign_in: SignIn) -> None:
    browser = sign_in("manager")

    shown = browser.get("/loans/late/payment/preview/", {"amount": "100", "value_on": "2026-04-20"})
    empty = browser.get("/loans/late/payment/preview/", {"amount": "x", "value_on": "2026-04-20"})

    effect = shown.context["effect"]
    assert effect.overdue_before - effect.overdue_after == 100_00
    assert empty.context["effect"] is None


def test_a_payment_is_reversed_with_its_reason(sign_in: SignIn) -> None:
    url, browser = f"/loans/late/payments/{payment().pk}/reverse/", sign_in("supervisor")

    refused = send(browser, url, note=" ")
    done = send(browser, url, note="the bank took it back")

    reversal = Payment.objects.get(reverses=payment())
    assert (refused.status_code, done.status_code) == (422, 302)
    assert (reversal.note, reversal.amount) == ("the bank took it back", -1500_00)
    assert verify() == []
    page = browser.get("/loans/late/").content.decode()
    assert "the bank took it back" in page
    assert "/reverse/" not in page


def test_a_payment_is_reversed_once(sign_in: SignIn) -> None:
    url, browser = f"/loans/late/payments/{payment().pk}/reverse/", sign_in("manager")
    send(browser, url, note="wrong loan")

    assert send(browser, url, "other", note="wrong loan").status_code == 409
    assert browser.get(url).context["effect"] is None
    assert Payment.objects.filter(reverses=payment()).count() == 1


def test_only_who_may_post_sees_the_buttons(sign_in: SignIn) -> None:
    assert "/payment/" not in sign_in("agent").get("/loans/late/").content.decode()
    assert "/payment/" in sign_in("manager").get("/loans/late/").content.decode()


def test_suspense_shows_ages_and_sums(money: SuspendedPayment, sign_in: SignIn) -> None:
    answer = sign_in("auditor").get("/suspense/")

    assert answer.context["rows"] == [(money, 10)]
    assert answer.context["sums"] == [("CNY", 500_00)]
    assert "/match/" not in answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "count"),
    [({}, 1), ({"q": "S"}, 1), ({"q": "los"}, 1), ({"q": "x"}, 0), ({"state": "posted"}, 0), ({"currency": "USD"}, 0)],
)
def test_suspense_is_filtered(asked: dict[str, str], count: int, money: SuspendedPayment, sign_in: SignIn) -> None:
    assert len(sign_in("manager").get("/suspense/", asked).context["rows"]) == count


@pytest.mark.parametrize("text", ["late", "B-late"])
def test_a_loan_is_found_by_its_number_or_its_borrower(text: str, money: SuspendedPayment, sign_in: SignIn) -> None:
    (found,) = sign_in("supervisor").get(f"/suspense/{money.pk}/candidates/", {"q": text}).context["candidates"]

    assert found.loan.number == "late"
    assert found.effect.overdue_before - found.effect.overdue_after > 0


@pytest.mark.parametrize("text", ["", "lat", "well", "nowhere"])
def test_nothing_else_is_found(text: str, money: SuspendedPayment, sign_in: SignIn) -> None:
    assert sign_in("supervisor").get(f"/suspense/{money.pk}/candidates/", {"q": text}).context["candidates"] == []


def test_a_match_posts_and_leads_to_the_loan(money: SuspendedPayment, sign_in: SignIn) -> None:
    browser, url = sign_in("supervisor"), f"/suspense/{money.pk}/match/"

    done = send(browser, url, number="late")
    again = send(browser, url, "other", number="late")

    assert (done.headers["Location"], again.status_code) == ("/loans/late/", 409)
    assert Payment.objects.get(reference="S1").loan.number == "late"
    assert "late" in browser.get("/suspense/?state=posted").content.decode()
    assert verify() == []


def test_money_is_not_put_on_a_loan_that_is_not_seen(money: SuspendedPayment, sign_in: SignIn) -> None:
    assert send(sign_in("supervisor"), f"/suspense/{money.pk}/match/", number="well").status_code == 422
    assert SuspendedPayment.objects.waiting().exists()


def test_money_goes_back_with_words(money: SuspendedPayment, sign_in: SignIn) -> None:
    browser, url = sign_in("manager"), f"/suspense/{money.pk}/return/"

    refused, done = send(browser, url, note=""), send(browser, url, note="transfer 77 of 20 April")

    assert (refused.status_code, done.headers["Location"]) == (422, "/suspense/")
    assert "transfer 77" in browser.get("/suspense/?state=returned").content.decode()
    assert send(browser, url, "other", note="again").status_code == 409


def test_a_quote_is_the_pay_off_of_that_day(sign_in: SignIn) -> None:
    answer = sign_in("agent").get("/loans/late/payoff/", {"on": "2026-05-02"})

    assert answer.context["quote"].amount == standing_of(Loan.objects.get(number="late"), date(2026, 5, 2)).payoff


@pytest.mark.parametrize("on", ["", "soon", "2026-01-14", "2030-01-01", "0001-01-01"])
def test_a_day_that_makes_no_sense_is_today(on: str, sign_in: SignIn) -> None:
    assert sign_in("agent").get("/loans/late/payoff/", {"on": on}).context["quote"].on == date(2026, 4, 20)


def test_letters_speak_the_borrowers_language_whatever_the_readers(sign_in: SignIn) -> None:
    Borrower.objects.update(language="zh-hans")
    Funder.objects.filter(code="north-bank").update(name_zh="北方银行")
    browser = sign_in("manager")

    for path, words in (("statement", "对账单"), ("payoff/letter", "结清报价")):
        page = browser.get(f"/loans/late/{path}/", headers={"Accept-Language": "en"}).content.decode()
        assert '<html lang="en"' in page
        assert f"<h2>{words}</h2>" in page
        assert '<article class="letter" lang="zh-Hans">' in page
        other = browser.get(f"/loans/late/{path}/?language=en", headers={"Accept-Language": "zh-hans"}).content.decode()
        assert '<article class="letter" lang="en">' in other


def test_the_name_stands_masked_unless_the_floor_above_says_otherwise(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    masked = sign_in("manager").get("/loans/late/statement/").content.decode()
    monkeypatch.setattr(pages, "_namers", [lambda borrower, user: "Mary Smith"])

    assert "Mary Smith" not in masked
    assert "M••• S••••" in masked
    assert "Mary Smith" in sign_in("agent").get("/loans/late/statement/").content.decode()


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "x"},
        {"to": "2026-04-21"},
        {"from": "2026-04-02", "to": "2026-04-01"},
        {"language": "fr"},
        {"from": "0001-01-01"},
    ],
)
def test_days_that_make_no_sense_are_said_and_the_whole_life_is_shown(asked: dict[str, str], sign_in: SignIn) -> None:
    answer = sign_in("manager").get("/loans/late/statement/", asked)

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert "2026-01-15" in answer.context["letter"]


def test_a_statement_asks_a_constant_number_of_questions(sign_in: SignIn, django_assert_max_num_queries: Any) -> None:
    browser = sign_in("manager")

    with django_assert_max_num_queries(22):
        browser.get("/loans/late/statement/", {"from": "2026-02-01", "to": "2026-04-20"})
