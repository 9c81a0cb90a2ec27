"""Cases are given out within capacity, all or nothing."""

import pytest

from audit.models import Entry
from behind import NOW, TODAY, close_day, make_case, make_loan
from cases.assignment import (
    AwayError,
    CapacityError,
    ask_hand_over,
    assign,
    hand_over,
)
from cases.caseloads import asked_hand_overs
from cases.models import Assignment, Case
from cases.moves import MoveError, StaleError
from reachable import make_borrower
from staff.models import Absence, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool() -> list[Case]:
    """Five cases that nobody has in hand."""
    for number in range(5):
        make_loan(make_borrower(f"B{number}", phone=None), days=10)
    close_day(TODAY)
    return list(Case.objects.order_by("pk"))


def away(user: User) -> None:
    Absence.objects.create(user=user, from_on=TODAY, to_on=TODAY, noted_at=NOW)


def owners() -> list[str]:
    return [case.owner.username if case.owner else "" for case in Case.objects.order_by("pk").select_related("owner")]


def test_cases_are_assigned_with_an_audit_entry_each(pool: list[Case], agent: User, supervisor: User) -> None:
    assign(pool[:3], to=agent, by=supervisor, at=NOW, on=TODAY)

    assert owners() == ["li", "li", "li", "", ""]
    assert Assignment.objects.filter(agent=agent, to_at=None).count() == 3
    assert Entry.objects.filter(action="cases.assigned", actor="chen").count() == 3


def test_capacity_is_never_passed_and_nothing_is_half_done(pool: list[Case], agent: User, supervisor: User) -> None:
    with pytest.raises(CapacityError) as full:
        assign(pool[:4], to=agent, by=supervisor, at=NOW, on=TODAY)

    assert "Li Na" in str(full.value)
    assert owners() == [""] * 5


def test_a_case_already_in_hand_takes_no_more_room(pool: list[Case], agent: User, supervisor: User) -> None:
    assign(pool[:3], to=agent, by=supervisor, at=NOW, on=TODAY)

    assign(list(Case.objects.filter(owner=agent)), to=agent, by=supervisor, at=NOW, on=TODAY)

    assert owners()[:3] == ["li"] * 3


def test_somebody_away_is_given_nothing(pool: list[Case], agent: User, supervisor: User) -> None:
    away(agent)

    with pytest.raises(AwayError):
        assign(pool[:1], to=agent, by=supervisor, at=NOW, on=TODAY)


def test_only_agents_are_given_cases(pool: list[Case], supervisor: User) -> None:
    with pytest.raises(AwayError):
        assign(pool[:1], to=supervisor, by=supervisor, at=NOW, on=TODAY)


def test_an_agent_assigns_nothing(pool: list[Case], agent: User) -> None:
    with pytest.raises(MoveError):
        assign(pool[:1], to=agent, by=agent, at=NOW, on=TODAY)


def test_one_stale_case_refuses_the_whole_batch(pool: list[Case], agent: User, supervisor: User) -> None:
    assign(pool[:1], to=agent, by=supervisor, at=NOW, on=TODAY)
    seen = {case.pk: 0 for case in pool[:2]}

    with pytest.raises(StaleError) as stale:
        assign(pool[:2], to=agent, by=supervisor, at=NOW, on=TODAY, seen=seen)

    assert stale.value.case_ids == [pool[0].pk]
    assert owners() == ["li", "", "", "", ""]


def test_an_agent_hands_a_case_over_to_a_colleague_with_room(pool: list[Case], agent: User, colleague: User) -> None:
    Case.objects.filter(pk=pool[0].pk).update(owner=agent)

    hand_over(case=pool[0], to=colleague, reason="speaks Cantonese", by=agent, at=NOW, on=TODAY)

    assert owners()[0] == "wu"


def test_an_agent_hands_over_only_what_is_in_hand(pool: list[Case], agent: User, colleague: User) -> None:
    with pytest.raises(MoveError):
        hand_over(case=pool[0], to=agent, reason="mine now", by=colleague, at=NOW, on=TODAY)


def test_a_request_waits_with_the_supervisor_until_the_case_is_in_other_hands(
    agent: User, colleague: User, supervisor: User
) -> None:
    case = make_case(owner=agent)
    ask_hand_over(case=case, reason="knows me", by=agent, at=NOW, on=TODAY)
    assert [event.case for event in asked_hand_overs(Case.objects.all(), TODAY)] == [case]

    assign([case], to=colleague, by=supervisor, at=NOW, on=TODAY)

    assert asked_hand_overs(Case.objects.all(), TODAY) == []
