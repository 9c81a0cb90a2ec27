"""Whoever works a stage has passed its examination, where the plan asks for one."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from audit.models import Entry
from audit.presenters import in_words
from behind import NOW, TODAY, close_day, make_case, make_loan, make_person, pay
from cases import stages
from cases.assignment import assign
from cases.fitness import UntrainedError, barred, ends_soon, own_ends, why_barred
from cases.models import Assignment, Case, StagePlan
from cases.proposing import Question, propose
from cases.pulling import next_case
from cases.stage_publishing import put_forward_plan
from cases.stages import HOUSE
from lending.changes import decide
from staff.models import Role, Team, Training, User
from staff.training import TrainingError, record_training

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SignIn = Callable[[User], Client]


@pytest.fixture
def asked(supervisor: User) -> None:
    """From yesterday on every stage asks for an examination within the year."""
    plan = HOUSE._replace(stages=tuple(stage._replace(exam_days=365) for stage in HOUSE.stages))
    early, on = NOW - 3 * DAY, TODAY - 3 * DAY
    change = put_forward_plan(plan, from_on=TODAY - DAY, words="", by=supervisor, at=early, on=on)
    manager = make_person("zhou", Role.MANAGER)
    decide(change, approve=True, words="", payload_hash=change.payload_hash, by=manager, at=early, on=on)
    assert StagePlan.objects.exists()


def examine(
    person: User, by: User, *, score: int = 90, exam_on: date = TODAY, values: tuple[str, ...] = ()
) -> Training:
    return record_training(
        user=person, kind="yearly", values=values, trained_on=exam_on, exam_on=exam_on, score=score, evidence="", by=by,
        at=NOW, on=TODAY,
    )  # fmt: skip


def test_nothing_is_asked_until_a_plan_asks(agent: User, supervisor: User) -> None:
    assert barred([agent], TODAY) == {}
    assert own_ends(agent, TODAY) == []


@pytest.mark.usefixtures("asked")
def test_without_an_examination_every_stage_is_closed(agent: User) -> None:
    assert barred([agent], TODAY) == {agent.pk: {"early", "middle", "late"}}


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("days_ago", "score", "values", "closed"),
    [
        (0, 80, (), set()),
        (0, 79, (), {"early", "middle", "late"}),
        (365, 90, (), set()),
        (366, 90, (), {"early", "middle", "late"}),
        (10, 90, ("early",), {"middle", "late"}),
    ],
)
def test_a_passed_examination_opens_its_stages_for_its_days(
    agent: User, supervisor: User, days_ago: int, score: int, values: tuple[str, ...], closed: set[str]
) -> None:
    examine(agent, supervisor, score=score, exam_on=TODAY - days_ago * DAY, values=values)

    assert barred([agent], TODAY)[agent.pk] == closed


@pytest.mark.usefixtures("asked")
def test_nobody_untrained_is_given_a_case(agent: User, supervisor: User) -> None:
    case = make_case()

    with pytest.raises(UntrainedError):
        assign([case], to=agent, by=supervisor, at=NOW, on=TODAY)
    assert propose(Question(), by=supervisor, at=NOW, on=TODAY).count == 0  # type: ignore[union-attr]

    examine(agent, supervisor)
    assert propose(Question(), by=supervisor, at=NOW, on=TODAY).count == 1  # type: ignore[union-attr]
    assign([case], to=agent, by=supervisor, at=NOW, on=TODAY)
    assert Case.objects.get().owner == agent


@pytest.mark.usefixtures("asked")
def test_nobody_untrained_is_dealt_a_case_by_name(agent: User, supervisor: User) -> None:
    make_case()

    found = propose(Question(to=(agent.pk,), named=True), by=supervisor, at=NOW, on=TODAY)

    assert found is not None
    assert found.count == 0


@pytest.mark.usefixtures("asked")
def test_nobody_untrained_pulls_a_case(agent: User, supervisor: User) -> None:
    Team.objects.update(pulls=True)
    agent.refresh_from_db()
    make_case()
    Case.objects.update(next_at=None)
    before = next_case(by=User.objects.get(pk=agent.pk), at=NOW, on=TODAY)

    examine(agent, supervisor)

    assert before is None
    assert next_case(by=User.objects.get(pk=agent.pk), at=NOW, on=TODAY) is not None


@pytest.mark.usefixtures("asked")
def test_the_call_drawer_stays_shut_without_an_examination(agent: User, supervisor: User, sign_in: SignIn) -> None:
    case = make_case(owner=agent)
    url = f"/cases/{case.pk}/call/"
    shut, refused = sign_in(agent).get(url), sign_in(agent).post(url, {"one_time_key": "k"})

    examine(agent, supervisor)

    assert "no passed examination" in shut.content.decode()
    assert refused.status_code == 422
    assert "Not without an examination" not in sign_in(agent).get(url).content.decode()
    assert why_barred(agent, case, TODAY) == ""


@pytest.mark.usefixtures("asked")
def test_a_watched_case_comes_back_into_the_pool_where_its_owner_may_not_work_it(agent: User) -> None:
    case = make_case(owner=agent)
    Assignment.objects.create(case=case, agent=agent, from_at=NOW)
    pay(case.borrower.loans.get(), 120_000, value_on=TODAY)
    make_loan(case.borrower, number="L-second", days=-5)

    close_day(TODAY + 6 * DAY)

    assert Case.objects.get().owner is None


@pytest.mark.usefixtures("asked")
def test_what_ends_within_thirty_days_is_told(agent: User, supervisor: User, sign_in: SignIn) -> None:
    examine(agent, supervisor, exam_on=TODAY - 335 * DAY)

    page = sign_in(agent).get("/my-day/").content.decode()

    assert ends_soon([agent], TODAY) == 1
    assert ends_soon([agent], TODAY - DAY) == 0
    assert (TODAY + 30 * DAY).isoformat() in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"exam_on": TODAY + DAY}, "exam_on"), ({"trained_on": TODAY + DAY}, "trained_on")],
    ids=["an examination ahead", "a training after it"],
)
def test_what_makes_no_sense_is_refused(agent: User, supervisor: User, changes: dict[str, Any], field: str) -> None:
    typed: dict[str, Any] = {
        "user": agent, "kind": "pre_job", "values": [], "trained_on": TODAY, "exam_on": TODAY, "score": 90, "evidence": "",
    }  # fmt: skip

    with pytest.raises(TrainingError) as refused:
        record_training(**(typed | changes), by=supervisor, at=NOW, on=TODAY)

    assert refused.value.field == field


def test_nobody_records_their_own_examination(supervisor: User) -> None:
    with pytest.raises(TrainingError):
        examine(supervisor, supervisor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Training.objects.create(
            user=supervisor, recorded_by=supervisor, kind="yearly", trained_on=TODAY, exam_on=TODAY, score=90,
            passed=True, recorded_at=NOW,
        )  # fmt: skip


def test_the_database_refuses_an_examination_before_its_training(agent: User, supervisor: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Training.objects.create(
            user=agent, recorded_by=supervisor, kind="yearly", trained_on=TODAY, exam_on=TODAY - DAY, score=90,
            passed=True, recorded_at=NOW,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Training.objects.create(
            user=agent, recorded_by=supervisor, kind="yearly", trained_on=TODAY, exam_on=TODAY, score=101,
            passed=True, recorded_at=NOW,
        )  # fmt: skip


@pytest.mark.usefixtures("asked")
def test_a_supervisor_records_an_examination_of_their_team_only(agent: User, supervisor: User, sign_in: SignIn) -> None:
    stranger = make_person("far", team=Team.objects.create(name="South"))
    client = sign_in(supervisor)
    typed = {"kind": "yearly", "values": ["early"], "trained_on": "2026-07-14", "exam_on": "2026-07-15", "score": "91"}

    answer = client.post(f"/caseloads/training/{agent.pk}/record/", typed | {"one_time_key": "k"})

    assert answer.status_code == 302
    assert barred([agent], TODAY)[agent.pk] == {"middle", "late"}
    assert "91" in in_words(Entry.objects.get(action="staff.training_recorded"))
    assert client.get(f"/caseloads/training/{stranger.pk}/record/").status_code == 404
    assert "Li Na" in client.get("/caseloads/training/").content.decode()
    assert sign_in(agent).get("/caseloads/training/").status_code == 403


def test_plans_are_read_once_a_day(django_assert_num_queries: Any) -> None:
    stages.plan_on(TODAY)

    with django_assert_num_queries(0):
        stages.plan_on(TODAY)
