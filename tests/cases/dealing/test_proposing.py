"""A proposal follows rules, skills and capacity, says why, takes effect whole, and is taken back whole."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Entry
from behind import NOW, TODAY, close_day, make_loan, make_person, make_team, pay
from cases.applying import NothingToUndoError, NotWaitingError, apply, undo
from cases.assignment import AwayError, CapacityError
from cases.caseloads import EVERYBODY, Filters
from cases.models import Assignment, AssignmentRule, Case, CaseEvent, Proposal, ProposedMove, Stage
from cases.moves import MoveError, StaleError
from cases.promises import record_promise
from cases.proposing import Question, propose
from lending.models import Borrower, Loan
from lending.personal import IdentityNumber, PersonName
from lending.posting import reverse_payment
from reachable import make_borrower
from staff.models import Absence, Role, Skill, Team, User

pytestmark = pytest.mark.django_db
POOL = Question()
ALL = Question(filters=Filters(owner=EVERYBODY))


@pytest.fixture
def pool() -> list[Case]:
    """Six cases that nobody has in hand: three early, three in the middle stage; the second of each speaks English."""
    for number in range(6):
        borrower = make_borrower(f"B{number}", phone=None)
        borrower.language = "en" if number in {1, 4} else "zh-hans"
        borrower.save(update_fields=["language"])
        make_loan(borrower, days=10 if number < 3 else 45, amount=100_00 * (number + 1))
    close_day(TODAY)
    return list(Case.objects.order_by("borrower__ref"))


def ask(by: User, question: Question = POOL) -> Proposal:
    proposal = propose(question, by=by, at=NOW, on=TODAY)
    assert proposal
    return proposal


def deal_out(by: User, question: Question = POOL) -> Proposal:
    return apply(ask(by, question).pk, by=by, at=NOW, on=TODAY)


def owners(cases: list[Case]) -> list[str]:
    found = {case.pk: case.owner for case in Case.objects.select_related("owner")}
    return [owner.username if (owner := found[case.pk]) else "" for case in cases]


def make_rule(by: User, position: int = 1, **fields: Any) -> AssignmentRule:
    return AssignmentRule.objects.create(
        name=f"rule {position}", position=position, changed_by=by, changed_at=NOW, **fields
    )


def test_loads_come_out_even_in_shares_of_capacity(
    pool: list[Case], agent: User, colleague: User, supervisor: User
) -> None:
    User.objects.filter(pk=agent.pk).update(capacity=8)
    User.objects.filter(pk=colleague.pk).update(capacity=4)

    proposal = ask(supervisor)

    assert proposal.lines == [[agent.pk, 0, 4, 0, 4, 8], [colleague.pk, 0, 2, 0, 2, 4]]
    assert sorted(proposal.reasons) == [[agent.pk, "pool", 4], [colleague.pk, "pool", 2]]


def test_what_does_not_fit_stays_and_is_named(pool: list[Case], colleague: User, supervisor: User) -> None:
    proposal = ask(supervisor)

    assert proposal.count == 2
    assert sum(number for why, *_kind, number in proposal.left if why == "full") == 4


def test_a_skill_that_nobody_here_has_is_named(pool: list[Case], agent: User, supervisor: User) -> None:
    Skill.objects.create(user=agent, kind=Skill.Kind.LANGUAGE, value="zh-hans")

    assert ["nobody", "early", "en", 1] in ask(supervisor).left


def test_a_scarce_speaker_gets_the_cases_that_only_they_can_work(
    pool: list[Case], agent: User, colleague: User, supervisor: User
) -> None:
    Skill.objects.create(user=agent, kind=Skill.Kind.LANGUAGE, value="zh-hans")
    User.objects.filter(pk=agent.pk).update(capacity=4)

    deal_out(supervisor)

    assert [owners(pool)[number] for number in (1, 4)] == ["wu", "wu"]


def test_a_rule_sends_its_cases_to_its_team_and_the_teams_below(
    pool: list[Case], agent: User, supervisor: User
) -> None:
    below = Team.objects.create(name="Senior", parent=make_team())
    make_person("senior", team=below)
    make_rule(supervisor, stage=Stage.MIDDLE, team=below)
    User.objects.filter(pk=agent.pk).update(capacity=100)

    deal_out(supervisor)

    assert owners(pool)[3:] == ["senior"] * 3


def test_a_rule_may_ask_for_an_amount_and_a_funder(pool: list[Case], agent: User, supervisor: User) -> None:
    senior = make_person("senior", team=Team.objects.create(name="Senior", parent=make_team()))
    funder = Loan.objects.get(number="L-B0").funder
    make_rule(supervisor, 1, currency="CNY", amount_from=500_00, funder=funder, team=senior.team)
    make_rule(supervisor, 2, currency="CNY", amount_below=500_00, team=make_team())
    Skill.objects.create(user=senior, kind=Skill.Kind.FUNDER, value=funder.code)
    User.objects.filter(pk=agent.pk).update(capacity=100)

    deal_out(supervisor)

    assert owners(pool)[4:] == ["senior", "senior"]


def test_a_case_that_weighs_more_fills_more_of_the_effort(pool: list[Case], agent: User, supervisor: User) -> None:
    make_rule(supervisor, stage=Stage.MIDDLE, weight=3)
    User.objects.filter(pk=agent.pk).update(capacity=100, effort=8)

    deal_out(supervisor)

    in_hand = Case.objects.filter(owner=agent)
    points = sum(3 if case.stage == Stage.MIDDLE else 1 for case in in_hand)
    assert points <= 8
    assert points + 1 > 8 or not Case.objects.filter(owner=None, stage=Stage.EARLY).exists()


def test_what_is_in_hand_weighs_too(pool: list[Case], agent: User, supervisor: User) -> None:
    Case.objects.filter(pk=pool[3].pk).update(owner=agent)
    make_rule(supervisor, stage=Stage.MIDDLE, weight=3)
    User.objects.filter(pk=agent.pk).update(capacity=100, effort=5)

    assert ask(supervisor, Question(filters=Filters(bucket="M1"))).count == 2


def test_the_same_question_asked_again_writes_no_row(
    pool: list[Case], agent: User, colleague: User, supervisor: User
) -> None:
    User.objects.filter(pk=colleague.pk).update(capacity=5)
    deal_out(supervisor, ALL)
    before = Proposal.objects.count(), ProposedMove.objects.count()

    with CaptureQueriesContext(connection) as queries:
        again = propose(ALL, by=supervisor, at=NOW, on=TODAY)

    assert again is None or again.pk is None
    assert (Proposal.objects.count(), ProposedMove.objects.count()) == before
    assert not [query for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "COPY"))]


def test_what_is_in_hand_stays_there_though_loads_differ(
    pool: list[Case], agent: User, colleague: User, supervisor: User
) -> None:
    User.objects.filter(pk__in=[agent.pk, colleague.pk]).update(capacity=6)
    Case.objects.update(owner=agent)

    assert propose(ALL, by=supervisor, at=NOW, on=TODAY) is None


def test_a_case_in_hand_makes_room_for_one_that_has_no_other_place(
    pool: list[Case], agent: User, colleague: User, supervisor: User
) -> None:
    """Li is full and the only one who takes English; one of the Chinese cases goes to Wu, who takes Chinese."""
    only_agent_speaks_english(pool, agent, colleague)

    proposal = ask(supervisor, ALL)

    assert sorted(proposal.reasons) == [[agent.pk, "pool", 1], [colleague.pk, "room", 1]]


def only_agent_speaks_english(pool: list[Case], agent: User, colleague: User) -> None:
    Skill.objects.create(user=colleague, kind=Skill.Kind.LANGUAGE, value="zh-hans")
    Case.objects.filter(pk__in=[case.pk for case in pool if case.borrower.language == "zh-hans"][:3]).update(
        owner=agent
    )
    Case.objects.exclude(pk=pool[1].pk).filter(owner=None).update(state="closed", ended_on=TODAY)


def test_cases_of_one_person_are_dealt_to_the_others(
    pool: list[Case], agent: User, colleague: User, supervisor: User
) -> None:
    Case.objects.update(owner=agent)

    proposal = ask(supervisor, Question(picked=(pool[0].pk,), filters=Filters(owner=str(agent.pk))))

    assert proposal.reasons == [[colleague.pk, "away", 1]]


@pytest.mark.parametrize("sign", ["promise", "payment"])
def test_what_goes_well_makes_room_for_nobody(
    pool: list[Case], agent: User, colleague: User, supervisor: User, sign: str
) -> None:
    only_agent_speaks_english(pool, agent, colleague)
    for case in Case.objects.filter(owner=agent).select_related("borrower"):
        well(case, agent, sign)

    proposal = propose(ALL, by=supervisor, at=NOW, on=TODAY)

    assert proposal
    assert proposal.count == 0
    assert {why: number for why, *_kind, number in proposal.left if why == "full"} == {"full": 1}


def well(case: Case, agent: User, sign: str = "promise") -> None:
    if sign == "promise":
        record_promise(case=case, amount=1_00, due_on=TODAY + timedelta(days=2), by=agent, at=NOW, on=TODAY)
    else:
        pay(Loan.objects.get(borrower=case.borrower_id), 1_00, value_on=TODAY)


def test_a_payment_reversed_is_no_sign_that_it_goes_well(
    pool: list[Case], agent: User, colleague: User, supervisor: User
) -> None:
    payment = pay(Loan.objects.get(number="L-B0"), 1_00, value_on=TODAY)
    reverse_payment(payment, reference="R1", by=supervisor, on=TODAY, at=NOW)
    Case.objects.filter(pk=pool[0].pk).update(owner=agent)

    assert ask(supervisor, Question(picked=(pool[0].pk,), take_back=True)).count == 1


def test_a_rule_may_let_cases_make_room_though_they_go_well(
    pool: list[Case], agent: User, colleague: User, supervisor: User
) -> None:
    make_rule(supervisor, stays=False)
    only_agent_speaks_english(pool, agent, colleague)
    for case in Case.objects.filter(owner=agent):
        well(case, agent)

    assert ask(supervisor, ALL).count == 2


def test_the_cases_of_somebody_away_go_even_if_they_go_well(
    pool: list[Case], agent: User, colleague: User, supervisor: User
) -> None:
    Case.objects.filter(pk=pool[0].pk).update(owner=agent)
    record_promise(case=pool[0], amount=1_00, due_on=TODAY + timedelta(days=2), by=agent, at=NOW, on=TODAY)
    Absence.objects.create(user=agent, from_on=TODAY, to_on=TODAY, noted_at=NOW)

    proposal = ask(supervisor, Question(filters=Filters(owner=str(agent.pk))))

    assert proposal.reasons == [[colleague.pk, "away", 1]]


def test_somebody_without_a_shift_that_day_is_given_nothing(pool: list[Case], agent: User, supervisor: User) -> None:
    User.objects.filter(pk=agent.pk).update(shift_days="67")  # the day is a Wednesday

    assert ask(supervisor).count == 0


def test_a_person_named_gets_them_whatever_rules_say(pool: list[Case], agent: User, supervisor: User) -> None:
    Skill.objects.create(user=agent, kind=Skill.Kind.STAGE, value="late")

    proposal = ask(supervisor, Question(to=(agent.pk,), named=True))

    assert proposal.reasons == [[agent.pk, "named", 3]]


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


def test_a_new_question_replaces_the_proposal_that_waits(pool: list[Case], agent: User, supervisor: User) -> None:
    ask(supervisor)

    second = ask(supervisor, Question(filters=Filters(bucket="M1")))

    assert list(Proposal.objects.all()) == [second]
    assert ProposedMove.objects.count() == second.count


def test_the_papers_of_what_cannot_be_undone_any_more_are_cleared(
    pool: list[Case], agent: User, colleague: User, supervisor: User
) -> None:
    deal_out(supervisor, Question(filters=Filters(bucket="M1")))

    propose(POOL, by=supervisor, at=NOW + timedelta(hours=1), on=TODAY)

    assert set(ProposedMove.objects.values_list("proposal__state", flat=True)) == {"draft"}


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
