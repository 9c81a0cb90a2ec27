"""The supervisor's page: load, pool, proposal, and giving out in one step."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from behind import NOW, TODAY, close_day, make_loan, make_person, make_team
from cases.models import Assignment, Case, Proposal
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


def proposed(client: Client, **data: Any) -> Proposal:
    """The proposal that the page made of these ticks or filters."""
    assert client.post(reverse("assign_preview"), data).status_code == 302
    return Proposal.objects.get(state="draft")


def give_out(client: Client, **data: Any) -> Any:
    return post(client, "proposal_apply", proposed(client, **data).pk)


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
    proposal = proposed(desk, selected=[case.pk for case in pool])

    page = desk.get(reverse("proposal", args=[proposal.pk]), {"agent": agent.pk})

    assert (proposal.count, proposal.lines) == (3, [[agent.pk, 0, 3, 0, 3, 3]])
    assert [why for _row, why in page.context["drawn"].rows] == ["from the pool"] * 3
    assert not Case.objects.exclude(owner=None).exists()


def test_all_that_match_are_proposed(desk: Client, pool: list[Case], agent: User) -> None:
    assert proposed(desk, all="1", bucket="M2").count == 1


def test_what_has_no_room_is_named_before_anything_moves(desk: Client, pool: list[Case], colleague: User) -> None:
    proposal = proposed(desk, selected=[case.pk for case in pool], to=colleague.pk)

    page = desk.get(reverse("proposal", args=[proposal.pk])).content.decode()

    assert proposal.count == 2
    assert "Short of room for 1 case" in page


def test_nothing_chosen_is_said(desk: Client, pool: list[Case]) -> None:
    response = desk.post(reverse("assign_preview"))

    assert response.status_code == 422
    assert "Choose at least one case" in response.content.decode()


def test_what_was_shown_is_given_out_and_can_be_undone(desk: Client, pool: list[Case], agent: User) -> None:
    give_out(desk, all="1")
    assert Case.objects.filter(owner=agent).count() == 3

    post(desk, "proposal_undo", desk.get(reverse("caseloads")).context["undoable"].pk)

    assert not Case.objects.exclude(owner=None).exists()


def test_a_second_click_gives_nothing_out_again(desk: Client, pool: list[Case], agent: User) -> None:
    proposal = proposed(desk, all="1")

    answers = [post(desk, "proposal_apply", proposal.pk).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Assignment.objects.count() == 3


def test_a_proposal_is_thrown_away(desk: Client, pool: list[Case], agent: User) -> None:
    post(desk, "proposal_discard", proposed(desk, all="1").pk)

    assert not Proposal.objects.exists()
    assert not Case.objects.exclude(owner=None).exists()


def test_a_proposal_on_old_versions_is_refused_and_drawn_anew(desk: Client, pool: list[Case], agent: User) -> None:
    old = proposed(desk, all="1")
    Case.objects.filter(pk=pool[0].pk).update(version=4)

    response = post(desk, "proposal_apply", old.pk)

    assert response.status_code == 409
    assert "have changed since" in response.content.decode()
    assert not Case.objects.exclude(owner=None).exists()
    assert post(desk, "proposal_apply", Proposal.objects.get().pk).status_code == 302


def test_capacity_is_checked_again_when_it_is_given_out(desk: Client, pool: list[Case], colleague: User) -> None:
    old = proposed(desk, all="1")
    User.objects.filter(pk=colleague.pk).update(capacity=1)

    response = post(desk, "proposal_apply", old.pk)

    assert response.status_code == 409
    assert "not enough room with Wu Lei" in response.content.decode()


def test_a_proposal_is_its_makers_alone(desk: Client, pool: list[Case], agent: User, sign_in: SignIn) -> None:
    mine = proposed(desk, all="1")
    other = sign_in(make_person("zhao", Role.SUPERVISOR))

    assert other.get(reverse("proposal", args=[mine.pk])).status_code == 404
    assert post(other, "proposal_apply", mine.pk).status_code == 404


def test_cases_are_given_out_only_within_ones_teams(desk: Client, pool: list[Case]) -> None:
    stranger = make_person("elsewhere", team=make_team("South"))

    response = desk.post(reverse("assign_preview"), {"all": "1", "to": stranger.pk})

    assert response.status_code == 409
    assert "Nothing was proposed" in response.content.decode()
    assert not Case.objects.exclude(owner=None).exists()


def test_ticked_cases_are_taken_back(desk: Client, pool: list[Case], agent: User) -> None:
    give_out(desk, all="1")

    give_out(desk, selected=[pool[0].pk], owner=agent.pk, do="take_back")

    assert list(Case.objects.filter(owner=None)) == [pool[0]]


def test_the_cases_of_somebody_away_move_to_those_who_are_here(
    desk: Client, pool: list[Case], agent: User, colleague: User
) -> None:
    give_out(desk, all="1", to=agent.pk)
    Absence.objects.create(user=agent, from_on=TODAY, to_on=TODAY, noted_at=NOW)

    shown = desk.post(reverse("move_person", args=[agent.pk]), {"to": [colleague.pk]}, follow=True).context["drawn"]
    post(desk, "proposal_apply", Proposal.objects.get(state="draft").pk)

    assert Case.objects.filter(owner=colleague).count() == 2
    assert shown.missing == 1


def test_an_absence_is_noted_and_the_person_is_left_out(desk: Client, pool: list[Case], agent: User) -> None:
    days = {"from_on": TODAY.isoformat(), "to_on": (TODAY + timedelta(days=2)).isoformat()}

    post(desk, "note_absence", agent.pk, **days)

    assert desk.get(reverse("caseloads")).context["team"][0].is_away
    assert desk.post(reverse("assign_preview"), {"selected": [pool[0].pk]}).context["drawn"].missing == 1


def test_noting_an_absence_leads_to_handing_the_cases_over(desk: Client, pool: list[Case], agent: User) -> None:
    give_out(desk, all="1")

    response = post(desk, "note_absence", agent.pk, from_on=TODAY.isoformat(), to_on=TODAY.isoformat())

    assert response["Location"] == reverse("move_person", args=[agent.pk])


@pytest.mark.parametrize(("first", "last", "left"), [(-2, 2, [(-2, -1)]), (0, 2, []), (3, 5, [])])
def test_who_is_back_early_is_here_and_what_was_noted_ahead_does_not_come_about(
    desk: Client, agent: User, first: int, last: int, left: list[tuple[int, int]]
) -> None:
    days = {"from_on": TODAY + timedelta(days=first), "to_on": TODAY + timedelta(days=last)}
    absence = Absence.objects.create(user=agent, noted_at=NOW, **days)

    for _twice in range(2):
        post(desk, "absence_end", agent.pk, absence=absence.pk)

    days_left = Absence.objects.values_list("from_on", "to_on")
    assert [((a - TODAY).days, (b - TODAY).days) for a, b in days_left] == left
    assert Entry.objects.filter(action="staff.absence_ended").count() == 1
    assert not desk.get(reverse("caseloads")).context["team"][0].is_away


def test_an_absence_of_somebody_elses_agent_is_not_ended(desk: Client, agent: User) -> None:
    stranger = make_person("zoe", team=make_team("South"))
    absence = Absence.objects.create(user=stranger, from_on=TODAY, to_on=TODAY, noted_at=NOW)

    answers = [post(desk, "absence_end", pk, absence=absence.pk).status_code for pk in (agent.pk, stranger.pk)]

    assert answers == [302, 404]
    assert post(desk, "absence_end", agent.pk, absence="x").status_code == 302
    assert Absence.objects.get() == absence


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
    assert client.post(reverse("assign_preview")).status_code == 403
