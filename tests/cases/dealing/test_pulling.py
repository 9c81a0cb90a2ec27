"""In a team that pulls, the next case is the best that the agent may work, and nobody else's."""

from datetime import time, timedelta
from typing import Any

import pytest

from audit.models import Entry
from behind import NOW, TODAY, close_day, make_loan, make_team
from cases.assignment import AwayError, CapacityError
from cases.models import Assignment, AssignmentRule, Case, CaseEvent
from cases.moves import MoveError, StaleError
from cases.pulling import NotPullingError, claim, next_case
from lending.models import Borrower
from reachable import make_borrower
from staff.models import Absence, Skill, Team, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def puller(agent: User) -> User:
    Team.objects.update(pulls=True)
    return User.objects.select_related("team").get(pk=agent.pk)


@pytest.fixture
def pool() -> list[Case]:
    """Four cases, the most urgent first; the first is in the middle stage."""
    for number, days in enumerate([45, 10, 10, 10]):
        make_loan(make_borrower(f"B{number}", phone=None), days=days)
    close_day(TODAY)
    Case.objects.update(next_at=None)
    for points, case in enumerate(Case.objects.order_by("-pk")):
        Case.objects.filter(pk=case.pk).update(priority=points)
    return list(Case.objects.order_by("pk"))


def take(by: User) -> Case | None:
    return next_case(by=by, at=NOW, on=TODAY)


def test_the_most_urgent_comes_first_with_its_history(puller: User, pool: list[Case]) -> None:
    taken = [take(puller), take(puller)]

    assert taken == pool[:2]
    assert Assignment.objects.filter(agent=puller, to_at=None).count() == 2
    assert CaseEvent.objects.filter(event="claimed", by=puller).count() == 2
    assert Entry.objects.filter(action="cases.claimed", actor="li").count() == 2


def test_a_claim_asks_little_more_than_it_writes(
    puller: User, pool: list[Case], django_assert_max_num_queries: Any
) -> None:
    take(puller)

    with django_assert_max_num_queries(16):
        assert take(puller) == pool[1]


def test_effort_bounds_what_is_taken_without_rules_too(puller: User, pool: list[Case]) -> None:
    User.objects.filter(pk=puller.pk).update(effort=1)
    puller.refresh_from_db()

    assert [take(puller), take(puller)] == [pool[0], None]


def test_an_empty_pool_gives_nothing(puller: User) -> None:
    assert take(puller) is None


def test_capacity_is_never_passed(puller: User, pool: list[Case]) -> None:
    for _ in range(3):
        take(puller)

    with pytest.raises(CapacityError):
        take(puller)


def test_a_case_that_waits_for_later_is_not_taken(puller: User, pool: list[Case]) -> None:
    Case.objects.filter(pk=pool[0].pk).update(next_at=NOW + timedelta(hours=1))

    assert take(puller) == pool[1]


def test_a_team_that_owns_its_caseload_takes_nothing(agent: User, pool: list[Case]) -> None:
    with pytest.raises(NotPullingError):
        take(agent)


@pytest.mark.parametrize(
    ("kind", "value"), [("stage", "early"), ("language", "en"), ("funder", "other"), ("product", "plain")]
)
def test_only_what_the_skills_allow_is_taken(puller: User, pool: list[Case], kind: str, value: str) -> None:
    Skill.objects.create(user=puller, kind=kind, value=value)
    Borrower.objects.filter(pk=pool[2].borrower_id).update(language="en")

    assert take(puller) == {"early": pool[1], "en": pool[2], "other": None, "plain": pool[0]}[value]


def test_what_a_rule_leaves_to_another_team_is_passed_over(puller: User, pool: list[Case]) -> None:
    other = make_team("Late")
    AssignmentRule.objects.create(
        name="late", position=1, stage="middle", team=other, changed_by=puller, changed_at=NOW
    )

    assert take(puller) == pool[1]


def test_effort_bounds_what_is_taken(puller: User, pool: list[Case]) -> None:
    AssignmentRule.objects.create(name="heavy", position=1, stage="middle", weight=5, changed_by=puller, changed_at=NOW)
    User.objects.filter(pk=puller.pk).update(effort=2)
    puller.refresh_from_db()

    assert [take(puller), take(puller), take(puller)] == [pool[1], pool[2], None]


@pytest.mark.parametrize("change", [{"shift_from": time(12), "shift_to": time(20)}, {"shift_days": "67"}])
def test_nothing_is_taken_outside_ones_shift(puller: User, pool: list[Case], change: dict[str, Any]) -> None:
    User.objects.filter(pk=puller.pk).update(**change)
    puller.refresh_from_db()

    with pytest.raises(AwayError):
        take(puller)


def test_somebody_away_takes_nothing(puller: User, pool: list[Case]) -> None:
    Absence.objects.create(user=puller, from_on=TODAY, to_on=TODAY, noted_at=NOW)

    with pytest.raises(AwayError):
        take(puller)


def test_a_case_in_hand_is_claimed_by_nobody(puller: User, pool: list[Case], colleague: User) -> None:
    claim(pool[0], by=puller, at=NOW, on=TODAY)

    with pytest.raises(MoveError):
        claim(Case.objects.get(pk=pool[0].pk), by=colleague, at=NOW, on=TODAY)


def test_a_claim_on_what_has_changed_loses(puller: User, pool: list[Case]) -> None:
    Case.objects.filter(pk=pool[0].pk).update(version=5)

    with pytest.raises(StaleError):
        claim(pool[0], by=puller, at=NOW, on=TODAY)


def test_more_than_one_look_is_taken_when_rules_leave_most_to_others(puller: User) -> None:
    other = make_team("Late")
    AssignmentRule.objects.create(
        name="late", position=1, stage="middle", team=other, changed_by=puller, changed_at=NOW
    )
    for number in range(25):
        make_loan(make_borrower(f"B{number}", phone=None), days=45)
    make_loan(make_borrower("early", phone=None), days=10)
    close_day(TODAY)
    Case.objects.update(next_at=None, priority=9)
    Case.objects.filter(borrower__ref="early").update(priority=1)

    found = take(puller)

    assert found
    assert found.borrower.ref == "early"
