"""The gate as a service: it looks in few queries, reserves in earnest, keeps every verdict and fails closed."""

from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from contacts import gate, presets, situations
from contacts.models import Contact, ContactRule, Verdict
from contacts.signals import contact_completed
from lending.models import Borrower
from reachable import local, make_borrower, make_contact, make_point
from staff.models import User

MORNING = local("2026-11-20 10:00")
NIGHT = local("2026-11-20 22:30")
pytestmark = pytest.mark.django_db


def test_looking_costs_the_same_for_one_and_for_many(django_assert_num_queries: Any) -> None:
    people = [make_borrower(f"B{number}", phone=f"138001380{number:02d}") for number in range(40)]
    for person in people:
        make_contact(person, MORNING)

    with django_assert_num_queries(4):
        gate.decide_many([gate.Question(people[0].pk, "call", "demand", MORNING)])
    with django_assert_num_queries(4):
        answers = gate.decide_many([gate.Question(person.pk, "call", "demand", MORNING) for person in people])

    assert all(answer.allowed for answer in answers)
    assert not Verdict.objects.exists()


def test_no_question_costs_no_query(django_assert_num_queries: Any) -> None:
    with transaction.atomic(), django_assert_num_queries(0):
        assert gate.decide_many([]) == []
        assert gate.reserve_many([], by=None) == []


def test_the_answer_says_until_when_by_every_rule(borrower: Borrower) -> None:
    answer = gate.decide(borrower, "call", "demand", MORNING)

    assert [(end.code, end.standing, end.at) for end in answer.ends] == [
        ("HOUSE-CALL-WIN", "house", local("2026-11-20 20:00")),
        ("CN-WIN", "law", local("2026-11-20 22:00")),
    ]
    assert answer.until == local("2026-11-20 20:00")


def test_the_answer_counts_what_is_used(borrower: Borrower) -> None:
    make_contact(borrower, MORNING, connected=True, outcome="right_party")
    make_contact(borrower, MORNING)

    answer = gate.decide(borrower, "call", "demand", MORNING)

    assert [(counter.code, counter.used, counter.max, counter.unit) for counter in answer.counters] == [
        ("CN-CALL-EFF", 1, 3, "connected"),
        ("CN-CALL-TRY", 1, 6, "unanswered"),
        ("HOUSE-CALL-TRY", 2, 6, "attempt"),
    ]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "No collection contact"), ("zh-hans", "不得以任何方式开展催收")]
)
def test_a_refusal_names_its_rule_in_the_language_of_the_reader(borrower: Borrower, language: str, words: str) -> None:
    with translation.override(language):
        answer = gate.decide(borrower, "call", "demand", NIGHT)

    assert words in answer.text
    assert (answer.rule, answer.standing) == ("CN-WIN", "law")
    assert "GB/T 45251-2025" in answer.source


def test_reserving_keeps_the_verdict_and_takes_a_slot(borrower: Borrower, agent: User) -> None:
    with transaction.atomic():
        reservation = gate.reserve(borrower=borrower, channel="call", purpose="demand", at=MORNING, by=agent)

    verdict = Verdict.objects.get()
    assert (verdict.allowed, verdict.asked_by, verdict.rule) == (True, agent, "")
    assert reservation.contact is not None
    assert (reservation.contact.state, reservation.contact.verdict_id) == (Contact.State.RESERVED, verdict.pk)
    assert reservation.contact.point == borrower.contact_points.get()


def test_a_refusal_is_kept_without_a_slot(borrower: Borrower) -> None:
    with transaction.atomic():
        reservation = gate.reserve(borrower=borrower, channel="call", purpose="demand", at=NIGHT, by=None)

    assert reservation.contact is None
    assert not Contact.objects.exists()
    assert Verdict.objects.get().lawful_at == local("2026-11-21 08:00")


def test_a_batch_counts_its_own_slots(borrower: Borrower) -> None:
    other = make_borrower("B2", phone="13900139000")
    questions = [gate.Question(pk, "sms", "reminder", MORNING) for pk in [borrower.pk] * 3 + [other.pk]]

    with transaction.atomic():
        reservations = gate.reserve_many(questions, by=None)

    assert [bool(reservation.contact) for reservation in reservations] == [True, True, False, True]
    assert reservations[2].answer.rule == "HOUSE-SMS-DAY"
    assert reservations[3].contact is not None
    assert reservations[3].contact.borrower_id == other.pk


