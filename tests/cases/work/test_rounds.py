"""Next case: on through what is due, each once a round, and what has fallen due meanwhile before the rest."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from behind import NOW, TODAY, close_day, make_loan
from cases.models import Case
from cases.rounds import KEPT_MAX, PASSED, pass_over
from reachable import make_borrower
from staff.models import User

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def cases(agent: User) -> list[Case]:
    """Three cases in one agent's hands, the most urgent first."""
    for number in range(3):
        make_loan(make_borrower(f"B{number}", phone=f"138001380{number:02}"), days=10, amount=90_000 - number * 30_000)
    close_day(TODAY)
    Case.objects.update(owner=agent)
    return list(Case.objects.order_by("-priority", "pk"))


def after(client: Client, case: Case) -> str:
    return str(client.get(reverse("take_next"), {"from": case.pk})["Location"])


def page(case: Case) -> str:
    return reverse("case_page", args=[case.pk])


def test_every_case_is_met_once_and_then_the_list_again(cases: list[Case], agent: User, sign_in: SignIn) -> None:
    _first, second, third = cases
    client = sign_in(agent)

    assert [after(client, case) for case in cases] == [page(second), page(third), reverse("my_day")]
    assert "You have been through everything" in client.get(reverse("my_day")).content.decode()


def test_what_was_worked_does_not_bring_back_what_was_passed_over(
    cases: list[Case], agent: User, sign_in: SignIn
) -> None:
    first, second, third = cases
    client = sign_in(agent)
    after(client, first)
    Case.objects.filter(pk=second.pk).update(next_at=NOW + timedelta(days=1), priority=0)

    assert after(client, second) == page(third)


def test_my_day_begins_a_new_round(cases: list[Case], agent: User, sign_in: SignIn) -> None:
    first, _second, third = cases
    client = sign_in(agent)
    after(client, first)
    client.get(reverse("my_day"))

    assert after(client, third) == page(first)


def test_what_fell_due_since_it_was_passed_comes_up_again(
    cases: list[Case], agent: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _third = cases
    client = sign_in(agent)
    Case.objects.filter(pk=first.pk).update(next_at=NOW + timedelta(minutes=20))
    assert after(client, first) == page(second)
    monkeypatch.setattr("config.middleware.now", lambda: NOW + timedelta(minutes=20))

    assert after(client, second) == page(first)


def test_somebody_elses_case_is_never_next(cases: list[Case], agent: User, colleague: User, sign_in: SignIn) -> None:
    Case.objects.filter(pk=cases[1].pk).update(owner=colleague)

    assert after(sign_in(agent), cases[0]) == page(cases[2])


@pytest.mark.parametrize("left", ["", "x", "-1", "9" * 40, "²"])
def test_an_address_without_sense_goes_to_the_most_urgent(
    cases: list[Case], agent: User, sign_in: SignIn, left: str
) -> None:
    assert sign_in(agent).get(reverse("take_next"), {"from": left})["Location"] == page(cases[0])


def test_the_oldest_that_was_passed_over_is_forgotten_first(agent: User, sign_in: SignIn) -> None:
    session = sign_in(agent).session
    for number in range(KEPT_MAX + 1):
        pass_over(session, number, datetime.fromtimestamp(0, tz=NOW.tzinfo))

    assert len(session[PASSED]) == KEPT_MAX
    assert "0" not in session[PASSED]
    assert list(session[PASSED])[-1] == str(KEPT_MAX)


def test_the_key_stands_on_the_page_of_an_agent(cases: list[Case], agent: User, sign_in: SignIn) -> None:
    assert f"{reverse('take_next')}?from={cases[0].pk}" in sign_in(agent).get(page(cases[0])).content.decode()


def test_going_on_costs_one_question_of_cases(
    cases: list[Case], agent: User, sign_in: SignIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = sign_in(agent)

    after(client, cases[0])
    with django_assert_max_num_queries(7):  # type: ignore[attr-defined]
        after(client, cases[1])
