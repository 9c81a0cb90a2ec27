"""Pay links: exact, once, for a time; whatever comes of one, no money is dropped and the link says what happened."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from audit.presenters import in_words
from behind import NOW, TODAY, close_book, make_loan
from lending.facts import standing_of
from lending.models import Loan, PayLink, Payment, PaymentEvent, SuspendedPayment
from lending.pay_links import PayLinkError, cancel_link, choices_for, expire_links, tell_all
from lending.verify import verify
from reachable import make_borrower
from staff.models import User
from staff.outside import Reply, Result
from ways import Provider, answer, make, tell

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    """The actions on record, the closings of days left out."""
    return [entry.action for entry in Entry.objects.order_by("number") if "day" not in entry.action]


def test_the_amounts_on_offer_are_those_of_the_day(loan: Loan) -> None:
    offered = [(choice.covers, choice.amount) for choice in choices_for(loan, TODAY)]

    assert offered == [("instalment", 120_000), ("due", 120_000), ("payoff", 240_000)]


def test_a_link_is_ordered_from_the_provider_after_the_commit(
    loan: Loan, agent: User, provider: Provider, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        link = make(loan, agent)
        assert provider.told == []

    link.refresh_from_db()
    path, body, key = provider.told[0]
    assert (link.state, link.url, link.told) == ("open", "https://pay.example.com/x", "open")
    assert (path, key, body["amount"], body["creditor"]["en"]) == ("links/", link.code, 120_000, "First Bank")
    assert body["purpose"] == {"en": "All that is due", "zh-hans": "全部应还"}


def test_the_provider_reads_the_name_masked(loan: Loan, agent: User, provider: Provider) -> None:
    make(loan, agent)
    tell_all(NOW)

    assert provider.told[0][1]["payer"] == str(loan.borrower.name)
    assert loan.borrower.name.unmasked() not in str(provider.told)


def test_a_paid_link_posts_one_payment(loan: Loan, agent: User) -> None:
    link = make(loan, agent)

    assert tell(answer(link)) == (202, {"status": "posted"})
    link.refresh_from_db()
    assert link.payment == Payment.objects.get(reference="r-e1", channel="link", amount=120_000)
    assert link.state == "paid"
    assert standing_of(loan, TODAY).overdue_principal == 0
    assert verify() == []


def test_a_code_quoted_as_the_reference_finds_the_link(loan: Loan, agent: User) -> None:
    link = make(loan, agent)

    tell(answer(link, order="", reference=link.code))

    assert PayLink.objects.get().payment == Payment.objects.get(reference=link.code)


@pytest.mark.parametrize("again", [{}, {"event_id": "e2"}], ids=["same event", "same payment"])
def test_telling_it_again_changes_nothing(again: dict[str, str], loan: Loan, agent: User) -> None:
    link = make(loan, agent)
    tell(answer(link))

    tell(answer(link) | again)

    assert Payment.objects.count() == 1
    assert SuspendedPayment.objects.count() == 0


ENDS: dict[str, tuple[dict[str, Any], str, str]] = {
    "paid twice": ({"reference": "r-other"}, "paid", "order: paid already"),
    "other amount": ({"amount": 119_999}, "open", "order: another amount"),
    "other currency": ({"currency": "USD"}, "open", "order: another amount"),
    "other loan": ({"loan_number": "L-2"}, "open", "order: another loan"),
    "no such loan": ({"loan_number": "L-9"}, "open", "order: another loan"),
    "before the loan": ({"at": "2020-01-01T00:00:00Z"}, "open", "Loan L-1 starts on"),
}


@pytest.mark.parametrize("end", ENDS)
def test_money_that_is_not_the_links_waits_in_suspense(end: str, loan: Loan, agent: User) -> None:
    changed, state, reason = ENDS[end]
    make_loan(make_borrower("B2"), number="L-2", days=10)
    link = make(loan, agent)
    if state == "paid":
        tell(answer(link, "first"))

    assert tell(answer(link) | changed) == (202, {"status": "suspended"})
    assert tell(answer(link, "again", reference="r-e1") | changed) == (202, {"status": "suspended"})

    kept = SuspendedPayment.objects.get()
    assert kept.reason.startswith(reason)
    assert PayLink.objects.get().state == state
    assert PaymentEvent.objects.filter(order=link.code, outcome="suspended").count() == 2
    assert verify() == []


def test_money_after_the_end_of_the_link_is_posted_all_the_same(loan: Loan, agent: User) -> None:
    link = make(loan, agent, at=NOW, expires_at=NOW + timedelta(minutes=1))
    assert expire_links(NOW + timedelta(minutes=1)) == 1

    assert tell(answer(link)) == (202, {"status": "posted"})

    assert [each.state for each in PayLink.objects.all()] == ["paid"]
    assert told()[-4:] == [
        "lending.pay_link_made",
        "lending.pay_link_expired",
        "lending.payment_posted",
        "lending.pay_link_paid",
    ]


def test_money_for_a_cancelled_link_waits_in_suspense(loan: Loan, agent: User) -> None:
    link = make(loan, agent)
    cancel_link(link, at=NOW, by=agent)

    assert tell(answer(link)) == (202, {"status": "suspended"})

    assert PayLink.objects.get().state == "cancelled"
    assert SuspendedPayment.objects.get().reason == "order: cancelled"


def test_a_reference_known_with_other_content_is_a_conflict(loan: Loan, agent: User) -> None:
    link = make(loan, agent)
    tell(answer(link))

    assert tell(answer(link, "e2", reference="r-e1", amount=1))[0] == 409


def test_an_event_that_is_no_money_leaves_the_link_open(loan: Loan, agent: User) -> None:
    link = make(loan, agent)

    assert tell(answer(link, type="payment.failed")) == (202, {"status": "kept"})

    assert PayLink.objects.get().state == "open"


def test_a_new_link_takes_the_place_of_the_open_one(loan: Loan, agent: User, provider: Provider) -> None:
    first = make(loan, agent)
    tell_all(NOW)
    make(loan, agent, covers="payoff")
    tell_all(NOW)

    first.refresh_from_db()
    assert (first.state, first.reason, first.told) == ("cancelled", "replaced", "cancelled")
    assert sorted(provider.paths) == ["links/", "links/", "links/cancel/"]


def test_a_link_cancelled_before_the_provider_knew_it_is_not_mentioned(
    loan: Loan, agent: User, provider: Provider
) -> None:
    cancel_link(make(loan, agent), at=NOW, by=agent)

    assert tell_all(NOW) == 0
    assert provider.told == []


@pytest.mark.parametrize("result", [Result.NOT_SENT, Result.AMBIGUOUS])
def test_a_provider_that_is_down_is_told_later_under_the_same_key(
    result: Result, loan: Loan, agent: User, provider: Provider
) -> None:
    link = make(loan, agent)
    provider.reply = Reply(result, {})
    assert tell_all(NOW) == 0
    waiting = PayLink.objects.get()
    assert (waiting.state, waiting.told, waiting.tries) == ("open", "", 1)
    assert tell_all(NOW) == 0, "it waits a while"

    PayLink.objects.update(retry_at=None)
    provider.reply = Reply(Result.ACCEPTED, {"url": "https://pay.example.com/later"})

    assert tell_all(NOW) == 1
    assert PayLink.objects.get().url == "https://pay.example.com/later"
    assert provider.keys == [link.code, link.code]


def test_a_link_that_the_provider_refuses_is_cancelled(loan: Loan, agent: User, provider: Provider) -> None:
    make(loan, agent)
    provider.reply = Reply(Result.REJECTED, {}, "limit")

    tell_all(NOW)

    assert [(each.state, each.reason) for each in PayLink.objects.all()] == [("cancelled", "rejected")]


def test_an_address_that_is_no_web_page_is_not_shown(loan: Loan, agent: User, provider: Provider) -> None:
    make(loan, agent)
    provider.reply = Reply(Result.ACCEPTED, {"url": "javascript:alert(1)"})

    tell_all(NOW)

    assert PayLink.objects.get().url == ""


@pytest.mark.parametrize(
    "asked",
    [
        {"covers": "due", "amount": 119_999},
        {"covers": "other", "amount": 0},
        {"covers": "other", "amount": 240_001},
        {"covers": "other", "amount": 1, "expires_at": NOW},
        {"covers": "other", "amount": 1, "expires_at": NOW + timedelta(days=32)},
    ],
)
def test_a_link_that_makes_no_sense_is_refused(asked: dict[str, Any], loan: Loan, agent: User) -> None:
    with pytest.raises(PayLinkError):
        make(loan, agent, **asked)

    assert PayLink.objects.count() == 0


def test_nothing_is_asked_for_on_a_loan_that_is_paid_off(loan: Loan, agent: User) -> None:
    tell(answer(make(loan, agent, covers="payoff")))

    with pytest.raises(PayLinkError, match="Nothing is left"):
        make(loan, agent, covers="other", amount=1)


def test_there_are_no_links_without_a_provider(loan: Loan, agent: User, settings: Any) -> None:
    settings.PAYMENTS_URL = ""

    with pytest.raises(PayLinkError):
        make(loan, agent)


def test_the_same_key_gives_the_same_link(loan: Loan, agent: User) -> None:
    link = make(loan, agent, code="L" + "2" * 12)

    assert make(loan, agent, code=link.code).pk == link.pk
    with pytest.raises(PayLinkError):
        make(loan, agent, covers="payoff", code=link.code)


def test_a_loan_has_one_open_link(loan: Loan, agent: User) -> None:
    link = make(loan, agent)
    link.pk, link.code = None, "L-other"

    with pytest.raises(IntegrityError, match=r"pay_?link|UNIQUE"), transaction.atomic():
        link.save(force_insert=True)


@pytest.mark.parametrize("wrong", [{"state": "paid"}, {"amount": 0}])
def test_the_database_refuses_links_that_contradict_themselves(wrong: dict[str, Any], loan: Loan, agent: User) -> None:
    make(loan, agent)

    with pytest.raises(IntegrityError), transaction.atomic():
        PayLink.objects.update(**wrong)


def test_the_record_reads_as_what_happened(loan: Loan, agent: User) -> None:
    tell(answer(make(loan, agent)))

    words = [in_words(entry) for entry in Entry.objects.filter(action__contains="pay_link").order_by("number")]

    assert "of 1,200.00 CNY for loan L-1 made" in words[0]
    assert "paid by r-e1 on loan L-1" in words[1]


def test_what_fell_due_that_day_is_part_of_what_is_due(agent: User) -> None:
    loan = make_loan(make_borrower("B3"), number="L-3", days=0, amount=50_000)
    close_book(TODAY)

    assert [(each.covers, each.amount) for each in choices_for(loan, TODAY)][1] == ("due", 50_000)
