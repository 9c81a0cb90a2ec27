"""R13: what was planned or claimed before a borrower took their consent back does not leave after that was committed.

A message has left when its attempt is committed: whoever withdraws before that is heard, also by a sender that holds its claim.
"""

import random
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction

from audit.clock import machine_now
from contacts.consents import give_consent, note_refusal, withdraw_consent
from contacts.holds import place_hold
from contacts.models import Consent, Contact
from contacts.optouts import opt_out
from dunning.channels.registry import configured
from dunning.claiming import begin, claim
from dunning.models import Attempt, Reminder
from dunning.planning import plan
from dunning.sending import sweep
from lending.models import Borrower
from lending.parties import retire_contact_point
from outbox_book import DAY, MORNING, close, lend, one_due, people
from sizes import sized
from staff.models import Role, User
from stub_gateway import Answer, Stub, accepted

SEED = 20_260_310
State = Reminder.State
NUMBER = sized(60, 10_000)


def clerk() -> User:
    return User.objects.get_or_create(username="clerk", defaults={"role": Role.AGENT})[0]


def opts_out(borrower: Borrower) -> None:
    opt_out(borrower=borrower, channel="sms", evidence="said so", by=clerk(), at=MORNING)


def is_ill(borrower: Borrower) -> None:
    place_hold(borrower=borrower, kind="stop", reason="asked", from_on=DAY, to_on=None, by=clerk(), at=MORNING)


def refuses(borrower: Borrower) -> None:
    note_refusal(point=borrower.contact_points.get(), said="never again", by=clerk(), at=MORNING)


def gives_up_number(borrower: Borrower) -> None:
    retire_contact_point(borrower.contact_points.get(), by=clerk(), at=MORNING)


WAYS: dict[str, Callable[[Borrower], None]] = {
    "opt-out": opts_out, "hold": is_ill, "refusal": refuses, "number": gives_up_number,
}  # fmt: skip


def claimed() -> list[Reminder]:
    return claim(gateway=configured()[-1], at=MORNING, machine_at=machine_now()).rows


def swept() -> Any:
    return sweep(lambda: MORNING, pause=lambda seconds: None)


@pytest.mark.usefixtures("closed_day")
@pytest.mark.parametrize("way", WAYS)
class TestOne:
    def test_said_before_the_claim_nothing_leaves(self, gateway: Stub, way: str) -> None:
        borrower, _loan = one_due()
        plan(DAY, MORNING)

        WAYS[way](borrower)

        swept()
        assert not gateway.hits
        assert Reminder.objects.get().state in {State.REFUSED, State.DUE}

    def test_said_between_claim_and_sending_nothing_leaves(self, gateway: Stub, way: str) -> None:
        borrower, _loan = one_due()
        plan(DAY, MORNING)
        rows = claimed()

        WAYS[way](borrower)

        assert len(rows) == 1
        assert begin(rows, at=MORNING) == []
        Reminder.objects.filter(state=State.SENDING).update(lease_until=machine_now() - timedelta(seconds=1))
        swept()
        assert not gateway.hits
        assert Reminder.objects.get().state == State.REFUSED
        assert not Contact.objects.exclude(state=Contact.State.RELEASED).exists()

    def test_said_after_sending_has_begun_the_message_is_not_sent_again(self, gateway: Stub, way: str) -> None:
        borrower, _loan = one_due()
        plan(DAY, MORNING)
        begun = begin(claimed(), at=MORNING)

        WAYS[way](borrower)

        assert len(begun) == 1
        assert Reminder.objects.get().state == State.SENDING
        assert swept().sent == 0


@pytest.mark.usefixtures("closed_day")
def test_a_consent_taken_back_has_the_claim_judged_anew(gateway: Stub) -> None:
    borrower, _loan = one_due()
    give_consent(borrower=borrower, kind=Consent.Kind.HOURS, evidence="REC-1", by=clerk(), at=MORNING)
    plan(DAY, MORNING)
    rows = claimed()

    withdraw_consent(borrower=borrower, kind=Consent.Kind.HOURS, by=clerk(), at=MORNING)

    assert begin(rows, at=MORNING) == []
    assert Reminder.objects.get().state == State.DUE


@pytest.mark.usefixtures("closed_day")
def test_a_wish_that_was_rolled_back_stops_nothing(gateway: Stub) -> None:
    borrower, _loan = one_due()
    plan(DAY, MORNING)
    rows = claimed()

    with transaction.atomic():
        opts_out(borrower)
        transaction.set_rollback(True)

    assert len(begin(rows, at=MORNING)) == 1


@pytest.mark.django_db(transaction=True)
def test_whoever_opts_out_before_their_attempt_gets_nothing_while_senders_run(plain_gateway: Stub) -> None:
    """Two senders, one message at a time, and half of the people opt out in the middle of it: their own transaction sees
    whether they come in time.
    """
    close()
    borrowers = people(NUMBER)
    lend(borrowers, DAY - timedelta(days=1))
    plan(DAY, MORNING)
    author, dice = clerk(), random.Random(SEED)
    in_time, first = set[int](), threading.Event()

    def answer(key: str) -> Answer:
        first.set()
        return accepted(key)

    plain_gateway.answer = answer

    def withdraw() -> None:
        first.wait(30)
        for borrower in dice.sample(borrowers, NUMBER // 2):
            with transaction.atomic():
                opt_out(borrower=borrower, channel="sms", evidence="", by=author, at=MORNING)
                is_late = Attempt.objects.filter(reminder__borrower=borrower).exists()
            if not is_late:
                in_time.add(borrower.pk)

    threads = [run(work) for work in (swept, swept, withdraw)]
    for thread in threads:
        thread.join(sized(60, 1_800))
        assert not thread.is_alive()
    swept()

    sent = set(Reminder.objects.filter(message_id__in=plain_gateway.hits).values_list("borrower", flat=True))
    assert in_time
    assert not sent & in_time
    assert sent | in_time == {borrower.pk for borrower in borrowers}
    assert plain_gateway.hits.total() == len(plain_gateway.hits)
    assert set(Reminder.objects.filter(borrower__in=in_time).values_list("state", flat=True)) == {State.REFUSED}


def run(work: Callable[[], object]) -> threading.Thread:
    def inside() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=inside)
    thread.start()
    return thread
