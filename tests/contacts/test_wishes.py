"""What people say about contact: consents open and close ways, a refusal is for good, and each is noted by whom."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from audit.presenters import in_words
from contacts import gate
from contacts.consents import give_consent, note_refusal, withdraw_consent
from contacts.models import Consent, Contact, Refusal
from contacts.signals import contact_completed
from lending.models import Borrower, ContactPoint
from lending.parties import add_contact_point
from reachable import local, make_contact, make_point
from staff.models import Role, User
from staff.once import new_key

NOON, EVENING = local("2026-11-20 12:00"), local("2026-11-20 22:30")
SignedIn = Callable[[str], Client]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody_sees_b1", "nobody_owns")]


def test_a_consent_opens_the_evening_and_its_end_closes_it(borrower: Borrower, agent: User) -> None:
    give_consent(borrower=borrower, kind="hours", evidence="call of 10:05", by=agent, at=NOON)
    agreed = gate.decide(borrower, "call", "demand", EVENING)

    ended = withdraw_consent(borrower=borrower, kind="hours", by=agent, at=local("2026-11-20 13:00"))

    assert (agreed.allowed, agreed.until) == (True, None)
    assert (ended, gate.decide(borrower, "call", "demand", EVENING).rule) == (True, "CN-WIN")
    assert not withdraw_consent(borrower=borrower, kind="hours", by=agent, at=EVENING)


def test_a_consent_given_again_is_as_young_as_the_last_time(borrower: Borrower, agent: User) -> None:
    give_consent(borrower=borrower, kind="sms", evidence="first", by=agent, at=NOON)

    give_consent(borrower=borrower, kind="sms", evidence="again", by=agent, at=EVENING)

    assert Consent.objects.get(to_at=None).from_at == EVENING
    assert Consent.objects.count() == 2


def test_a_contact_person_who_refused_is_silent_for_good_under_a_new_point_too(borrower: Borrower, agent: User) -> None:
    point = make_point(borrower, "13700137000")
    ContactPoint.objects.filter(pk=point.pk).update(holder="contact")
    note_refusal(point=point, said="do not call", by=agent, at=NOON)
    ContactPoint.objects.filter(borrower=borrower).update(retired_at=NOON)

    add_contact_point(
        borrower=borrower, kind="mobile", value="13700137000", source="lender", by=agent, at=NOON, holder="contact"
    )

    question = gate.Question(borrower.pk, "call", "locate", NOON, subject="contact")
    assert gate.decide_many([question])[0].rule == "refusal.contact"


def test_a_refusal_noted_twice_is_one(borrower: Borrower, agent: User) -> None:
    point = borrower.contact_points.get()

    first = note_refusal(point=point, said="no", by=agent, at=NOON)

    assert note_refusal(point=point, said="no!", by=agent, at=EVENING) == first
    assert Entry.objects.filter(action="contacts.refused_at_a_number").count() == 1


def test_a_contact_with_somebody_else_tells_the_floors_above_nothing(borrower: Borrower) -> None:
    contact = make_contact(borrower, NOON, state="reserved", outcome="", subject="contact")
    heard: list[Any] = []
    contact_completed.connect(lambda **told: heard.append(told), weak=False, dispatch_uid="others")

    gate.complete(contact.pk, outcome=Contact.Outcome.RIGHT_PARTY, at=NOON)

    contact_completed.disconnect(dispatch_uid="others")
    assert heard == []


def test_the_drawers_note_and_withdraw(signed_in: SignedIn, borrower: Borrower) -> None:
    desk = signed_in(Role.AGENT)
    point = borrower.contact_points.get()

    noted = _send(desk, reverse("contact_consent_note", args=[borrower.pk]), kind="hours", evidence="in the call")
    ended = _send(desk, reverse("contact_consent_end", args=[borrower.pk, "hours"]))
    refused = _send(desk, reverse("refusal_note", args=[borrower.pk, point.pk]), said="the office, by phone")

    assert [noted.status_code, ended.status_code, refused.status_code] == [302] * 3
    assert (Consent.objects.get().to_at is not None, Refusal.objects.get().said) == (True, "the office, by phone")
    told = [in_words(entry) for entry in Entry.objects.filter(action__startswith="contacts.").order_by("pk")]
    assert told == [
        "Consent noted: Contact outside the hours of contact",
        "Consent withdrawn: Contact outside the hours of contact",
        f"Refused for good at contact point {point.pk}",
    ]


def test_a_form_without_its_evidence_is_kept(signed_in: SignedIn, borrower: Borrower) -> None:
    answer = _send(signed_in(Role.AGENT), reverse("contact_consent_note", args=[borrower.pk]), kind="hours")

    assert answer.status_code == 422
    assert not Consent.objects.exists()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.MANAGER, Role.ADMINISTRATOR])
def test_only_those_who_contact_note_it(signed_in: SignedIn, borrower: Borrower, role: str) -> None:
    assert signed_in(role).get(reverse("contact_consent_note", args=[borrower.pk])).status_code == 403


def test_a_visit_by_one_alone_is_flagged_in_the_log(signed_in: SignedIn, borrower: Borrower) -> None:
    desk = signed_in(Role.AGENT)
    visit = {"direction": "out", "channel": "visit", "happened_at": "2016-11-07T12:00", "outcome": "no_answer"}
    make_point(borrower, "Nanjing Road 1", kind="address")

    for people in ("1", "2"):
        _send(desk, reverse("contact_log", args=[borrower.pk]), **visit, people=people)

    assert sorted(Contact.objects.values_list("flagged", flat=True)) == ["", "CN-VISIT"]


def _send(client: Client, url: str, **data: str) -> Any:
    return client.post(url, {"one_time_key": new_key(), "next": "/", **data})
