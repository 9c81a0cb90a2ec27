"""What a hold freezes follows from its kind, and is told before it is placed."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from contacts import gate
from contacts.hold_effects import EFFECTS, LABELS, effect_on, frozen, summary, told
from contacts.holds import lift_hold, place_hold
from contacts.models import Hold
from lending.models import Borrower, Pause
from reachable import local
from staff.models import Role, User

TODAY = date(2026, 11, 20)
NOON = local("2026-11-20 12:00")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody_sees_b1", "nobody_owns")]


@pytest.fixture
def desk(signed_in: Callable[[str], Client]) -> Client:
    return signed_in(Role.SUPERVISOR)


def hold(borrower: Borrower, by: User, kind: str) -> Hold:
    return place_hold(
        borrower=borrower, kind=kind, reason="says so", evidence="notice 7", from_on=TODAY, to_on=None, by=by, at=NOON
    )


def test_every_kind_of_hold_says_what_it_freezes() -> None:
    assert list(EFFECTS) == list(Hold.Kind)
    assert all([each.since for each in lines] == sorted({each.since for each in lines}) for lines in EFFECTS.values())


@pytest.mark.parametrize("kind", Hold.Kind.values)
def test_the_drawer_tells_of_contact_and_of_all_the_rest(kind: str) -> None:
    lines = told(kind, TODAY)

    assert {str(label) for label in LABELS.values()} <= {line.label for line in lines}
    assert all(line.words and line.source for line in lines)
    assert any(line.rests for line in lines)


@pytest.mark.parametrize(
    ("kind", "channel", "purpose", "allowed"),
    [
        ("disaster", "call", "demand", False),
        ("disaster", "sms", "reminder", False),
        ("disaster", "call", "service", True),
        ("abroad", "call", "demand", True),
        ("abroad", "visit", "demand", False),
        ("abroad", "letter", "demand", False),
    ],
)
def test_a_disaster_stops_demands_and_abroad_only_the_door(
    borrower: Borrower, agent: User, kind: str, channel: str, purpose: str, allowed: bool
) -> None:
    hold(borrower, agent, kind)

    answer = gate.decide(borrower, channel, purpose, NOON)

    assert (answer.rule == f"hold.{kind}") is not allowed


def test_a_disaster_rests_the_penalty_until_it_is_lifted(borrower: Borrower, agent: User) -> None:
    from behind import make_loan

    make_loan(borrower, days=10, on=TODAY)
    placed = hold(borrower, agent, "disaster")
    assert Pause.objects.get().kind == "penalty"

    lift_hold(placed, by=agent, at=local("2026-11-25 12:00"))

    assert Pause.objects.get().end.to_on == date(2026, 11, 25)


def test_whoever_is_abroad_may_be_debited_and_a_victim_not(borrower: Borrower, agent: User) -> None:
    hold(borrower, agent, "abroad")
    before = frozen("debits", [borrower.pk], TODAY)

    hold(borrower, agent, "disaster")

    assert before == {}
    assert frozen("debits", [borrower.pk], TODAY)[borrower.pk].kind == "disaster"
    assert frozen("agency", [borrower.pk], date(2026, 11, 19)) == {}


def test_the_summary_names_what_rests(borrower: Borrower) -> None:
    assert summary("abroad", TODAY) == ""
    assert "Penalty" in summary("disaster", TODAY)
    assert effect_on("moratorium", TODAY).interest


def test_the_drawer_shows_what_the_chosen_kind_freezes(desk: Client, borrower: Borrower) -> None:
    url = reverse("hold_place", args=[borrower.pk])

    page = desk.get(url, {"kind": "disaster"}).content.decode()

    assert "HOUSE-DISASTER" in page
    assert "HOUSE-ABROAD" not in page
    assert 'hx-select="#hold-effects"' in page


def test_a_hold_that_rests_on_a_document_names_it(desk: Client, borrower: Borrower) -> None:
    url = reverse("hold_place", args=[borrower.pk])
    typed = {"kind": "disaster", "reason": "flood", "next": "/contact-rules/"}

    refused = desk.post(url, typed | {"one_time_key": "a"})
    placed = desk.post(url, typed | {"one_time_key": "b", "evidence": "notice 118"})

    assert (refused.status_code, placed.status_code) == (422, 302)
    assert Hold.objects.get().evidence == "notice 118"
