"""Payments that a service reports: signed, counted once, in any order, none dropped."""

import random
from datetime import timedelta
from typing import Any

import pytest

from audit.models import Entry
from audit.presenters import in_words
from behind import TODAY, close_book, make_loan, pay
from lending.facts import standing_of
from lending.models import Loan, Payment, PaymentEvent, SuspendedPayment
from reachable import make_borrower
from signed import post_signed

pytestmark = pytest.mark.django_db
URL = "/webhooks/payments/paywell/"


@pytest.fixture(autouse=True)
def secrets(settings: Any) -> None:
    settings.WEBHOOK_SECRETS = "paywell:new:s3cret,paywell:old:0ld,other:k:else"


@pytest.fixture
def loan() -> Loan:
    loan = make_loan(make_borrower("B1"), number="L-1", days=10, amount=120_000)
    close_book(TODAY)
    return loan


def event(number: str = "e1", **other: Any) -> dict[str, Any]:
    money = {"loan_number": "L-1", "amount": 20_000, "reference": f"r-{number}"}
    return {"event_id": number, "type": "payment", "at": "2026-07-14T02:00:05Z", **money, **other}


def post(body: Any, *, secret: str = "s3cret", url: str = URL, **options: Any) -> tuple[int, Any]:
    answer = post_signed(url, body, secret=secret, **options)
    return answer.status_code, answer.json()


def test_a_payment_is_posted_and_settles_the_loan(loan: Loan) -> None:
    assert post(event()) == (202, {"status": "posted"})

    payment = Payment.objects.get()
    assert (payment.channel, payment.amount, payment.value_on.isoformat()) == ("webhook", 20_000, "2026-07-14")
    assert standing_of(loan, TODAY).overdue_principal == 100_000


def test_the_value_day_is_the_business_day_of_the_instant(loan: Loan) -> None:
    post(event(at="2026-07-13T16:30:00Z"))

    assert Payment.objects.get().value_on.isoformat() == "2026-07-14"


def test_the_same_event_counts_once(loan: Loan) -> None:
    post(event())

    assert post(event()) == (200, {"status": "seen"})
    assert Payment.objects.count() == PaymentEvent.objects.count() == 1


def test_another_event_of_the_same_payment_posts_nothing(loan: Loan) -> None:
    post(event("e1", reference="r"))

    assert post(event("e2", reference="r")) == (202, {"status": "posted"})
    assert Payment.objects.count() == 1


def test_a_reference_with_other_content_is_a_conflict_and_kept(loan: Loan) -> None:
    post(event("e1", reference="r"))

    assert post(event("e2", reference="r", amount=1))[0] == 409
    assert post(event("e3", reference="r", loan_number="nobody"))[0] == 409
    assert Payment.objects.get().amount == 20_000
    assert PaymentEvent.objects.filter(outcome="conflict").count() == 2


def test_money_for_an_unknown_loan_is_kept_in_suspense(loan: Loan) -> None:
    assert post(event("e1", loan_number="L-9", reference="r")) == (202, {"status": "suspended"})
    assert post(event("e2", loan_number="L-9", reference="r")) == (202, {"status": "suspended"})

    assert SuspendedPayment.objects.get().loan_number == "L-9"
    assert "L-9" in in_words(Entry.objects.get(action="lending.payment_suspended"))


def test_money_in_suspense_is_posted_once_its_loan_is_there() -> None:
    post(event("e1", reference="r"))
    make_loan(make_borrower("B1"), number="L-1")
    close_book(TODAY)

    assert post(event("e2", reference="r")) == (202, {"status": "posted"})
    assert post(event("e3", reference="r")) == (202, {"status": "posted"})
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("other", [{"currency": "USD"}, {"at": "2020-01-01T00:00:00Z"}], ids=["currency", "too early"])
def test_money_that_the_loan_cannot_take_is_kept_in_suspense(loan: Loan, other: dict[str, str]) -> None:
    assert post(event("e1", reference="r", **other)) == (202, {"status": "suspended"})
    assert post(event("e2", reference="r", **other)) == (202, {"status": "suspended"})

    assert SuspendedPayment.objects.count() == 1
    assert not Payment.objects.exists()


