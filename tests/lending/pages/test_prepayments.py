"""Prepaying from the loan page and by the API; a payment over several debts from the drawer and by the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from lending.facts import standing_of
from lending.models import Borrower, Loan, Payment, ScheduleVersion
from lending.verify import verify
from tests.lending.pages.conftest import ON

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.usefixtures("book")
PREPAID = {"amount": "9,000.00", "value_on": "2026-04-20", "keep": "term", "reference": "bank-1", "note": ""}


def send(client: Client, url: str, key: str = "k", **given: str) -> Any:
    return client.post(url, {"one_time_key": key, **given})


def late() -> Loan:
    return Loan.objects.get(number="late")


@pytest.fixture
def sibling(book: None) -> Loan:
    """A second loan of the borrower who is late, from the same funder."""
    Loan.objects.filter(number="well").update(borrower=Borrower.objects.get(loans__number="late"), funder=late().funder)
    return Loan.objects.get(number="well")


def test_a_prepayment_is_previewed_and_posted_with_its_schedule(sign_in: SignIn) -> None:
    browser = sign_in("manager")

    seen = browser.get("/loans/late/prepay/preview/", PREPAID).content.decode()
    answer = send(browser, "/loans/late/prepay/", **PREPAID)

    assert "Interest saved" in seen
    assert answer.status_code == 302
    version = ScheduleVersion.objects.get(loan=late(), is_current=True)
    assert (version.payment, version.keeps) == (Payment.objects.get(reference="bank-1"), "term")
    assert standing_of(late(), ON).days_past_due == 0
    assert "prepayment" in browser.get("/loans/late/").content.decode()
    assert browser.get("/loans/late/statement/").status_code == 200
    assert verify() == []


def test_reversing_it_gives_the_old_schedule_back(sign_in: SignIn) -> None:
    browser = sign_in("manager")
    before = standing_of(late(), ON)
    send(browser, "/loans/late/prepay/", **PREPAID)

    send(browser, f"/loans/late/payments/{Payment.objects.get(reference='bank-1').pk}/reverse/", "k2", note="bounced")

    assert standing_of(late(), ON) == before
    assert browser.get("/loans/late/").status_code == 200
    assert browser.get("/loans/late/statement/").status_code == 200
    assert verify() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"amount": "100"}, "nothing would be prepaid", id="less than is due"),
        pytest.param({"amount": "0"}, "more than zero", id="nothing"),
        pytest.param({"value_on": "2026-04-21"}, "business date", id="a day to come"),
        pytest.param({"keep": "both"}, "errorlist", id="no choice"),
    ],
)
def test_a_prepayment_that_makes_no_sense_says_so_next_to_its_field(
    changes: dict[str, str], words: str, sign_in: SignIn
) -> None:
    answer = send(sign_in("manager"), "/loans/late/prepay/", **{**PREPAID, **changes})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Payment.objects.filter(reference="bank-1").exists()


def test_a_machine_sees_what_a_prepayment_would_do(sign_in: SignIn) -> None:
    answer = sign_in("manager").get("/api/v1/loans/late/prepayment/", {"amount": "9000", "keep": "instalment"}).json()

    paid = sum(int(answer[name].replace(".", "")) for name in ("due", "interest", "fee", "principal", "held"))
    assert paid == 9_000_00
    assert sum(int(row["principal"].replace(".", "")) for row in answer["rows"]) == late().principal


@pytest.mark.parametrize("query", ["amount=much", "amount=1", "", "amount=9000&keep=both", "amount=9000&on=2026-05-01"])
def test_a_machine_that_asks_nonsense_is_told(query: str, sign_in: SignIn) -> None:
    assert sign_in("manager").get(f"/api/v1/loans/late/prepayment/?{query}").status_code == 400


def test_a_machine_prepays_with_a_payment_that_says_what_stays(sign_in: SignIn) -> None:
    body = {"loan": "late", "amount": "9000", "value_on": "2026-04-20", "keep": "instalment"}
    browser = sign_in("manager")

    codes = [
        browser.post("/api/v1/payments/", body, "application/json", headers={"Idempotency-Key": "m1"}).status_code
        for _ in range(2)
    ]

    assert codes == [201, 200]
    assert ScheduleVersion.objects.get(loan=late(), is_current=True).keeps == "instalment"


def test_a_payment_over_all_debts_is_previewed_and_posted_on_each(sibling: Loan, sign_in: SignIn) -> None:
    browser = sign_in("manager")
    given = {"amount": "9,000.00", "value_on": "2026-04-20", "over": "all", "reference": "bank-2", "note": ""}

    seen = browser.get("/loans/late/payment/preview/", given).content.decode()
    answer = send(browser, "/loans/late/payment/", **given)

    assert answer.status_code == 302
    assert "The loans it reaches" in seen
    posted = Payment.objects.filter(reference__startswith="bank-2/")
    assert sum(payment.amount for payment in posted) == 9_000_00
    assert verify() == []


def test_the_drawer_asks_which_debt_only_where_there_are_several(sibling: Loan, sign_in: SignIn) -> None:
    browser = sign_in("manager")

    assert 'name="over"' in browser.get("/loans/late/payment/").content.decode()
    Loan.objects.filter(pk=sibling.pk).update(
        funder=Loan.objects.get(number="paid").funder, status="paid", paid_off_on=ON
    )
    assert 'name="over"' not in browser.get("/loans/late/payment/").content.decode()


def test_a_machine_pays_a_borrowers_debts_once_by_its_key(sibling: Loan, sign_in: SignIn) -> None:
    browser = sign_in("manager")
    body = {
        "borrower": "B-late",
        "funder": late().funder.code,
        "amount": "9000",
        "currency": "CNY",
        "value_on": "2026-04-20",
    }

    def post(**changes: str) -> Any:
        return browser.post(
            "/api/v1/borrower-payments/", body | changes, "application/json", headers={"Idempotency-Key": "m2"}
        )

    answers = [post(), post(), post(amount="9001"), post(borrower="nobody"), post(currency="yuan"), post(amount="-")]

    assert [answer.status_code for answer in answers] == [201, 200, 422, 400, 400, 400]
    assert answers[0].json() == answers[1].json()
    assert {share["reference"].split("/")[0] for share in answers[0].json()["payments"]} == {"m2"}
