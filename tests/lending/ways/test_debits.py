"""Direct debits: never without consent, never above what is due, sent once, and whatever the bank says has its end."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from audit.presenters import in_words
from behind import NOW, TODAY, close_book, make_loan, pay
from contacts.holds import place_hold
from lending.debit_sending import CLAIMS_MAX, LEASE, send_due
from lending.debit_words import next_step
from lending.debits import DebitError, close_debit
from lending.mandates import MandateError, revoke_mandate
from lending.models import Debit, Loan, Mandate, Payment, SuspendedPayment
from lending.verify import verify
from reachable import make_borrower
from risk.models import Observation
from staff.models import User
from staff.outside import Reply, Result
from ways import Provider, answer, ask, consent, tell

pytestmark = pytest.mark.django_db
DOWN, UNCLEAR = Reply(Result.NOT_SENT, {}), Reply(Result.AMBIGUOUS, {})


def failed(debit: Debit, reason: str = "insufficient_funds", number: str = "f1") -> dict[str, Any]:
    return answer(debit, number, type="debit.failed", reason=reason)


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


def test_the_account_is_kept_unreadable_and_shown_by_its_last_four(loan: Loan, agent: User) -> None:
    mandate = consent(loan, agent)

    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT account FROM lending_mandate")
        assert "6222" not in str(cursor.fetchone())
    assert str(Mandate.objects.get()) == "ICBC •••• 7890"
    assert "6222" not in "".join(entry.facts for entry in Entry.objects.all())
    assert mandate.account.unmasked() == "6222021234567890"


@pytest.mark.parametrize("account", ["", "1234567", "6222 0212 3456 789O!", "1" * 35])
def test_what_is_no_account_is_refused(account: str, loan: Loan, agent: User) -> None:
    with pytest.raises(MandateError) as refused:
        consent(loan, agent, account=account)

    assert refused.value.field == "account"


def test_an_account_has_one_consent_at_a_time(loan: Loan, agent: User) -> None:
    mandate = consent(loan, agent)
    with pytest.raises(MandateError):
        consent(loan, agent, account="6222-0212-3456-7890")

    revoke_mandate(mandate, words="by phone", at=NOW, by=agent)

    assert consent(loan, agent).pk != mandate.pk
    with pytest.raises(MandateError):
        revoke_mandate(mandate, words="again", at=NOW, by=agent)


def test_the_provider_gets_the_account_and_the_key(sent: Debit, provider: Provider) -> None:
    (path, body, key), *others = provider.told

    assert (path, key, others) == ("debits/", sent.code, [])
    assert (body["account"], body["amount"], body["currency"]) == ("6222021234567890", 20_000, "CNY")
    assert sent.state == "asked"


def test_a_debit_that_succeeds_posts_one_payment(sent: Debit) -> None:
    assert tell(answer(sent)) == (202, {"status": "posted"})
    tell(answer(sent, "e2", reference="r-e1"))

    assert Payment.objects.get().channel == "debit"
    assert Debit.objects.get().payment == Payment.objects.get()
    assert state() == ("succeeded", "")
    assert verify() == []


@pytest.mark.parametrize("reason", ["insufficient_funds", "account_closed", "mandate_revoked", "limit", "who knows"])
def test_a_debit_that_fails_says_what_to_do_next_and_is_told_to_risk(reason: str, sent: Debit) -> None:
    assert tell(failed(sent, reason)) == (202, {"status": "kept"})

    expected = "other" if reason == "who knows" else reason
    assert state() == ("failed", expected)
    assert next_step(Debit.objects.get())
    assert [(each.kind, each.value) for each in Observation.objects.all()] == [("auto_debit_broken", expected)]
    assert bool(Mandate.objects.get().revoked_at) == (reason in {"account_closed", "mandate_revoked"})


def test_a_failure_told_twice_counts_once(sent: Debit) -> None:
    tell(failed(sent))
    tell(failed(sent, "limit", "f2"))

    assert state() == ("failed", "insufficient_funds")
    assert Observation.objects.count() == 1


@pytest.mark.parametrize("order", [("good", "bad"), ("bad", "good")])
def test_money_outweighs_any_word_about_it(order: tuple[str, str], sent: Debit) -> None:
    for each in order:
        tell(answer(sent) if each == "good" else failed(sent))

    assert state() == ("succeeded", "")
    assert Payment.objects.count() == 1


def test_other_money_than_asked_for_waits_in_suspense_and_a_person_settles(sent: Debit) -> None:
    assert tell(answer(sent, amount=19_999)) == (202, {"status": "suspended"})

    assert state() == ("unknown", "other_money")
    assert SuspendedPayment.objects.get().amount == 19_999


def test_a_result_may_come_before_the_provider_has_answered(loan: Loan, agent: User, provider: Provider) -> None:
    debit = ask(loan, agent)

    class Quick(Provider):
        def __call__(self, *arguments: Any, **named: Any) -> Reply:
            tell(answer(debit))
            return super().__call__(*arguments, **named)

    from lending import providers

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(providers, "post", Quick())
        assert send_due(NOW) == {"succeeded": 1}

    assert state() == ("succeeded", "")


# What stands in the way ------------------------------------------------------------------------------------------------


def _hold(loan: Loan, agent: User, kind: str = "dispute") -> None:
    place_hold(borrower=loan.borrower, kind=kind, reason="not mine", from_on=TODAY, to_on=None, by=agent, at=NOW)


OBSTACLES: dict[str, tuple[Any, str]] = {
    "consent withdrawn": (lambda loan, by: revoke_mandate(Mandate.objects.get(), words="no", at=NOW, by=by), "consent"),
    "consent of a later day": (lambda loan, by: Mandate.objects.update(from_on=TODAY + timedelta(days=1)), "consent"),
    "an open dispute": (_hold, "Dispute"),
    "a hold": (lambda loan, by: _hold(loan, by, "illness"), "Illness"),
    "an unknown zone": (lambda loan, by: type(loan.borrower).objects.update(time_zone="Mars/Crater"), "time zone"),
    "paid meanwhile": (lambda loan, by: pay(loan, 110_000, value_on=TODAY), "more than what is due"),
    "nothing due": (lambda loan, by: pay(loan, 120_000, value_on=TODAY), "Nothing is due"),
}


@pytest.mark.parametrize("what", OBSTACLES)
def test_it_is_not_asked_for(what: str, loan: Loan, agent: User) -> None:
    mandate = consent(loan, agent)
    change, words = OBSTACLES[what]
    change(loan, agent)

    with pytest.raises(DebitError, match=words):
        ask(Loan.objects.get(), agent, mandate=mandate)

    assert Debit.objects.count() == 0


@pytest.mark.parametrize("what", OBSTACLES)
def test_it_is_not_sent_when_something_came_in_between(what: str, loan: Loan, agent: User, provider: Provider) -> None:
    ask(loan, agent)
    OBSTACLES[what][0](loan, agent)

    assert send_due(NOW) == {"cancelled": 1}
    assert provider.told == []


@pytest.mark.parametrize(("hours", "is_allowed"), [(-3, False), (-2, True), (9, True), (10, False)])
def test_debits_keep_to_the_hours_where_the_borrower_lives(
    hours: int, is_allowed: bool, loan: Loan, agent: User
) -> None:
    """`NOW` is ten in the morning there."""
    at = NOW + timedelta(hours=hours)
    if is_allowed:
        assert ask(loan, agent, at=at).state == "due"
        return
    with pytest.raises(DebitError, match="08:00 and 20:00"):
        ask(loan, agent, at=at)


def test_never_above_what_is_due(loan: Loan, agent: User) -> None:
    with pytest.raises(DebitError, match="more than what is due"):
        ask(loan, agent, amount=120_001)

    assert ask(loan, agent, amount=120_000).amount == 120_000


def test_one_at_a_time_one_a_day_and_three_a_month(loan: Loan, agent: User) -> None:
    for day in range(3):
        at = NOW + timedelta(days=day)
        debit = ask(loan, agent, at=at)
        with pytest.raises(DebitError, match="under way"):
            ask(loan, agent, at=at + timedelta(days=1))
        tell(failed(debit, number=f"f{day}"))
        with pytest.raises(DebitError, match="one a day"):
            ask(loan, agent, at=at)

    with pytest.raises(DebitError, match="all debits of the month"):
        ask(loan, agent, at=NOW + timedelta(days=3))
    assert ask(loan, agent, at=NOW + timedelta(days=31)).local_day.month == 8


def test_what_was_never_sent_is_no_try(loan: Loan, agent: User) -> None:
    for _time in range(5):
        close_debit(ask(loan, agent), at=NOW, by=agent)

    assert ask(loan, agent).state == "due"


@pytest.mark.parametrize("wrong", [{"state": "succeeded"}, {"amount": 0}])
def test_the_database_refuses_debits_that_contradict_themselves(wrong: dict[str, Any], sent: Debit) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Debit.objects.update(**wrong)


@pytest.mark.parametrize("days", [0, 1])
def test_the_database_refuses_a_second_one(days: int, sent: Debit) -> None:
    if not days:
        Debit.objects.update(state="failed")
    sent.pk, sent.code, sent.local_day = None, "D-other", sent.local_day + timedelta(days=days)

    with pytest.raises(IntegrityError), transaction.atomic():
        sent.save(force_insert=True)


# Calls that go wrong ---------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The worker dies here."""


