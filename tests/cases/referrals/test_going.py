"""Mediation and suits go by a table of stages, with papers and costs, and end with a result."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from behind import NOW, TODAY, instant, pay
from cases.models import Case
from cases.referrals import ending, going
from cases.referrals import nightly as referrals_nightly
from cases.referrals.errors import ReferralError, ReferralStaleError
from cases.referrals.kinds import KINDS, next_stages
from cases.referrals.models import Referral, ReferralStep
from referred import DAY, approve, ask, events_of, insert_as
from staff.models import User

pytestmark = pytest.mark.django_db


def move(referral: Referral, stage: str, by: User, **more: Any) -> None:
    told: dict[str, Any] = {"happened_on": TODAY, "words": "As the court wrote.", "document": "2026民初17"} | more
    going.move(referral, stage=stage, by=by, at=NOW, on=TODAY, **told)


@pytest.fixture
def suit(case: Case, agent: User, manager: User) -> Referral:
    return approve(ask(case, agent, "lawsuit"), manager)


def test_every_kind_has_its_rule_and_every_stage_and_result_its_word() -> None:
    assert set(KINDS) == set(Referral.Kind.values)
    for rule in KINDS.values():
        assert set(rule.results) <= set(Referral.Result.values)
        assert set(rule.stages) <= set(Referral.Stage.values)
        assert {before for stage in rule.stages.values() for before in stage.after} <= set(rule.stages)


@pytest.mark.parametrize("kind", ["mediation", "lawsuit"])
def test_every_stage_can_be_reached(kind: str) -> None:
    reached, waiting = set[str](), [""]
    while waiting:
        for stage in next_stages(kind, waiting.pop()):
            if stage not in reached:
                reached.add(stage)
                waiting.append(stage)

    assert reached == set(KINDS[kind].stages)


def test_a_suit_goes_from_stage_to_stage(suit: Referral, agent: User, manager: User) -> None:
    with pytest.raises(ReferralError) as caught:
        move(suit, "judged", agent)
    assert caught.value.field == "stage"

    for stage in ("prepared", "filed", "docketed", "hearing", "judged"):
        move(suit, stage, agent)
    ending.end(suit, result="for_us", words="In full.", document="2026民初17", by=agent, at=NOW, on=TODAY)

    assert (suit.state, suit.stage, suit.result) == ("ended", "judged", "for_us")
    assert events_of(suit) == ["asked", "approved", *["moved"] * 5, "ended"]


def test_what_stands_before_a_court_is_shown_by_a_paper(suit: Referral, agent: User) -> None:
    move(suit, "prepared", agent, document="")

    with pytest.raises(ReferralError) as caught:
        move(suit, "filed", agent, document=" ")
    assert caught.value.field == "document"


def test_a_day_ahead_is_refused(suit: Referral, agent: User) -> None:
    with pytest.raises(ReferralError) as caught:
        move(suit, "prepared", agent, happened_on=TODAY + DAY)
    assert caught.value.field == "happened_on"


def test_costs_add_up_and_a_wrong_one_is_corrected(suit: Referral, agent: User) -> None:
    for cost in (5_000, 1_250, -1_250):
        going.note(suit, words="Court fee.", cost=cost, currency="CNY", by=agent, at=NOW, on=TODAY)

    assert sum(step.cost for step in suit.steps.all()) == 5_000


def test_a_cost_has_its_currency_in_the_database(suit: Referral, agent: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ReferralStep.objects.create(referral=suit, event="noted", on=TODAY, at=NOW, by=agent, cost=1)


def test_of_two_who_write_one_wins(suit: Referral, agent: User) -> None:
    seen = suit.version
    move(suit, "prepared", agent, seen=seen)

    with pytest.raises(ReferralStaleError):
        going.note(suit, words="Late.", by=agent, at=NOW, on=TODAY, seen=seen)
    assert events_of(suit) == ["asked", "approved", "moved"]


def test_a_suit_goes_on_after_its_day_and_after_the_money_came(suit: Referral, case: Case) -> None:
    pay(case.borrower.loans.get(), 120_000, value_on=TODAY)
    late = suit.until_on + DAY

    assert referrals_nightly.run(on=late, at=instant(late)) == {}
    suit.refresh_from_db()
    assert suit.state == "running"


def test_a_mediation_ends_with_its_last_day(case: Case, agent: User, supervisor: User) -> None:
    mediation = approve(ask(case, agent, "mediation"), supervisor)
    late = mediation.until_on + DAY

    assert referrals_nightly.run(on=late, at=instant(late)) == {"expired": 1}


@pytest.mark.parametrize(
    ("kind", "days", "message"),
    [("mediation", 91, "At most 90"), ("lawsuit", 731, "At most 730"), ("lawsuit", -1, "passed")],
)
def test_each_kind_is_limited_in_time(case: Case, agent: User, kind: str, days: int, message: str) -> None:
    with pytest.raises(ReferralError, match=message):
        ask(case, agent, kind, until_on=TODAY + days * DAY)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("referral_decided_has_its_checker", {"state": "running"}),
        ("ended_referral_has_its_result", {"result": "for_us"}),
        ("referral_ends_after_start", {"until_on": TODAY - DAY}),
        ("placement_names_its_agency", {"kind": "agency"}),
    ],
)
def test_the_database_says_no(case: Case, agent: User, name: str, wrong: dict[str, Any]) -> None:
    asked = ask(case, agent, "lawsuit")

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        insert_as(asked, **wrong)


def test_the_database_lets_one_of_a_kind_run(case: Case, agent: User) -> None:
    asked = ask(case, agent, "lawsuit")

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_as(asked)