@pytest.mark.django_db(transaction=True)
def test_reserving_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError):
        gate.reserve_many([gate.Question(1, "call", "demand", MORNING)], by=None)


def test_the_best_number_is_taken(borrower: Borrower) -> None:
    make_point(borrower, "13900139000", quality="silent")
    confirmed = make_point(borrower, "13700137000", quality="confirmed")

    assert gate.decide(borrower, "call", "demand", MORNING).point_id == confirmed.pk


def test_a_number_that_is_asked_for_is_taken_when_it_may_be_used(borrower: Borrower) -> None:
    silent = make_point(borrower, "13900139000", quality="silent")

    with transaction.atomic():
        contact = gate.reserve(
            borrower=borrower, channel="call", purpose="demand", at=MORNING, by=None, point=silent
        ).contact

    assert contact is not None
    assert contact.point == silent


def test_somebody_elses_number_is_refused(borrower: Borrower) -> None:
    foreign = make_borrower("B2", phone="13900139000").contact_points.get()

    with transaction.atomic():
        answer, contact = gate.reserve(
            borrower=borrower, channel="call", purpose="demand", at=MORNING, by=None, point=foreign
        )

    assert (answer.rule, contact) == ("point.unusable", None)


def test_without_rules_the_gate_is_closed(borrower: Borrower, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(situations, "rules", tuple)

    answer = gate.decide(borrower, "call", "demand", MORNING)

    assert (answer.allowed, answer.rule, answer.lawful_at) == (False, "gate.closed", None)


def test_with_rules_of_the_past_only_the_gate_is_closed(borrower: Borrower, monkeypatch: pytest.MonkeyPatch) -> None:
    over = tuple(rule._replace(valid_to=date(2026, 11, 19)) for rule in situations.rules())
    monkeypatch.setattr(situations, "rules", lambda: over)

    assert gate.decide(borrower, "sms", "legal", MORNING).rule == "gate.closed"


def test_an_unknown_borrower_is_refused() -> None:
    assert gate.decide_many([gate.Question(999, "call", "demand", MORNING)])[0].rule == "gate.closed"


def test_an_error_of_the_judge_is_a_refusal(borrower: Borrower, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ArithmeticError

    monkeypatch.setattr(gate, "judge", broken)

    assert gate.decide(borrower, "call", "demand", MORNING).rule == "gate.closed"


def test_a_slot_is_completed_once(borrower: Borrower) -> None:
    contact = _reserved(borrower)
    heard: list[Any] = []
    contact_completed.connect(lambda **told: heard.append(told["contact"]), weak=False, dispatch_uid="once")

    first = gate.complete(contact.pk, outcome=Contact.Outcome.RIGHT_PARTY, at=MORNING, seconds=40)
    second = gate.complete(contact.pk, outcome=Contact.Outcome.NO_ANSWER, at=MORNING)

    contact_completed.disconnect(dispatch_uid="once")
    contact.refresh_from_db()
    assert (first, second) == (True, False)
    assert (contact.outcome, contact.connected, contact.seconds) == ("right_party", True, 40)
    assert heard == [contact]


def test_a_slot_that_is_given_back_can_be_taken_again(borrower: Borrower) -> None:
    slots = [_reserved(borrower, "sms"), _reserved(borrower, "sms")]
    refused = gate.decide(borrower, "sms", "demand", MORNING)

    given_back = gate.release(slots[0].pk)

    assert (refused.allowed, given_back, gate.release(slots[0].pk)) == (False, True, False)
    assert gate.decide(borrower, "sms", "demand", MORNING).allowed


def test_an_old_slot_that_nobody_reported_counts_still(borrower: Borrower) -> None:
    for _number in range(2):
        _reserved(borrower, "sms")

    assert not gate.decide(borrower, "sms", "demand", local("2026-11-20 18:00")).allowed


def test_the_rules_are_there_and_installing_again_changes_nothing() -> None:
    before = list(ContactRule.objects.order_by("pk").values())

    assert presets.install() == 0
    assert list(ContactRule.objects.order_by("pk").values()) == before
    assert {rule.code for rule in situations.rules()} >= {"CN-WIN", "CN-CALL-EFF", "CN-CALL-TRY", "HOUSE-CALL-WIN"}


def _reserved(borrower: Borrower, channel: str = "call") -> Contact:
    with transaction.atomic():
        contact = gate.reserve(borrower=borrower, channel=channel, purpose="demand", at=MORNING, by=None).contact
    assert contact is not None
    return contact