def lease_runs_out() -> None:
    found = Debit.objects.get()
    if found.lease_until:
        Debit.objects.update(lease_until=found.lease_until - 2 * LEASE)
    Debit.objects.update(retry_at=None)


@pytest.mark.parametrize("kind", ["idempotent", "plain"])
def test_a_worker_that_dies_in_the_call(kind: str, loan: Loan, agent: User, provider: Provider, settings: Any) -> None:
    settings.PAYMENTS_KIND = kind
    debit = ask(loan, agent)
    provider.reply = Killed()
    with pytest.raises(Killed):
        send_due(NOW)
    assert send_due(NOW) == {}, "its lease is respected"
    lease_runs_out()
    provider.reply = Reply(Result.ACCEPTED, {})

    send_due(NOW)

    assert state() == (("asked", "") if kind == "idempotent" else ("unknown", "ambiguous"))
    assert provider.keys == [debit.code] * (2 if kind == "idempotent" else 1)
    tell(answer(debit))
    assert state() == ("succeeded", "")
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("kind", ["idempotent", "plain"])
def test_an_unclear_answer(kind: str, loan: Loan, agent: User, provider: Provider, settings: Any) -> None:
    settings.PAYMENTS_KIND = kind
    debit = ask(loan, agent)
    provider.reply = UNCLEAR

    send_due(NOW)
    lease_runs_out()
    send_due(NOW)

    assert state() == (("due", "") if kind == "idempotent" else ("unknown", "ambiguous"))
    assert provider.keys == [debit.code] * (2 if kind == "idempotent" else 1)


