"""A proposal follows rules, skills and capacity, says why, takes effect whole, and is taken back whole."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from behind import NOW, TODAY, make_person, make_team, pay
from cases.caseloads import Filters
from cases.models import AssignmentRule, Case, Proposal, ProposedMove, Stage
from cases.promises import record_promise
from cases.proposing import Question, propose
from dealt import ALL, POOL, ask, deal_out, owners
from lending.models import Loan
from lending.posting import reverse_payment
from staff.models import Absence, Skill, Team, User

pytestmark = pytest.mark.django_db


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
