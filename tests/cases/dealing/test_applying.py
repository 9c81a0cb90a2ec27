"""A proposal takes effect whole or not at all, is undone whole, and is the same a second time."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Entry
from behind import NOW, TODAY, make_person, make_team
from cases.applying import NothingToUndoError, NotWaitingError, apply, undo
from cases.assignment import AwayError, CapacityError
from cases.caseloads import Filters
from cases.models import Assignment, Case, CaseEvent, ProposedMove, Stage
from cases.moves import MoveError, StaleError
from cases.promises import record_promise
from cases.proposing import Question, propose
from dealt import ALL, ask, deal_out, owners
from lending.models import Borrower
from lending.personal import IdentityNumber, PersonName
from staff.models import Role, Skill, User

pytestmark = pytest.mark.django_db


def test_applying_leaves_owner_assignment_event_and_one_entry(pool: list[Case], agent: User, supervisor: User) -> None:
    proposal = deal_out(supervisor)

    moved = list(Case.objects.filter(owner=agent))
    assert len(moved) == 3
    assert {case.version for case in moved} == {1}
    assert (
        Assignment.objects.filter(agent=agent, by=supervisor, to_at=None, batch=proposal.batch, reason="pool").count()
        == 3
    )
    event = CaseEvent.objects.get(case=moved[0], event="assigned")
    assert (event.facts["to"], event.facts["name"], event.facts["why"], event.at, event.on) == (
        "li", "Li Na", "pool", NOW, TODAY,
    )  # fmt: skip
    entry = Entry.objects.get(action="cases.dealt")
    assert (entry.actor, entry.subject_id) == ("chen", str(proposal.pk))
    assert '"to":{"li":3}' in entry.facts


def test_a_proposal_is_applied_once(pool: list[Case], agent: User, supervisor: User) -> None:
    proposal = deal_out(supervisor)

    with pytest.raises(NotWaitingError):
        apply(proposal.pk, by=supervisor, at=NOW, on=TODAY)


def test_a_case_that_changed_since_refuses_the_whole(pool: list[Case], agent: User, supervisor: User) -> None:
    proposal = ask(supervisor)
    changed = ProposedMove.objects.filter(proposal=proposal).first()
    assert changed
    Case.objects.filter(pk=changed.case_id).update(version=3)

    with pytest.raises(StaleError) as stale:
        apply(proposal.pk, by=supervisor, at=NOW, on=TODAY)

    assert stale.value.case_ids == [changed.case_id]
    assert not Case.objects.exclude(owner=None).exists()


@pytest.mark.parametrize(("change", "error"), [({"capacity": 2}, CapacityError), ({"is_active": False}, AwayError)])
def test_room_and_presence_are_checked_again(
    pool: list[Case], agent: User, supervisor: User, change: dict[str, Any], error: type[Exception]
) -> None:
    proposal = ask(supervisor)
    User.objects.filter(pk=agent.pk).update(**change)

    with pytest.raises(error):
        apply(proposal.pk, by=supervisor, at=NOW, on=TODAY)


def test_only_a_supervisor_deals_out(pool: list[Case], agent: User, supervisor: User) -> None:
    proposal = ask(supervisor)
    User.objects.filter(pk=supervisor.pk).update(role=Role.MANAGER)

    with pytest.raises(MoveError):
        apply(proposal.pk, by=User.objects.get(pk=supervisor.pk), at=NOW, on=TODAY)


def test_undoing_gives_each_case_back_to_whoever_had_it(
    pool: list[Case], agent: User, colleague: User, supervisor: User
) -> None:
    Case.objects.filter(pk=pool[0].pk).update(owner=colleague)
    Assignment.objects.create(case=pool[0], agent=colleague, from_at=NOW)
    proposal = deal_out(supervisor, Question(picked=(pool[0].pk, pool[1].pk), to=(agent.pk,), named=True))

    count = undo(proposal.pk, by=supervisor, at=NOW + timedelta(minutes=9), on=TODAY)

    assert count == 2
    assert owners(pool)[:2] == ["wu", ""]
    assert [row.agent for row in Assignment.objects.filter(to_at=None)] == [colleague]
    assert Entry.objects.filter(action="cases.dealt_back").count() == 1


@pytest.mark.parametrize("minutes", [11, 60])
def test_it_is_too_late_to_undo_after_ten_minutes(
    pool: list[Case], agent: User, supervisor: User, minutes: int
) -> None:
    proposal = deal_out(supervisor)

    with pytest.raises(NothingToUndoError):
        undo(proposal.pk, by=supervisor, at=NOW + timedelta(minutes=minutes), on=TODAY)


def test_nothing_is_undone_once_a_case_was_worked(pool: list[Case], agent: User, supervisor: User) -> None:
    proposal = deal_out(supervisor)
    worked = Case.objects.filter(owner=agent).first()
    assert worked
    record_promise(case=worked, amount=1_00, due_on=TODAY, by=agent, at=NOW, on=TODAY)

    with pytest.raises(StaleError):
        undo(proposal.pk, by=supervisor, at=NOW, on=TODAY)

    assert Case.objects.filter(owner=agent).count() == 3


def test_at_month_end_cases_are_taken_back_and_those_that_go_well_are_kept(
    pool: list[Case], agent: User, supervisor: User
) -> None:
    deal_out(supervisor)
    kept, *_rest = Case.objects.filter(owner=agent).order_by("pk")
    record_promise(case=kept, amount=1_00, due_on=TODAY, by=agent, at=NOW, on=TODAY)

    deal_out(supervisor, Question(filters=Filters(owner=str(agent.pk)), take_back=True))

    assert list(Case.objects.filter(owner=agent)) == [kept]
    assert Assignment.objects.filter(to_at=None).count() == 1
    assert CaseEvent.objects.filter(event="unassigned").count() == 2


def make_book(data: st.DataObject) -> None:
    """Up to fourteen cases of two stages and two languages, some in hand, and up to four people with odd skills and capacities."""
    draw, team, people = data.draw, make_team(), []
    for number in range(draw(st.integers(1, 4))):
        person = make_person(f"p{number}", team=team, capacity=draw(st.integers(0, 5)))
        for kind, values in (("stage", ["early", "middle"]), ("language", ["en", "zh-hans"])):
            for value in draw(st.sets(st.sampled_from(values), max_size=1)):
                Skill.objects.create(user=person, kind=kind, value=value)
        people.append(person)
    cases = []
    for number in range(draw(st.integers(1, 14))):
        borrower = Borrower.objects.create(
            ref=f"B{number}", name=PersonName("x"), identity=IdentityNumber("y"), time_zone="Asia/Shanghai",
            language=draw(st.sampled_from(["en", "zh-hans"])),
        )  # fmt: skip
        stage = draw(st.sampled_from([Stage.EARLY, Stage.MIDDLE]))
        owner = draw(st.sampled_from([None, None, *people]))
        cases.append(Case(borrower=borrower, stage=stage, bucket="M1", opened_on=TODAY, owner=owner))
    Case.objects.bulk_create(cases)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_nobody_is_given_more_than_fits_and_a_second_time_nothing_moves(supervisor: User, data: st.DataObject) -> None:
    with transaction.atomic():
        make_book(data)
        before = dict(in_hand())

        first = propose(ALL, by=supervisor, at=NOW, on=TODAY)
        if first and first.pk:
            apply(first.pk, by=supervisor, at=NOW, on=TODAY)
        second = propose(ALL, by=supervisor, at=NOW, on=TODAY)

        for person in User.objects.agents():
            now = person.cases.count()
            assert now <= max(person.capacity, before.get(person.pk, 0))
        assert second is None or second.count == 0
        transaction.set_rollback(True)


def in_hand() -> Iterator[tuple[int, int]]:
    for person in User.objects.agents():
        yield person.pk, person.cases.count()