def test_what_never_left_is_tried_again_and_given_up_at_last(loan: Loan, agent: User, provider: Provider) -> None:
    ask(loan, agent)
    provider.reply = DOWN

    for _try in range(CLAIMS_MAX):
        assert state()[0] == "due"
        lease_runs_out()
        send_due(NOW)

    assert state() == ("cancelled", "provider_unreachable")


def test_what_may_have_left_is_never_cancelled(loan: Loan, agent: User, provider: Provider) -> None:
    ask(loan, agent)
    provider.reply = UNCLEAR
    send_due(NOW)
    lease_runs_out()
    _hold(loan, agent)

    assert send_due(NOW) == {"unknown": 1}
    assert state() == ("unknown", "stopped")


def test_a_clear_no_fails_at_once(loan: Loan, agent: User, provider: Provider) -> None:
    ask(loan, agent)
    provider.reply = Reply(Result.REJECTED, {}, "account_closed")

    assert send_due(NOW) == {"failed": 1}
    assert state() == ("failed", "account_closed")
    assert Observation.objects.count() == 1


def test_an_unknown_one_is_settled_by_a_person_and_money_still_counts(sent: Debit, agent: User) -> None:
    with pytest.raises(DebitError):
        close_debit(sent, at=NOW, by=agent)
    Debit.objects.update(state="unknown", reason="ambiguous")

    close_debit(sent, at=NOW, by=agent)
    assert state() == ("failed", "by_hand")
    tell(answer(sent))

    assert state() == ("succeeded", "")


def test_the_record_reads_as_what_happened(sent: Debit) -> None:
    tell(failed(sent, "account_closed"))

    words = "\n".join(in_words(entry) for entry in Entry.objects.order_by("number"))

    assert "Consent to direct debits from 2026-07-15 recorded, evidence: REC-17" in words
    assert "of 200.00 CNY for loan L-1 asked for" in words
    assert "for loan L-1 failed: Account closed" in words
    assert "ended by the bank" in words


def test_two_loans_of_a_borrower_have_a_debit_each(loan: Loan, agent: User) -> None:
    other = make_loan(loan.borrower, number="L-2", days=5, amount=30_000)
    close_book(TODAY)
    mandate = consent(loan, agent)

    ask(loan, agent, mandate=mandate)
    ask(other, agent, mandate=mandate, amount=30_000)

    assert send_due(NOW) == {"asked": 2}


def test_consent_is_the_borrowers_own(loan: Loan, agent: User) -> None:
    stranger = make_loan(make_borrower("B2"), number="L-2", days=5)

    with pytest.raises(AssertionError):
        ask(loan, agent, mandate=consent(stranger, agent))
