"""Machines deal out as people do: rules, a proposal and its word, the next case."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from behind import NOW, TODAY, close_day, make_loan, make_person, make_team
from cases.models import AssignmentRule, Case, Proposal
from reachable import make_borrower
from staff.models import Role, Skill, Team, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pool(monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    monkeypatch.setattr("config.middleware.now", lambda: NOW)
    for number in range(3):
        make_loan(make_borrower(f"B{number}", phone=None), days=10)
    close_day(TODAY)
    Case.objects.update(next_at=None)
    return list(Case.objects.order_by("-priority", "pk"))


def as_user(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def ask(client: APIClient, **data: Any) -> Any:
    return client.post("/api/v1/proposals/", data, format="json")


def test_a_proposal_is_asked_applied_once_and_answers_the_same_again(agent: User, supervisor: User) -> None:
    client = as_user(supervisor)
    asked = ask(client)
    url = f"/api/v1/proposals/{asked.data['id']}/"

    answers = [client.post(f"{url}apply/") for _ in range(2)]

    assert (asked.status_code, asked.data["cases"]) == (201, 3)
    assert asked.data["people"] == [{"agent": "li", "before": 0, "coming": 3, "going": 0, "after": 3, "capacity": 3}]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].data == answers[1].data == client.get(url).data
    assert Case.objects.filter(owner=agent).count() == 3


def test_a_proposal_that_went_stale_is_a_conflict(agent: User, supervisor: User) -> None:
    client = as_user(supervisor)
    asked = ask(client)
    Case.objects.update(version=9)

    answer = client.post(f"/api/v1/proposals/{asked.data['id']}/apply/")

    assert answer.status_code == 409
    assert "changed" in answer.data["detail"]


def test_what_moves_nothing_keeps_nothing(agent: User, supervisor: User) -> None:
    answer = ask(as_user(supervisor), language="en")

    assert (answer.status_code, answer.data["id"], answer.data["cases"]) == (200, None, 0)
    assert not Proposal.objects.exists()


def test_an_agents_cases_are_named_by_user_name(agent: User, supervisor: User) -> None:
    Case.objects.update(owner=agent)
    make_person("other", team=Team.objects.create(name="South"))

    taken = ask(as_user(supervisor), owner="li", take_back=True)
    unknown = ask(as_user(supervisor), owner="other")

    assert (taken.data["cases"], unknown.status_code) == (3, 404)


def test_a_proposal_is_discarded(agent: User, supervisor: User) -> None:
    client = as_user(supervisor)
    url = f"/api/v1/proposals/{ask(client).data['id']}/discard/"

    assert [client.post(url).status_code for _ in range(2)] == [204, 404]


def test_a_key_takes_one_case(agent: User, pool: list[Case]) -> None:
    Team.objects.update(pulls=True)
    client = as_user(User.objects.get(pk=agent.pk))

    answers = [client.post("/api/v1/next-case/", headers={"Idempotency-Key": key}) for key in ("one", "one", "two")]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert [answer.data["case"] for answer in answers] == [pool[0].pk, pool[0].pk, pool[1].pk]


def test_an_empty_pool_is_no_error_and_no_pulling_is_one(agent: User) -> None:
    client = as_user(agent)
    refused = client.post("/api/v1/next-case/", headers={"Idempotency-Key": "a"})
    Team.objects.update(pulls=True)
    Case.objects.update(owner=make_person("wu"))

    empty = as_user(User.objects.get(pk=agent.pk)).post("/api/v1/next-case/", headers={"Idempotency-Key": "b"})

    assert refused.status_code == 409
    assert (empty.status_code, empty.data) == (200, {"case": None})
    assert client.post("/api/v1/next-case/").status_code == 400


def test_people_teams_and_rules_are_read(agent: User, supervisor: User) -> None:
    Skill.objects.create(user=agent, kind="language", value="en")
    AssignmentRule.objects.create(name="r", position=1, team=make_team(), changed_by=supervisor, changed_at=NOW)
    boss = as_user(make_person("ada", Role.ADMINISTRATOR))

    people = {person["username"]: person for person in boss.get("/api/v1/people/").data}

    assert people["li"]["skills"] == ["language:en"]
    assert [team["name"] for team in boss.get("/api/v1/teams/").data] == ["North"]
    assert as_user(supervisor).get("/api/v1/assignment-rules/").data[0]["team"] == "North"
