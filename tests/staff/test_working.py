"""What people take, teams in a tree, and what follows when somebody leaves."""

from datetime import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from staff.demo import ensure_sign_ins
from staff.models import Role, Team, User
from staff.models.people import TEAM_LEVELS
from staff.seen import print_of
from staff.teams import facts_of
from staff.working import work_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Client:
    ensure_sign_ins()
    client = Client()
    client.force_login(User.objects.get(role=Role.ADMINISTRATOR))
    return client


@pytest.fixture
def person(administrator: Client) -> User:
    return User.objects.get(username="agent")


def work(client: Client, person: User, **data: Any) -> Any:
    values = {
        "shift_days": ["1", "2", "3", "4", "5"],
        "one_time_key": "k1",
        "seen": print_of(work_of(User.objects.get(pk=person.pk))),
    } | data
    return client.post(reverse("person_work", args=[person.pk]), values)


def send_team(client: Client, name: str = "North", key: str = "k1", pk: int = 0, **data: Any) -> Any:
    url = reverse("team_change", args=[pk]) if pk else reverse("team_add")
    seen = print_of(facts_of(Team.objects.get(pk=pk))) if pk else ""
    return client.post(url, {"name": name, "one_time_key": key, "seen": seen} | data)


def test_skills_effort_and_shift_are_set_with_an_entry(administrator: Client, person: User) -> None:
    answer = work(
        administrator,
        person,
        effort="300",
        language=["en"],
        stage=["early", "late"],
        shift_from="09:00",
        shift_to="18:00",
    )

    person.refresh_from_db()
    assert answer.status_code == 302
    assert (person.effort, person.shift_days, person.shift_from) == (300, "12345", time(9))
    assert sorted(person.skills.values_list("kind", "value")) == [
        ("language", "en"), ("stage", "early"), ("stage", "late"),
    ]  # fmt: skip
    assert Entry.objects.filter(action="staff.work_set", actor="administrator").count() == 1


def test_skills_are_replaced_and_no_tick_takes_all(administrator: Client, person: User) -> None:
    work(administrator, person, language=["en"])

    work(administrator, person, one_time_key="k2")

    assert not person.skills.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param({"shift_from": "09:00"}, "a beginning and an end", id="half a shift"),
        pytest.param({"shift_days": []}, "required", id="no working day"),
        pytest.param({"effort": "0"}, "1", id="no effort"),
        pytest.param({"language": ["tlh"]}, "tlh", id="an unknown language"),
    ],
)
def test_work_that_makes_no_sense_is_refused(
    administrator: Client, person: User, data: dict[str, Any], words: str
) -> None:
    answer = work(administrator, person, **data)

    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    ("hours", "moment", "is_on"),
    [
        ((9, 18), time(9), True),
        ((9, 18), time(18), False),
        ((22, 6), time(23), True),
        ((22, 6), time(5), True),
        ((22, 6), time(12), False),
    ],
)
def test_a_shift_may_run_over_midnight(hours: tuple[int, int], moment: time, is_on: bool) -> None:
    person = User(shift_from=time(hours[0]), shift_to=time(hours[1]))

    assert person.is_on_shift(moment) is is_on


def test_a_team_is_added_and_changed_with_entries(administrator: Client) -> None:
    send_team(administrator, pulls="on")
    team = Team.objects.get(name="North")

    send_team(administrator, "Far North", "k2", team.pk)

    team.refresh_from_db()
    assert (team.name, team.pulls) == ("Far North", False)
    assert Entry.objects.filter(action__startswith="staff.team_").count() == 2


def test_a_team_cannot_stand_below_itself(administrator: Client) -> None:
    top = Team.objects.create(name="Top")
    below = Team.objects.create(name="Under", parent=top)

    answer = send_team(administrator, "Top", pk=top.pk, parent=below.pk)

    assert answer.status_code == 422
    assert "below itself" in answer.content.decode()


def test_the_tree_is_held_to_its_depth(administrator: Client) -> None:
    parent = None
    for level in range(TEAM_LEVELS):
        parent = Team.objects.create(name=f"Level {level}", parent=parent)
    assert parent

    assert send_team(administrator, parent=parent.pk).status_code == 422
    assert send_team(administrator, "Free", "k2").status_code == 302
    free = Team.objects.get(name="Free")
    Team.objects.create(name="Under free", parent=free)
    assert send_team(administrator, "Free", "k3", free.pk, parent=parent.parent_id).status_code == 422


def test_two_teams_have_two_names(administrator: Client) -> None:
    Team.objects.create(name="North")

    assert send_team(administrator, "north").status_code == 422


def test_the_tree_is_shown_in_order(administrator: Client) -> None:
    top = Team.objects.create(name="Alpha")
    Team.objects.create(name="Gamma")
    Team.objects.create(name="Beta", parent=top)

    page = administrator.get(reverse("teams"))

    shown = [(node.team.name, node.depth) for node in page.context["nodes"] if node.team.name != "Team One"]
    assert shown == [("Alpha", 0), ("Beta", 1), ("Gamma", 0)]


def test_a_supervisor_sees_the_people_of_every_team_below(administrator: Client) -> None:
    teams = [Team.objects.create(name="0")]
    for level in range(1, TEAM_LEVELS):
        teams.append(Team.objects.create(name=str(level), parent=teams[-1]))
    people = [User.objects.create_user(f"p{level}", team=team) for level, team in enumerate(teams)]

    assert set(User.objects.in_teams_of(people[0])) == set(people)
    assert set(User.objects.in_teams_of(people[2])) == set(people[2:])


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.MANAGER])
def test_people_are_an_administrators_matter(administrator: Client, person: User, role: str) -> None:
    client = Client()
    client.force_login(User.objects.get(role=role, username=role))

    assert work(client, person).status_code == 403
    assert send_team(client).status_code == 403
