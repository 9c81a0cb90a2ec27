"""Why borrowers are behind, counted: by the newest reason, by team and currency, within the reader's scope."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from behind import NOW, TODAY, make_case, make_person
from cases.models import Case
from cases.reasons import record_reason
from cases.why_behind import Share, shares, table
from staff.models import Role, Team, User

SignIn = Callable[[User], Client]


@pytest.fixture
def house(db: None) -> dict[str, Any]:
    early, late = (Team.objects.create(name=name) for name in ("early", "late"))
    people = {name: make_person(name, team=team) for name, team in (("ada", early), ("bo", early), ("cy", late))}
    owners = [*("ada", "ada", "bo", "cy"), None]
    cases = [make_case(f"B{n}", owner=people.get(name) if name else None) for n, name in enumerate(owners)]
    for case, code in zip(cases, ["illness", "illness", "job_loss", "illness", ""], strict=True):
        if case.owner:
            record_reason(case=case, code=code, note="", by=case.owner, at=NOW, on=TODAY)
    Case.objects.update(overdue=100_00, currency="CNY")
    return {"early": early, "people": people, "cases": cases}


def test_the_newest_reason_counts_once_under_the_team_that_has_the_case(
    house: dict[str, Any], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    record_reason(case=house["cases"][0], code="forgot", note="", by=house["people"]["ada"], at=NOW, on=TODAY)

    with django_assert_num_queries(1):
        found = shares(Case.objects.all())

    assert found == [
        Share("", "", "CNY", 1, 100_00),
        Share("forgot", "early", "CNY", 1, 100_00),
        Share("illness", "early", "CNY", 1, 100_00),
        Share("illness", "late", "CNY", 1, 100_00),
        Share("job_loss", "early", "CNY", 1, 100_00),
    ]


def test_the_table_sums_to_all_cases_and_leaves_currencies_apart(house: dict[str, Any]) -> None:
    Case.objects.filter(pk=house["cases"][3].pk).update(currency="USD", overdue=5_00)

    told = table(shares(Case.objects.all()))

    assert (told.teams, told.total) == (["early", "late", ""], 5)
    first = told.rows[0]
    assert (first.code, first.cases, first.share, first.per_team) == ("illness", 3, 60, [2, 1, 0])
    assert first.overdue == [(200_00, "CNY"), (5_00, "USD")]
    assert sum(row.cases for row in told.rows) == told.total


def test_ended_cases_are_left_out(house: dict[str, Any]) -> None:
    Case.objects.filter(pk=house["cases"][2].pk).update(state=Case.State.CURED, ended_on=TODAY)

    assert "job_loss" not in {each.reason for each in shares(Case.objects.all())}


def test_a_supervisor_reads_their_own_teams_and_the_unassigned_as_page_file_and_by_machine(
    house: dict[str, Any], sign_in: SignIn
) -> None:
    client = sign_in(make_person("sue", Role.SUPERVISOR, team=house["early"]))
    url = reverse("why_behind")

    page, file = client.get(url), client.get(url + "?file=csv")
    answer = client.get(reverse("api_why_behind")).json()

    assert page.context["table"].teams == ["early", ""]
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 1 + len(answer) == 4
    assert {each["team"] for each in answer} == {"early", ""}
    assert client.get(url + "?file=xlsx").headers["Content-Disposition"].endswith('.xlsx"')


def test_without_a_case_the_page_says_so(db: None, sign_in: SignIn) -> None:
    answer = sign_in(make_person("max", Role.MANAGER)).get(reverse("why_behind"))

    assert b"No open case" in answer.content


def test_an_agent_does_not_read_it(house: dict[str, Any], sign_in: SignIn) -> None:
    assert sign_in(house["people"]["ada"]).get(reverse("why_behind")).status_code == 403
