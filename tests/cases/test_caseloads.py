"""The supervisor's page: load, pool, proposal, and giving out in one step."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from behind import NOW, TODAY, close_day, make_loan, make_person
from cases.models import Case
from reachable import make_borrower
from staff.models import Absence, Role, User
from staff.once import FIELD, new_key

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def pool(db: None) -> list[Case]:
    for number, days in enumerate([5, 40, 70]):
        make_loan(make_borrower(f"B{number}", phone=None), days=days)
    close_day(TODAY)
    return list(Case.objects.order_by("pk"))


@pytest.fixture
def desk(supervisor: User, sign_in: SignIn) -> Client:
    return sign_in(supervisor)


def post(client: Client, name: str, *args: int, **data: Any) -> Any:
    return client.post(reverse(name, args=args), {FIELD: new_key()} | data)


def share(agent: User, cases: list[Case], version: int = 0) -> str:
    return f"{agent.pk}:" + ",".join(f"{case.pk}.{version}" for case in cases)


def test_the_page_shows_load_room_and_the_pool(desk: Client, pool: list[Case], agent: User) -> None:
    response = desk.get(reverse("caseloads"))

    row = response.context["team"][0]
    assert (row.user, row.load, row.room) == (agent, 0, 3)
    assert response.context["shortage"].waiting == 3
    assert response.context["shortage"].missing == 0


def test_a_shortage_is_an_alert(desk: Client, pool: list[Case], colleague: User) -> None:
    page = desk.get(reverse("caseloads")).content.decode()

    assert "Short of room for 1 case" in page


@pytest.mark.parametrize(
    ("query", "count"), [({"bucket": "M2"}, 1), ({"funder": "bank"}, 3), ({"language": "en"}, 0), ({"owner": "99"}, 0)]
)
def test_the_pool_is_filtered_in_the_url(desk: Client, pool: list[Case], query: dict[str, str], count: int) -> None:
    assert len(desk.get(reverse("caseloads"), query).context["rows"]) == count


def test_a_proposal_moves_nothing(desk: Client, pool: list[Case], agent: User) -> None:
    response = desk.post(reverse("assign_preview"), {"selected": [case.pk for case in pool]})

    assert response.context["proposal"].total == 3
    assert not Case.objects.exclude(owner=None).exists()


def test_all_that_match_are_proposed(desk: Client, pool: list[Case], agent: User) -> None:
    response = desk.post(reverse("assign_preview"), {"all": "1", "bucket": "M2"})

    assert response.context["proposal"].total == 1


def test_a_proposal_over_capacity_cannot_be_confirmed(desk: Client, pool: list[Case], colleague: User) -> None:
    response = desk.post(reverse("assign_preview"), {"selected": [case.pk for case in pool], "to": colleague.pk})

    assert not response.context["proposal"].is_possible
    assert "too many" in response.content.decode()


def test_what_was_shown_is_given_out_and_can_be_undone(desk: Client, pool: list[Case], agent: User) -> None:
    post(desk, "assign_apply", share=share(agent, pool))
    assert Case.objects.filter(owner=agent).count() == 3

    batch = desk.get(reverse("caseloads")).context["undo_batch"]
    post(desk, "assign_undo", batch=batch)

    assert not Case.objects.exclude(owner=None).exists()


def test_a_proposal_on_old_versions_is_refused_and_drawn_anew(desk: Client, pool: list[Case], agent: User) -> None:
    Case.objects.filter(pk=pool[0].pk).update(version=4)

    response = post(desk, "assign_apply", share=share(agent, pool))

    page = response.content.decode()
    assert response.status_code == 409
    assert "changed by somebody else" in page
    assert f"{pool[0].pk}.4" in page
    assert not Case.objects.exclude(owner=None).exists()


def test_capacity_is_checked_again_when_it_is_given_out(desk: Client, pool: list[Case], colleague: User) -> None:
    response = post(desk, "assign_apply", share=share(colleague, pool))

    assert response.status_code == 409
    assert "not enough room with Wu Lei" in response.content.decode()


@pytest.mark.parametrize("text", ["", "x", "1:2", "1:2.3,", ":", "99:1.0"])
def test_a_share_that_makes_no_sense_gives_nothing_out(desk: Client, pool: list[Case], text: str) -> None:
    assert post(desk, "assign_apply", share=text).status_code == 422


def test_cases_are_given_out_only_within_ones_teams(desk: Client, pool: list[Case]) -> None:
    stranger = make_person("elsewhere")

    assert post(desk, "assign_apply", share=share(stranger, pool)).status_code == 422


def test_the_cases_of_somebody_away_move_to_those_who_are_here(
    desk: Client, pool: list[Case], agent: User, colleague: User
) -> None:
    post(desk, "assign_apply", share=share(agent, pool))
    Absence.objects.create(user=agent, from_on=TODAY, to_on=TODAY, noted_at=NOW)

    response = desk.post(reverse("move_person", args=[agent.pk]), {FIELD: new_key(), "to": [colleague.pk]}, follow=True)

    page = response.content.decode()
    assert Case.objects.filter(owner=colleague).count() == 2
    assert "1 case stays: no room." in page


def test_an_absence_is_noted_and_the_person_is_left_out(desk: Client, pool: list[Case], agent: User) -> None:
    days = {"from_on": TODAY.isoformat(), "to_on": (TODAY + timedelta(days=2)).isoformat()}

    post(desk, "note_absence", agent.pk, **days)

    assert desk.get(reverse("caseloads")).context["team"][0].is_away
    assert desk.post(reverse("assign_preview"), {"selected": [pool[0].pk]}).context["proposal"].total == 0


def test_an_absence_that_ends_before_it_begins_is_refused(desk: Client, agent: User) -> None:
    days = {"from_on": TODAY.isoformat(), "to_on": (TODAY - timedelta(days=1)).isoformat()}

    assert post(desk, "note_absence", agent.pk, **days).status_code == 422


def test_the_page_costs_the_same_however_many_cases(
    desk: Client, pool: list[Case], agent: User, django_assert_max_num_queries: Any
) -> None:
    url = reverse("caseloads")
    desk.get(url)
    with django_assert_max_num_queries(35) as few:
        desk.get(url)
    for number in range(10):
        make_loan(make_borrower(f"C{number}", phone=None), days=10)
    close_day(TODAY)

    with django_assert_max_num_queries(35) as many:
        desk.get(url)

    assert len(few) == len(many)


@pytest.mark.parametrize("role", [Role.AGENT, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_supervisors_give_cases_out(sign_in: SignIn, role: str, db: None) -> None:
    client = sign_in(make_person("somebody", role))

    assert client.get(reverse("caseloads")).status_code == 403
    assert client.post(reverse("assign_apply"), {FIELD: new_key()}).status_code == 403
