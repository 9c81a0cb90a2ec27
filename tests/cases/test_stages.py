"""Stages are a plan that two people publish; the house's own holds until then."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from behind import NOW, TODAY, close_day, make_case, make_loan, make_person
from cases import stages
from cases.models import AssignmentRule, Case, StagePlan
from cases.stage_publishing import fault_of, moved_by, put_forward_plan
from cases.stages import HOUSE, Other, Plan
from lending.buckets import BUCKETS
from lending.changes import ChangeError, decide
from lending.models import Change
from reachable import make_borrower
from staff.models import Role, User

pytestmark = pytest.mark.django_db
TOMORROW = TODAY + timedelta(days=1)
FIRST, *LATER = HOUSE.stages
TIGHT = Plan((FIRST._replace(rest_days=1, watch_days=5), LATER[0]._replace(from_bucket="M1", code="soft", name="Soft")))


@pytest.fixture
def manager(db: None) -> User:
    return make_person("zhou", Role.MANAGER)


def publish(plan: Plan, by: User, checker: User, **options: Any) -> Change:
    change = put_forward_plan(plan, from_on=TOMORROW, words="Calmer.", by=by, at=NOW, on=TODAY, **options)
    return decide(change, approve=True, words="", payload_hash=change.payload_hash, by=checker, at=NOW, on=TODAY)


@pytest.mark.parametrize(
    ("bucket", "stage"), [("M0", "early"), ("M1", "early"), ("M2", "middle"), ("M3", "middle"), ("M4", "late"), ("M7", "late")]
)  # fmt: skip
def test_the_houses_own_plan_stages_by_bucket(bucket: str, stage: str) -> None:
    assert HOUSE.stage_of(bucket) == stage


def test_the_first_exception_that_fits_decides() -> None:
    plan = HOUSE._replace(
        exceptions=(Other("late", "card", "high", "M1", "M1"), Other("middle", "", "high", "M1", "M3"))
    )

    assert plan.stage_of("M1", {"card"}, "high") == "late"
    assert plan.stage_of("M1", {"loan"}, "high") == "middle"
    assert plan.stage_of("M1", {"card"}, "low") == "early"
    assert plan.stage_of("M4", {"card"}, "high") == "late"


@given(st.sampled_from([bucket.code for bucket in BUCKETS]), st.sampled_from(["", "low", "high"]))
def test_every_bucket_has_a_stage_of_the_plan(bucket: str, band: str) -> None:
    plan = TIGHT._replace(exceptions=(Other("soft", "", "high", "M0", "M1"),))

    assert plan.stage_of(bucket, (), band) in {stage.code for stage in plan.stages}


@pytest.mark.parametrize(("points", "band"), [(79, "high"), (80, "middle"), (139, "middle"), (140, "low")])
def test_the_points_decide_the_band(points: int, band: str) -> None:
    assert stages.band_of(points) == band


FAULTS = {
    "nothing begins with M0": Plan((LATER[0],)),
    "two begin with one bucket": Plan((FIRST, FIRST._replace(code="other"))),
    "a code twice": Plan((FIRST, FIRST._replace(from_bucket="M2"))),
    "no name": Plan((FIRST._replace(name=" "),)),
    "a watch of years": Plan((FIRST._replace(watch_days=366),)),
    "an exception into nowhere": HOUSE._replace(exceptions=(Other("x", "", "high", "M1", "M1"),)),
    "an exception for everybody": HOUSE._replace(exceptions=(Other("late", "", "", "M1", "M1"),)),
    "an exception backwards": HOUSE._replace(exceptions=(Other("late", "", "high", "M2", "M1"),)),
    "an unknown product": HOUSE._replace(exceptions=(Other("late", "nope", "", "M1", "M1"),)),
}


@pytest.mark.parametrize("plan", FAULTS.values(), ids=FAULTS.keys())
def test_what_makes_no_sense_is_refused(plan: Plan, supervisor: User) -> None:
    assert fault_of(plan)
    with pytest.raises(ChangeError):
        put_forward_plan(plan, from_on=TOMORROW, words="", by=supervisor, at=NOW, on=TODAY)


def test_the_houses_plan_makes_sense() -> None:
    assert fault_of(HOUSE) == ""


def test_a_stage_that_a_rule_still_names_cannot_go(supervisor: User) -> None:
    AssignmentRule.objects.create(name="Late", position=1, stage="late", changed_by=supervisor, changed_at=NOW)

    with pytest.raises(ChangeError, match="late"):
        put_forward_plan(TIGHT, from_on=TOMORROW, words="", by=supervisor, at=NOW, on=TODAY)


def test_nobody_publishes_their_own_plan(manager: User) -> None:
    with pytest.raises(ChangeError):
        publish(TIGHT, manager, manager)

    assert not StagePlan.objects.exists()


def test_a_plan_begins_on_a_later_day(supervisor: User) -> None:
    with pytest.raises(ChangeError) as refused:
        put_forward_plan(TIGHT, from_on=TODAY, words="", by=supervisor, at=NOW, on=TODAY)

    assert refused.value.field == "valid_from"


def test_the_night_of_its_day_moves_the_cases(supervisor: User, manager: User) -> None:
    case = make_case(days=10)
    change = publish(TIGHT, supervisor, manager)
    assert change.content["moved"] == [["early", "soft", 1]] or change.content["moved"] == [("early", "soft", 1)]

    counts = close_day(TOMORROW)

    case.refresh_from_db()
    assert (counts["regraded"], case.stage, case.bucket) == (1, "soft", "M1")


def test_what_would_move_is_counted_by_stage() -> None:
    make_case("B1", days=10)
    make_loan(make_borrower("B2", phone=None), days=100)
    close_day(TODAY)

    assert moved_by(TIGHT) == [("early", "soft", 1), ("late", "soft", 1)]
    assert moved_by(HOUSE) == []


def test_an_exception_by_risk_follows_the_points(supervisor: User, manager: User) -> None:
    from risk.models import BorrowerRisk

    case = make_case(days=10)
    BorrowerRisk.objects.update_or_create(
        borrower=case.borrower, defaults={"as_of": TODAY, "ability": 10, "willingness": 20}
    )
    publish(HOUSE._replace(exceptions=(Other("late", "", "high", "M1", "M1"),)), supervisor, manager)

    close_day(TOMORROW)

    assert Case.objects.get().stage == "late"


def test_the_pages_tell_and_change_the_plan(supervisor: User, manager: User, sign_in: Callable[[User], Client]) -> None:
    client = sign_in(supervisor)
    form = client.get("/caseloads/stages/change/").context["form"]
    data = {name: typed(field) for name, field in form.fields.items()}
    data |= {"valid_from": TOMORROW.isoformat(), "words": "Shorter watch", "stage0_watch_days": 7, "one_time_key": "k1"}

    answer = client.post("/caseloads/stages/change/", data)

    change = Change.objects.get()
    assert answer.status_code == 302
    assert change.content["stages"][0]["watch_days"] == 7
    assert "14" in sign_in(manager).get(f"/changes/{change.pk}/").content.decode()
    assert "Shorter watch" not in client.get("/caseloads/stages/").content.decode()
    assert "put another plan forward" in client.get("/caseloads/stages/").content.decode()


def typed(field: Any) -> Any:
    """What a browser sends of a field that nobody touched."""
    if field.initial is not None:
        return field.initial
    return field.choices[0][0] if hasattr(field, "choices") else ""


def test_an_agent_sees_no_plan(agent: User, sign_in: Callable[[User], Client]) -> None:
    client = sign_in(agent)

    assert client.get("/caseloads/stages/").status_code == 403
    assert client.post("/caseloads/stages/change/").status_code == 403


def test_a_wrong_plan_comes_back_with_what_was_typed(supervisor: User, sign_in: Callable[[User], Client]) -> None:
    answer = sign_in(supervisor).post(
        "/caseloads/stages/change/", {"stage0_code": "x", "words": "kept words", "one_time_key": "k1"}
    )

    assert answer.status_code == 422
    assert "kept words" in answer.content.decode()
