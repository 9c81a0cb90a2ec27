"""A gateway that fails again and again is left alone by every worker, and nothing that waits for it is lost or counts as tried."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from audit.clock import machine_now
from contacts.models import Contact
from dunning import circuits
from dunning.channels.configuration import house_gateway
from dunning.channels.interface import Outcome, Result
from dunning.channels.registry import configured
from dunning.circuits import PROBE_LEASE, Passage, note, passage, seconds_shut
from dunning.claiming import claim, put_back
from dunning.gateways import NOT_BEGUN, Gateway
from dunning.models import Attempt, Circuit, Reminder
from dunning.planning import plan
from dunning.sending import Tally, send_all, sweep
from outbox_book import DAY, MORNING, lend, one_due, people
from sizes import sized
from stub_gateway import Stub, accepted

State = Reminder.State
START = datetime(2026, 1, 1, tzinfo=UTC)
GATEWAY = replace(house_gateway("http://gateway.invalid/", "idempotent"), faults=3, window_seconds=60, pause_seconds=5)
FAULT = Outcome(Result.AMBIGUOUS, detail="HTTP 500")
CLEAR = Outcome(Result.ACCEPTED)
NO = Outcome(Result.REFUSED, detail="21211")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def open_it(when: float = 0) -> None:
    assert note(GATEWAY, [FAULT] * 3, at(when))


@pytest.mark.django_db
class TestBreaker:
    def test_it_opens_after_so_many_faults_in_its_window(self) -> None:
        assert not note(GATEWAY, [FAULT, FAULT], at(0))
        assert passage(GATEWAY, at(1)) is Passage.WATCHED
        assert note(GATEWAY, [FAULT], at(59))
        assert passage(GATEWAY, at(60)) is Passage.SHUT

    def test_faults_of_an_earlier_window_do_not_count(self) -> None:
        note(GATEWAY, [FAULT, FAULT], at(0))

        assert not note(GATEWAY, [FAULT, FAULT], at(61))

    def test_a_clear_answer_takes_a_fault_off_and_a_refusal_is_one(self) -> None:
        note(GATEWAY, [FAULT, FAULT], at(0))
        note(GATEWAY, [CLEAR, NO], at(1))

        assert not note(GATEWAY, [FAULT, FAULT], at(2))

    def test_what_was_not_begun_says_nothing(self) -> None:
        note(GATEWAY, [NOT_BEGUN] * 9, at(0))

        assert passage(GATEWAY, at(1)) is Passage.FREE

    def test_after_its_pause_one_worker_at_a_time_tries_it(self) -> None:
        open_it()

        assert passage(GATEWAY, at(4.9)) is Passage.SHUT
        assert [passage(GATEWAY, at(5)) for _worker in range(3)] == [Passage.PROBE, Passage.SHUT, Passage.SHUT]

    def test_a_worker_that_dies_in_its_try_leaves_it_to_another(self) -> None:
        open_it()
        passage(GATEWAY, at(5))

        assert passage(GATEWAY, at(5) + PROBE_LEASE + timedelta(seconds=1)) is Passage.PROBE

    def test_a_clear_answer_closes_it(self) -> None:
        open_it()
        passage(GATEWAY, at(5))

        assert not note(GATEWAY, [CLEAR], at(6), is_probe=True)
        assert passage(GATEWAY, at(6)) is Passage.FREE

    @pytest.mark.parametrize(("vain", "pause"), [(0, 5), (1, 10), (2, 20), (20, 300)])
    def test_each_vain_try_doubles_the_pause(self, vain: int, pause: int) -> None:
        open_it()
        for _try in range(vain):
            note(GATEWAY, [FAULT], at(0), is_probe=True)

        assert seconds_shut(GATEWAY, at(0)) == pause

    def test_what_others_had_under_way_does_not_lengthen_it(self) -> None:
        open_it()
        note(GATEWAY, [FAULT] * 9, at(4))

        assert seconds_shut(GATEWAY, at(4)) == 1

    def test_a_try_with_nothing_to_send_is_given_up(self) -> None:
        open_it()
        passage(GATEWAY, at(5))
        circuits.end_probe(GATEWAY)

        assert passage(GATEWAY, at(5)) is Passage.PROBE

    def test_a_closed_circuit_is_not_probed_says_the_database(self) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Circuit.objects.create(gateway="x", probing_until=START)


class TestNever(TestCase):
    @settings(max_examples=sized(20, 400), deadline=None)
    @given(st.lists(st.lists(st.sampled_from([FAULT, CLEAR, NO, NOT_BEGUN]), max_size=4), max_size=12))
    def test_it_never_opens_while_clear_answers_are_as_many_as_faults(self, parts: list[list[Outcome]]) -> None:
        Circuit.objects.all().delete()
        balanced = [part + [CLEAR] * sum(each.is_fault for each in part) for part in parts]

        assert not any(note(GATEWAY, part, at(second)) for second, part in enumerate(balanced))


@pytest.mark.usefixtures("closed_day")
class TestSending:
    @pytest.fixture
    def gateway(self, gateway: Stub) -> Stub:
        """The usual one by its name, open after three faults."""
        self.settings_of_it = replace(configured()[-1], faults=3, pause_seconds=60)
        return gateway

    def send(self) -> Any:
        with Gateway(self.settings_of_it) as gateway:
            return send_all(gateway, lambda: MORNING)

    def due(self, number: int) -> None:
        lend(people(number), DAY - timedelta(days=1))
        plan(DAY, MORNING)

    def test_what_waits_is_put_back_untried(self, gateway: Stub) -> None:
        self.due(20)
        gateway.answer = lambda key: (500, {})

        self.send()

        assert sum(gateway.hits.values()) == Attempt.objects.count() == 3
        untried = Reminder.objects.filter(state=State.DUE, token=0)
        assert untried.count() == 17
        assert {row.text for row in untried} == {None}
        assert Contact.objects.filter(state=Contact.State.RESERVED).count() == 3, "those in doubt"
        assert self.send() == (0, {})

    def test_when_it_is_back_everything_goes_once(self, gateway: Stub) -> None:
        self.due(20)
        gateway.answer = lambda key: (500, {})
        self.send()
        gateway.answer = accepted
        Circuit.objects.update(opened_at=machine_now() - timedelta(minutes=2))
        Reminder.objects.update(retry_at=None)

        looked_at, ended = self.send()

        assert (looked_at, ended) == (20, {State.SENT: 20})
        assert Circuit.objects.get().opened_at is None

    def test_one_message_tries_whether_it_is_back(self, gateway: Stub) -> None:
        self.due(20)
        gateway.answer = lambda key: (500, {})
        self.send()
        Circuit.objects.update(opened_at=machine_now() - timedelta(minutes=2))

        self.send()

        assert sum(gateway.hits.values()) == 4
        assert Circuit.objects.get().probes == 1

    def test_refusals_never_open_it(self, gateway: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
        self.due(5)
        monkeypatch.setattr("dunning.channels.house.adapter.House.outcome", lambda *_: NO)

        assert self.send()[1] == {State.FAILED: 5}
        assert not Circuit.objects.exists()

    def test_a_sweep_ends_when_the_gateway_stays_away(self, gateway: Stub) -> None:
        self.due(20)
        gateway.answer = lambda key: (500, {})

        def ages(seconds: float) -> None:
            Circuit.objects.exclude(opened_at=None).update(opened_at=machine_now() - timedelta(seconds=seconds + 30))
            Reminder.objects.exclude(retry_at=None).update(retry_at=machine_now() + timedelta(minutes=1))

        tally = sweep(lambda: MORNING, pause=ages)

        assert tally == Tally(waiting=20)
        assert Attempt.objects.count() <= 16

    def test_other_gateways_go_on(self, gateway: Stub) -> None:
        self.due(1)
        note(self.settings_of_it, [FAULT] * 3, machine_now())
        borrower, _loan = one_due(3)
        plan(DAY, MORNING)
        Reminder.objects.filter(borrower=borrower).update(channel="letter")
        other = replace(self.settings_of_it, name="other", channels=frozenset({"letter"}))

        found = claim(gateway=other, at=MORNING, machine_at=machine_now())

        assert found.looked_at == 1
        assert passage(self.settings_of_it, machine_now()) is Passage.SHUT


@pytest.mark.usefixtures("closed_day")
class TestPutBack:
    def claimed(self) -> list[Reminder]:
        return claim(
            gateway=house_gateway("http://gateway.invalid/", "plain"), at=MORNING, machine_at=machine_now()
        ).rows

    def test_a_claim_that_is_put_back_leaves_no_trace(self) -> None:
        one_due()
        plan(DAY, MORNING)

        put_back(self.claimed())

        row = Reminder.objects.get()
        assert (row.state, row.token, row.contact_id, row.text, row.lease_until) == (State.DUE, 0, None, None, None)
        assert not Contact.objects.exclude(state=Contact.State.RELEASED).exists()

    def test_who_lost_the_claim_puts_nothing_back(self) -> None:
        one_due()
        plan(DAY, MORNING)
        rows = self.claimed()
        Reminder.objects.update(token=2)

        put_back(rows)

        assert (Reminder.objects.get().state, Reminder.objects.get().token) == (State.SENDING, 2)

    def test_a_message_in_doubt_keeps_its_slot_and_its_words(self) -> None:
        one_due()
        plan(DAY, MORNING)
        (row,) = self.claimed()
        Attempt.objects.create(reminder=row, token=0, at=MORNING, text_digest="", result=Attempt.Result.AMBIGUOUS)

        put_back([row])

        assert Reminder.objects.get().contact_id is not None
