"""In which language and at which hours somebody wants to be spoken to: the gate keeps to it, and who said so is on record."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Entry
from audit.presenters import in_words
from contacts import gate
from contacts.answers import Answer
from contacts.consents import give_consent
from contacts.facts import Ask, HoursFact, Point, Situation
from contacts.judging import judge, next_lawful
from contacts.liking import LikingError, columns_of, note_liking
from contacts.localtime import wall, zone_of
from contacts.models import CallHours
from contacts.past_facts import histories
from contacts.rules import Rule, Rulebook
from contacts.words import sentence, zone_for
from lending.models import Borrower
from reachable import local, make_borrower
from staff.models import Role, User
from staff.once import FIELD, new_key
from staff.seen import CONFLICT, print_of

MORNING, NOON, EVENING, NIGHT = (local(f"2026-11-20 {clock}") for clock in ("09:00", "12:00", "18:30", "20:30"))
SIX, EIGHT = time(18), time(20)
SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.usefixtures("everybody_sees_b1", "nobody_owns")


def note(borrower: Borrower, by: User, opens: time = SIX, closes: time = EIGHT, at: datetime = MORNING) -> Any:
    return note_liking(
        borrower=borrower, language=borrower.language, hours=(opens, closes), evidence="call of 8:50", by=by, at=at
    )


def ask(borrower: Borrower, at: datetime, channel: str = "call") -> Answer:
    return gate.decide(borrower, channel, "demand", at)


@pytest.mark.django_db
def test_a_call_waits_for_the_hour_and_a_message_does_not(borrower: Borrower, agent: User) -> None:
    note(borrower, agent)

    early = ask(borrower, NOON)

    assert (early.allowed, early.rule, early.kind) == (False, "hours", "hours")
    assert early.lawful_at == local("2026-11-20 18:00")
    assert sentence(early, "call", NOON, zone_for(borrower)) == "Call not before 18:00: as the borrower asked"
    assert ask(borrower, NOON, "sms").allowed


@pytest.mark.django_db
def test_within_the_hours_it_is_said_when_they_end(borrower: Borrower, agent: User) -> None:
    note(borrower, agent, SIX, time(19))

    open_now = ask(borrower, EVENING)

    assert (open_now.allowed, open_now.until) == (True, local("2026-11-20 19:00"))
    assert sentence(open_now, "call", EVENING, zone_for(borrower)).startswith(
        "You may call until 19:00 (as the borrower asked; "
    )
    assert ask(borrower, NIGHT).lawful_at == local("2026-11-21 18:00")


@pytest.mark.django_db
def test_the_clock_is_the_borrowers(agent: User) -> None:
    elsewhere = make_borrower("B2", zone="Asia/Urumqi", phone="13900139000")
    note(elsewhere, agent)

    assert ask(elsewhere, EVENING).lawful_at == local("2026-11-20 20:00")


@pytest.mark.django_db
def test_other_hours_end_the_earlier_ones_and_what_was_known_then_stays_known(borrower: Borrower, agent: User) -> None:
    note(borrower, agent)
    note(borrower, agent, time(9), time(11), at=NOON)

    assert [str(each) for each in CallHours.objects.order_by("pk")] == ["18:00–20:00", "09:00–11:00"]
    assert ask(borrower, EVENING).lawful_at == local("2026-11-21 09:00")
    known = histories([borrower.pk], NIGHT)[borrower.pk]
    before = known.at(local("2026-11-20 10:00"), 0, Rulebook(), ())
    assert before.hours == HoursFact(SIX, EIGHT)


@pytest.mark.django_db
def test_without_hours_any_lawful_hour_suits_again(borrower: Borrower, agent: User) -> None:
    note(borrower, agent)

    ended = note_liking(borrower=borrower, language="en", hours=None, evidence="call", by=agent, at=NOON)

    borrower.refresh_from_db()
    assert (ended, borrower.language, ask(borrower, NOON).allowed) == (None, "en", True)
    assert [in_words(each) for each in Entry.objects.filter(action__contains="call_hours").order_by("pk")] == [
        "Wants to be spoken to between 18:00–20:00",
        "Any lawful hour suits from now on",
    ]
    assert in_words(Entry.objects.get(action="lending.language_set")).endswith("English from now on")


@pytest.mark.django_db
def test_the_same_said_again_writes_nothing(borrower: Borrower, agent: User) -> None:
    note(borrower, agent)
    note(borrower, agent, at=NOON)

    assert (CallHours.objects.count(), Entry.objects.filter(action="contacts.call_hours_noted").count()) == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(("opens", "closes"), [(EIGHT, SIX), (SIX, SIX), (time(23), time(23, 59)), (time(2), time(8))])
def test_hours_in_which_nobody_may_call_are_refused(borrower: Borrower, agent: User, opens: time, closes: time) -> None:
    with pytest.raises(LikingError):
        note(borrower, agent, opens, closes)

    assert not CallHours.objects.exists()


@pytest.mark.django_db
def test_quiet_hours_can_be_wanted_once_the_borrower_has_agreed_to_them(borrower: Borrower, agent: User) -> None:
    give_consent(borrower=borrower, kind="hours", evidence="call", by=agent, at=MORNING)

    note(borrower, agent, time(22), time(23))

    assert ask(borrower, local("2026-11-20 22:30")).allowed


@pytest.mark.django_db
def test_the_database_keeps_one_open_row_and_no_hours_that_end_before_they_begin(
    borrower: Borrower, agent: User
) -> None:
    note(borrower, agent)
    columns: dict[str, Any] = {"borrower": borrower, "evidence": "", "from_at": NOON, "noted_by": agent}

    for opens, closes, to_at in ((SIX, EIGHT, None), (EIGHT, SIX, NOON)):
        with pytest.raises(IntegrityError), transaction.atomic():
            CallHours.objects.create(opens=opens, closes=closes, to_at=to_at, **columns)


@pytest.mark.django_db
def test_the_drawer_notes_it_once_and_keeps_what_was_typed(borrower: Borrower, signed_in: SignedIn) -> None:
    desk, url, seen = signed_in(Role.AGENT), reverse("liking_note", args=[borrower.pk]), print_of(columns_of(borrower))
    told = {"language": "en", "opens": "18:00", "closes": "20:00", "evidence": "in the call", "seen": seen}
    told |= {FIELD: new_key()}

    half = desk.post(url, told | {"closes": "", FIELD: new_key()})
    done = [desk.post(url, told).status_code for _ in range(2)]

    assert half.status_code == 422
    assert b'value="18:00"' in half.content
    assert f'name="seen" value="{seen}"' in half.content.decode()
    assert done == [302, 302]
    assert str(CallHours.objects.get()) == "18:00–20:00"
    assert b'value="20:00"' in desk.get(url).content
    assert desk.post(url, told | {"opens": "19:00", FIELD: new_key()}).status_code == CONFLICT
    assert str(CallHours.objects.get()) == "18:00–20:00"
    assert signed_in(Role.AUDITOR).get(url).status_code == 403


WINDOW = Rule("W", "window", "law", frozenset(), time(22), time(8), "", 0, 1, "", "", "", date(2020, 1, 1), None)


@given(
    st.sampled_from(["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"]),
    st.integers(0, 23),
    st.integers(1, 12),
    st.integers(0, 366 * 24 * 60),
)
def test_the_next_moment_that_is_named_lies_within_the_hours_and_none_before_it_does(
    name: str, opens: int, length: int, minute: int
) -> None:
    zone = zone_of(name)
    assert zone
    hours = HoursFact(time(opens), time(min(23, opens + length), 59))
    situation = Situation(zone, zone, Rulebook([WINDOW]), points=(Point(1, "mobile"),), hours=hours)
    asked = datetime.fromtimestamp(1_790_000_000 + 60 * minute, tz=zone)

    moment = next_lawful(situation, Ask("call", "demand"), asked)

    if moment is None:
        assert opens >= 22 or hours.closes <= time(8)
        return
    clock = wall(zone, moment).time()
    assert hours.has(clock)
    assert WINDOW.is_open(clock)
    assert moment == asked or judge(situation, Ask("call", "demand"), asked).obstacle is not None
