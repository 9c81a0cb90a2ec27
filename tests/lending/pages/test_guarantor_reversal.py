"""Taking back what a guarantor paid, on the screens and for machines: put forward from the loan, decided by a second person."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.test import Client

from changed import guarantee
from lending.models import Change, GuarantorPayment, GuarantorReversal
from lending.parties import get_funder

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.usefixtures("book")
KEYS = count()


def send(browser: Client, url: str, **typed: str) -> Any:
    return browser.post(url, {"one_time_key": f"key-{next(KEYS)}", **typed})


def decide(browser: Client, change: Change) -> None:
    url = f"/changes/{change.pk}/decide/"
    answer = send(browser, url, verdict="approve", words="Seen.", payload_hash=change.payload_hash)
    assert answer.status_code == 302


@pytest.fixture
def paid(sign_in: SignIn) -> GuarantorPayment:
    guarantee(guarantor=get_funder("surety", "Surety Co"), funder=get_funder("north-bank"))
    told = {"what": "due", "paid_on": "2026-04-20", "reference": "DC-1", "words": "Statement."}
    send(sign_in("supervisor"), "/loans/late/guarantor-payment/", **told)
    decide(sign_in("manager"), Change.objects.waiting().get())
    return GuarantorPayment.objects.get()


def test_it_is_put_forward_from_the_loan_and_decided(paid: GuarantorPayment, sign_in: SignIn) -> None:
    browser, url = sign_in("supervisor"), f"/guarantor-payments/{paid.pk}/reverse/"
    page = browser.get("/loans/late/?open=creditors").content.decode()
    drawer = browser.get(url)

    answer = send(browser, url, words="Never arrived.")
    change = Change.objects.waiting().get()
    shown = browser.get(f"/changes/{change.pk}/").content.decode()
    decide(sign_in("manager"), change)

    assert url in page
    assert "is the creditor again" in drawer.content.decode()
    assert answer.headers["Location"] == f"/changes/{change.pk}/"
    assert "Surety Co" in shown
    assert GuarantorReversal.objects.get().payment == paid
    after = browser.get("/loans/late/?open=creditors").content.decode()
    assert "reversed" in after
    assert url not in after
    told = browser.get("/api/v1/loans/late/creditors/").json()
    assert told["creditors"] == ["north-bank"]
    assert told["guarantor_payments"][0]["reversed_on"] == "2026-04-20"


def test_it_waits_once_and_wants_words(paid: GuarantorPayment, sign_in: SignIn) -> None:
    browser, url = sign_in("supervisor"), f"/guarantor-payments/{paid.pk}/reverse/"

    assert send(browser, url, words="").status_code == 422
    assert send(browser, url, words="Never arrived.").status_code == 302
    again = send(browser, url, words="Never arrived.")

    assert again.status_code == 422
    assert again.context["form"]["words"].value() == "Never arrived."
    assert Change.objects.waiting().count() == 1


@pytest.mark.parametrize(("role", "status"), [("agent", 403), ("auditor", 403), ("administrator", 403)])
def test_who_may_not(role: str, status: int, paid: GuarantorPayment, sign_in: SignIn) -> None:
    assert sign_in(role).get(f"/guarantor-payments/{paid.pk}/reverse/").status_code == status
    assert sign_in("manager").get("/guarantor-payments/0/reverse/").status_code == 404


def test_it_reads_in_chinese(paid: GuarantorPayment, sign_in: SignIn) -> None:
    page = sign_in("supervisor").get(f"/guarantor-payments/{paid.pk}/reverse/", headers={"Accept-Language": "zh-hans"})

    assert "冲正代偿 DC-1" in page.content.decode()
