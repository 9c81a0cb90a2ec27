"""Money of a direct debit that the bank takes back: its payment never was, in whatever order the words came."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.test import Client

from audit.models import Entry
from audit.presenters import in_words
from behind import NOW, TODAY
from lending import scope
from lending.debit_sending import send_due
from lending.debit_words import next_step
from lending.debits import DebitError, close_debit
from lending.facts import standing_of
from lending.models import Debit, Loan, Mandate, Payment, Refund, RefundRequest
from lending.posting import reverse_payment
from lending.verify import verify
from risk.models import Observation
from staff.models import User
from ways import answer, ask, tell

pytestmark = pytest.mark.django_db


def state() -> tuple[str, str]:
    found = Debit.objects.get()
    return found.state, found.reason


@pytest.fixture
def sent(loan: Loan, agent: User) -> Debit:
    """A debit that the provider has taken."""
    debit = ask(loan, agent)
    send_due(NOW)
    debit.refresh_from_db()
    return debit


def returned(debit: Debit, reason: str = "insufficient_funds", **other: Any) -> dict[str, Any]:
    return answer(debit, "b1", **{"type": "debit.returned", "reason": reason, "at": "2026-07-15T06:00:00Z"} | other)


@pytest.mark.parametrize("order", [("good", "back"), ("back", "good")])
def test_money_that_the_bank_takes_back_never_was(order: tuple[str, str], sent: Debit) -> None:
    before = standing_of(sent.loan, TODAY)
    for each in order:
        tell(answer(sent) if each == "good" else returned(sent))

    assert state() == ("returned", "insufficient_funds")
    assert sorted(Payment.objects.values_list("amount", "channel")) == [(-20_000, "debit"), (20_000, "debit")]
    assert standing_of(sent.loan, TODAY) == before
    assert next_step(Debit.objects.get())
    assert verify() == []


def test_a_return_is_told_to_risk_and_in_the_record_in_words(sent: Debit) -> None:
    tell(answer(sent))
    tell(returned(sent, "account_closed"))
    tell(returned(sent, "account_closed", event_id="b2"))

    assert [(each.kind, each.value) for each in Observation.objects.all()] == [("auto_debit_broken", "account_closed")]
    assert Mandate.objects.get().revoked_at is not None
    told = Entry.objects.get(action="lending.debit_returned")
    assert "payment r-e1 is reversed" in in_words(told)


def test_a_return_of_an_earlier_moment_than_the_payment_counts_for_nothing(sent: Debit) -> None:
    tell(answer(sent))
    tell(returned(sent, at="2026-07-15T02:59:59Z"))

    assert state() == ("succeeded", "")
    assert Payment.objects.count() == 1


def test_a_payment_reversed_by_hand_before_is_not_reversed_twice(sent: Debit, agent: User) -> None:
    tell(answer(sent))
    reverse_payment(Payment.objects.get(), reference="by hand", on=TODAY, at=NOW, by=agent)

    tell(returned(sent))

    assert state() == ("returned", "insufficient_funds")
    assert Payment.objects.count() == 2
    assert list(Debit.objects.for_people()) == []


def test_what_was_refunded_in_part_waits_for_a_person_who_settles_it(sent: Debit, agent: User) -> None:
    tell(answer(sent))
    payment = Payment.objects.get()
    manager = User.objects.create(username="mg", role="manager")
    asked = RefundRequest.objects.create(
        payment=payment, amount=1_00, reason="too much", maker=agent, made_at=NOW, state="approved", checker=manager,
        decided_at=NOW, made_on=TODAY,
    )  # fmt: skip
    Refund.objects.create(
        request=asked, payment=payment, reference="RF", on=TODAY, amount=1_00, maker=agent, checker=manager, at=NOW
    )

    tell(returned(sent))

    debit = Debit.objects.get()
    assert state() == ("returned", "insufficient_funds")
    assert Payment.objects.count() == 1
    assert list(Debit.objects.for_people()) == [debit]
    assert "a person has to settle" in in_words(Entry.objects.get(action="lending.debit_returned_open"))
    close_debit(debit, at=NOW, by=manager)
    assert list(Debit.objects.for_people()) == []
    with pytest.raises(DebitError):
        close_debit(debit, at=NOW, by=manager)


def test_a_debit_returned_has_its_payment_in_the_database_too(sent: Debit) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Debit.objects.update(state="returned")


def test_suspense_shows_what_a_person_has_to_settle_and_only_supervisors_close_it(
    sent: Debit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scope, "_scopes", [lambda user: Q(ref__startswith="B")])
    Debit.objects.update(state="unknown", reason="ambiguous", is_doubtful=True)
    pages = {}
    for role in ("supervisor", "auditor"):
        browser = Client()
        browser.force_login(User.objects.create(username=f"the-{role}", role=role))
        pages[role] = browser.get("/suspense/").content.decode()

    close = f"/debits/{sent.pk}/close/"
    assert all("Direct debits to settle" in page and "L-1" in page for page in pages.values())
    assert close in pages["supervisor"]
    assert close not in pages["auditor"]