@pytest.mark.parametrize("kind", ["payment", "payment.received", "payment_succeeded", "PAYMENT.POSTED"])
def test_an_event_that_says_money_came_is_posted(loan: Loan, kind: str) -> None:
    assert post(event(type=kind)) == (202, {"status": "posted"})


@pytest.mark.parametrize("kind", ["payment.failed", "payment.reversed", "refund", "ping"])
def test_any_other_event_moves_no_money_and_is_kept(loan: Loan, kind: str) -> None:
    assert post(event(type=kind)) == (202, {"status": "kept"})
    assert not Payment.objects.exists()
    assert PaymentEvent.objects.count() == 1


def test_a_payment_of_a_day_not_yet_closed_waits(loan: Loan) -> None:
    post(event(at="2026-07-17T02:00:00Z"))

    assert standing_of(loan, TODAY).overdue_principal == 120_000
    assert standing_of(loan, TODAY + timedelta(days=2)).overdue_principal == 100_000


@pytest.mark.parametrize("seed", [1, 2])
def test_a_shuffled_and_repeated_stream_ends_in_the_same_book(loan: Loan, seed: int) -> None:
    events = [event(f"e{n}", amount=1_000 + n, at=f"2026-07-{1 + n % 14:02}T02:00:00Z") for n in range(20)]
    stream = [*events, *events[::3]]
    random.Random(seed).shuffle(stream)

    for each in stream:
        assert post(each)[0] in {200, 202}

    standing = standing_of(loan, TODAY)
    assert Payment.objects.count() == 20
    assert standing.overdue_principal == 120_000 - sum(each["amount"] for each in events)


def test_both_keys_are_valid_while_they_rotate(loan: Loan) -> None:
    assert post(event("a"), secret="s3cret")[0] == 202
    assert post(event("b"), secret="0ld")[0] == 202


@pytest.mark.parametrize(
    "options",
    [
        {"secret": "wrong"},
        {"secret": "else"},
        {"age": 301},
        {"age": -302},
        {"tamper": b" "},
        {"url": "/webhooks/payments/nobody/"},
    ],
    ids=["wrong key", "another provider's key", "too old", "from the future", "changed body", "unknown provider"],
)
def test_what_is_not_signed_now_by_that_provider_is_refused(loan: Loan, options: dict[str, Any]) -> None:
    assert post(event(), **options)[0] == 403
    assert not PaymentEvent.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 0},
        {"amount": -5},
        {"amount": 1.5},
        {"amount": True},
        {"amount": "100"},
        {"amount": 10**30},
        {"amount": None},
        {"currency": "yuan"},
        {"currency": 5},
        {"reference": ""},
        {"reference": "r" * 81},
        {"loan_number": None},
        {"loan_number": "\ud800"},
        {"event_id": "\0"},
        {"at": "2026-07-14"},
        {"type": []},
    ],
    ids=str,
)
def test_a_signed_body_that_is_no_payment_is_refused_plainly(loan: Loan, wrong: dict[str, Any]) -> None:
    status, answer = post({**event(), **wrong})

    assert status == 400
    assert next(iter(wrong)) in answer["error"]
    assert not PaymentEvent.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 10_000, b'{"amount": 1e400}'])
def test_a_signed_body_that_is_no_object_is_refused_plainly(body: bytes) -> None:
    assert post(body)[0] == 400


def test_a_body_that_is_too_long_is_refused() -> None:
    assert post(b" " * 70_000)[0] == 413


def test_a_payment_that_was_posted_elsewhere_is_the_same_payment(loan: Loan) -> None:
    pay(loan, 20_000, value_on=TODAY, reference="r-e1")

    assert post(event(at="2026-07-15T02:00:00Z")) == (202, {"status": "posted"})
    assert Payment.objects.count() == 1
