"""Statements that are put together once."""

from typing import Any

import pytest

from staff.models import Role, Team, User
from staff.statements import Answers, Blank, Statement, for_person

pytestmark = pytest.mark.django_db


def test_a_statement_gives_the_rows_that_its_queryset_would_for_the_key_filled_in() -> None:
    one, other = (User.objects.create_user(name, role=Role.AGENT) for name in ("one", "other"))
    stated = Statement(User.objects.filter(pk=Blank("who")).values_list("username", "date_joined", "is_active"))

    assert stated.rows(who=one.pk) == [("one", one.date_joined, True)]
    assert stated.rows(who=other.pk) == [("other", other.date_joined, True)]
    assert stated.rows(who=0) == []
    assert stated.rows(who=10**30) == stated.rows(who=2**63) == stated.rows(who=-(2**63) - 1) == []


def test_what_was_asked_is_told_however_often_it_is_asked(django_assert_num_queries: Any) -> None:
    """Also once a connection has prepared it."""
    stated = Statement(User.objects.filter(pk=Blank("who")).values_list("username"))

    with django_assert_num_queries(12) as asked:
        for _time in range(12):
            stated.rows(who=1)

    assert all("staff_user" in query["sql"] for query in asked)


def test_a_statement_gives_the_models_that_its_queryset_would_with_what_is_read_along(
    django_assert_num_queries: Any,
) -> None:
    team = Team.objects.create(name="North")
    one, other = (User.objects.create_user(name, team=its) for name, its in (("one", team), ("other", None)))
    stated = Statement(User.objects.select_related("team").filter(pk=Blank("who")))

    with django_assert_num_queries(3):
        (found,), (teamless,) = stated.objects(who=one.pk), stated.objects(who=other.pk)
        assert stated.objects(who=0) == []
        assert (found.team, found.team.name, teamless.team) == (team, "North", None)

    wanted = User.objects.get(pk=one.pk)
    assert {name: value for name, value in vars(found).items() if name != "_state"} == {
        name: value for name, value in vars(wanted).items() if name != "_state"
    }
    assert (found._state.db, found._state.adding) == (wanted._state.db, False)


def test_answers_come_in_one_query_and_none_where_there_is_none(django_assert_num_queries: object) -> None:
    user = User.objects.create_user("one", role=Role.AGENT)
    names = User.objects.filter(pk=Blank("who")).values_list("username")
    asked = Answers([names, User.objects.none().values_list("pk"), names.filter(role=Role.MANAGER)])

    with django_assert_num_queries(1):  # type: ignore[operator]
        assert asked.values(who=user.pk) == ("one", None, None)


def test_counts_stop_at_what_is_asked_for() -> None:
    for name in ("one", "two", "three"):
        User.objects.create_user(name, role=Role.AGENT)
    agents = User.objects.agents().values_list("pk")

    assert Answers([agents, agents[:2], User.objects.none()], counted=True).values() == (3, 2, 0)


def test_what_is_kept_for_a_person_goes_with_their_role_and_team() -> None:
    user = User.objects.create_user("one", role=Role.AGENT)

    def in_team(person: User) -> Answers:
        return Answers([User.objects.filter(team=person.team_id, role=person.role)], counted=True)

    assert for_person(in_team, user).values() == (1,)
    user.team = Team.objects.create(name="North")
    assert for_person(in_team, user).values() == (0,)
    user.save()
    assert for_person(in_team, user).values() == (1,)
