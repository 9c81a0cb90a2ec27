"""Visits: two people, lawful hours, the gate before and at the door, and the contact log."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from behind import NOW, TODAY, instant, make_case, pay
from cases.models import Case
from cases.referrals import ending, visits
from cases.referrals import nightly as referrals_nightly
from cases.referrals.errors import ReferralError
from cases.referrals.models import Referral
from contacts.calls import RefusedError
from contacts.gate import Question, decide_many
from contacts.holds import place_hold
from contacts.models import Channel, Contact, Purpose, Verdict
from reachable import local
from referred import DAY, approve, ask, events_of, insert_as
from staff.models import User

pytestmark = pytest.mark.django_db
TEN, EVENING = local("2026-07-16 10:00"), local("2026-07-16 20:30")


@pytest.fixture
def visit(case: Case, agent: User, colleague: User) -> Callable[..., Referral]:
    def asked(at: datetime = TEN, **more: Any) -> Referral:
        people = {"first_visitor": agent, "second_visitor": colleague} | more
        return ask(case, agent, "visit", visit_at=at, **people)

    return asked


Visit = Callable[..., Referral]


def test_the_gate_decides_before_it_is_asked_for(visit: Visit) -> None:
    with pytest.raises(ReferralError, match=r"Visit not before .*quiet hours") as caught:
        visit(EVENING)

    assert caught.value.field == "visit_at"
    assert not Referral.objects.exists()


def test_the_gate_decides_again_before_it_is_approved(visit: Visit, case: Case, agent: User, supervisor: User) -> None:
    asked = visit()
    place_hold(borrower=case.borrower, kind="illness", reason="-", from_on=TODAY, to_on=None, by=agent, at=NOW)

    with pytest.raises(ReferralError, match="Illness"):
        approve(asked, supervisor)
    assert asked.state == "waiting"


@pytest.mark.parametrize("kind", ["first_visitor", "second_visitor"])
def test_two_different_people_go(visit: Visit, agent: User, colleague: User, kind: str) -> None:
    one = colleague if kind == "first_visitor" else agent
    with pytest.raises(ReferralError) as caught:
        visit(**{kind: one})

    assert caught.value.field == "second_visitor"


def test_the_database_wants_two_people(visit: Visit) -> None:
    asked = visit()

    for wrong in ({"second_visitor": asked.first_visitor}, {"second_visitor": None}, {"visit_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            insert_as(asked, **wrong)


def test_without_an_address_nobody_goes(agent: User, colleague: User) -> None:
    with pytest.raises(ReferralError, match="No visit"):
        ask(make_case("B7", owner=agent), agent, "visit", visit_at=TEN, first_visitor=agent, second_visitor=colleague)


def test_it_is_carried_out_through_the_gate_and_stands_in_the_log(
    visit: Visit, case: Case, agent: User, supervisor: User
) -> None:
    asked = approve(visit(), supervisor)

    visits.set_out(asked, by=agent, at=TEN, on=TODAY + DAY)
    assert Contact.objects.get().state == "reserved"
    ending.end(
        asked, result="met", words="She will come by on Friday.", document="REC-17", cost=3_500, currency="CNY", by=agent,
        at=TEN, on=TODAY + DAY,
    )  # fmt: skip

    contact = Contact.objects.get()
    assert (contact.channel, contact.state, contact.outcome, contact.flagged) == ("visit", "made", "right_party", "")
    assert Verdict.objects.filter(channel="visit", allowed=True).count() == 1
    assert events_of(asked) == ["asked", "approved", "set_out", "ended"]
    step = asked.steps.get(event="ended")
    assert (step.document, step.cost, step.currency) == ("REC-17", 3_500, "CNY")


def test_the_gate_stops_them_at_the_door_and_keeps_its_verdict(visit: Visit, agent: User, supervisor: User) -> None:
    asked = approve(visit(), supervisor)

    with pytest.raises(RefusedError):
        visits.set_out(asked, by=agent, at=EVENING, on=TODAY + DAY)

    assert Contact.objects.count() == 0
    assert Verdict.objects.get().allowed is False
    assert events_of(asked) == ["asked", "approved"]


def test_only_the_two_set_out_and_only_once(visit: Visit, agent: User, colleague: User, supervisor: User) -> None:
    asked = approve(visit(), supervisor)
    with pytest.raises(ReferralError, match="Only the two"):
        visits.set_out(asked, by=supervisor, at=TEN, on=TODAY)

    visits.set_out(asked, by=colleague, at=TEN, on=TODAY)

    with pytest.raises(ReferralError, match="already"):
        visits.set_out(asked, by=agent, at=TEN, on=TODAY)


def test_a_visit_that_was_made_without_asking_is_logged_and_flagged(
    visit: Visit, agent: User, supervisor: User
) -> None:
    asked = approve(visit(), supervisor)
    end: dict[str, Any] = {
        "result": "not_met",
        "words": "Dark.",
        "document": "REC-1",
        "by": agent,
        "at": instant(TODAY + 2 * DAY),
        "on": TODAY,
    }
    with pytest.raises(ReferralError) as caught:
        ending.end(asked, **end)
    assert caught.value.field == "happened_at"

    ending.end(asked, **end, happened_at=EVENING)

    contact = Contact.objects.get()
    assert (contact.at, contact.outcome, contact.flagged) == (EVENING, "no_answer", "HOUSE-CALL-WIN")
    assert contact.referral_step.event == "ended"


def test_a_visit_wants_its_recording(visit: Visit, agent: User, supervisor: User) -> None:
    asked = approve(visit(), supervisor)
    visits.set_out(asked, by=agent, at=TEN, on=TODAY + DAY)

    with pytest.raises(ReferralError) as caught:
        ending.end(asked, result="met", words="-", by=agent, at=TEN, on=TODAY + DAY)

    assert caught.value.field == "document"
    assert Contact.objects.get().state == "reserved"


def test_called_back_on_the_way_its_slot_is_given_back(visit: Visit, agent: User, supervisor: User) -> None:
    asked = approve(visit(), supervisor)
    visits.set_out(asked, by=agent, at=TEN, on=TODAY + DAY)

    ending.end(asked, result="recalled", words="He has paid.", by=supervisor, at=TEN, on=TODAY + DAY)

    assert Contact.objects.get().state == "released"


def test_a_payment_spares_the_visit(visit: Visit, case: Case, supervisor: User) -> None:
    asked = approve(visit(), supervisor)

    pay(case.borrower.loans.get(), 120_000, value_on=TODAY)

    asked.refresh_from_db()
    assert (asked.state, asked.result) == ("ended", "paid")


def test_the_night_does_not_end_a_visit_that_is_under_way(visit: Visit, agent: User, supervisor: User) -> None:
    asked = approve(visit(), supervisor)
    visits.set_out(asked, by=agent, at=TEN, on=TODAY + DAY)

    late = asked.until_on + DAY
    assert referrals_nightly.run(on=late, at=instant(late)) == {}
    Contact.objects.update(state=Contact.State.RELEASED)
    assert referrals_nightly.run(on=late, at=instant(late)) == {"expired": 1}


def test_a_visit_counts_two_people_at_the_gate(case: Case) -> None:
    alone, together = decide_many(
        [Question(case.borrower_id, Channel.VISIT, Purpose.DEMAND, TEN, people=people) for people in (1, 2)]
    )

    assert (alone.rule, together.allowed) == ("CN-VISIT", True)
