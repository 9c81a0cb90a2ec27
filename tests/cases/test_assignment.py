"""Cases are given out within capacity, all or nothing, and taken back in one step."""

from datetime import timedelta

import pytest

from audit.models import Entry
from behind import NOW, TODAY, close_day, make_case, make_loan
from cases.assignment import (
    AwayError,
    CapacityError,
    NothingToUndoError,
    ask_hand_over,
    assign,
    hand_over,
    last_batch,
    move_all,
    share_out,
    spread,
    undo,
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


def test_a_proposal_gives_each_case_to_whoever_has_most_room(pool: list[Case], agent: User, colleague: User) -> None:
    shares = spread(pool, [agent, colleague])

    assert {pk: len(share) for pk, share in shares.items()} == {agent.pk: 3, colleague.pk: 2}


def test_a_proposal_leaves_out_what_does_not_fit(pool: list[Case], colleague: User) -> None:
    assert sum(map(len, spread(pool, [colleague]).values())) == 2


def test_the_cases_of_somebody_away_are_spread_and_the_rest_is_named(
    pool: list[Case], agent: User, colleague: User, supervisor: User
) -> None:
    assign(pool[:3], to=agent, by=supervisor, at=NOW, on=TODAY)
    away(agent)

    moved, left = move_all(agent, [agent, colleague], by=supervisor, at=NOW, on=TODAY)

    assert (moved, left) == (2, 1)
    assert sorted(owners()) == ["", "", "li", "wu", "wu"]


def test_the_last_batch_is_taken_back(pool: list[Case], agent: User, colleague: User, supervisor: User) -> None:
    assign(pool[:1], to=colleague, by=supervisor, at=NOW, on=TODAY)
    later = NOW + timedelta(minutes=1)
    batch = share_out({agent.pk: pool[:2]}, by=supervisor, at=later, on=TODAY)

    count = undo(batch, by=supervisor, at=later, on=TODAY)

    assert count == 2
    assert owners() == ["wu", "", "", "", ""]
    assert Assignment.objects.filter(to_at=None).count() == 1


def test_a_batch_is_not_taken_back_once_a_case_of_it_was_worked(
    pool: list[Case], agent: User, supervisor: User
) -> None:
    batch = assign(pool[:2], to=agent, by=supervisor, at=NOW, on=TODAY)
    ask_hand_over(case=pool[0], reason="knows me", by=agent, at=NOW, on=TODAY)

    with pytest.raises(StaleError):
        undo(batch, by=supervisor, at=NOW, on=TODAY)

    assert owners()[:2] == ["li", "li"]


def test_a_batch_is_not_taken_back_after_ten_minutes(pool: list[Case], agent: User, supervisor: User) -> None:
    batch = assign(pool[:2], to=agent, by=supervisor, at=NOW, on=TODAY)

    with pytest.raises(NothingToUndoError):
        undo(batch, by=supervisor, at=NOW + timedelta(minutes=11), on=TODAY)


def test_nobody_takes_back_what_somebody_else_gave_out(pool: list[Case], agent: User, supervisor: User) -> None:
    assign(pool[:2], to=agent, by=supervisor, at=NOW, on=TODAY)

    assert not last_batch(agent, NOW).exists()


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
