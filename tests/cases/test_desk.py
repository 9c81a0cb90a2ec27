"""My day and the case page: who sees what, in which order, at a constant cost."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from behind import NOW, TODAY, close_day, make_case, make_loan, make_person, pay
from cases.callbacks import set_callback
from cases.models import Case, CaseNote
from cases.notes import add_note
from cases.promises import record_promise
from cases.worklist import page_of
from reachable import make_borrower, make_contact, make_point
from staff.models import Role, User

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def in_hand(owner: User, number: int) -> list[Case]:
    """So many borrowers in arrears, all in the same hands."""
    start = Case.objects.count()
    for each in range(start, start + number):
        make_loan(make_borrower(f"B{each}", phone=f"138001380{each:02}"), days=10)
    close_day(TODAY)
    Case.objects.filter(owner=None).update(owner=owner)
    return list(Case.objects.filter(owner=owner).order_by("pk"))


def text_of(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_my_day_puts_what_is_due_in_order_with_the_reason_in_words(agent: User, sign_in: SignIn) -> None:
    calm, promised, later = in_hand(agent, 3)
    record_promise(case=promised, amount=60_000, due_on=TODAY, by=agent, at=NOW, on=TODAY)
    set_callback(case=later, callback_at=NOW + timedelta(minutes=30), by=agent, at=NOW, on=TODAY)

    response = sign_in(agent).get(reverse("my_day"))

    assert [row.pk for row in response.context["rows"]] == [promised.pk, calm.pk]
    assert [row.pk for row in response.context["later"]] == [later.pk]
    assert response.context["rows"][0].why(TODAY) == "promise of CNY 600.00 due today"
    assert response.context["later"][0].why(TODAY) == "callback at 10:30"


def test_my_day_shows_the_owner_the_names_in_full(agent: User, sign_in: SignIn) -> None:
    in_hand(agent, 1)

    assert "王小明" in text_of(sign_in(agent), reverse("my_day"))


def test_my_day_holds_only_ones_own_cases(agent: User, colleague: User, sign_in: SignIn) -> None:
    in_hand(colleague, 1)

    response = sign_in(agent).get(reverse("my_day"))

    assert response.context["rows"] == []
    assert "You have no case in hand" in response.content.decode()


def test_filters_stand_in_the_url_and_lead_back(agent: User, sign_in: SignIn) -> None:
    in_hand(agent, 2)

    response = sign_in(agent).get(reverse("my_day"), {"stage": "late"})

    assert response.context["rows"] == []
    assert "Clear the filters" in response.content.decode()


def test_pages_follow_each_other_and_lead_back(agent: User) -> None:
    cases = in_hand(agent, 5)
    mine = Case.objects.filter(owner=agent)

    first = page_of(mine, size=2)
    second = page_of(mine, after=first.next, size=2)
    third = page_of(mine, after=second.next, size=2)
    back = page_of(mine, before=third.previous, size=2)

    assert [*first.cases, *second.cases, *third.cases] == cases
    assert (first.previous, third.next, back.cases) == ("", "", second.cases)


@pytest.mark.parametrize("cursor", ["", "x", "1_", "_1", "9" * 30 + "_1"])
def test_a_cursor_that_makes_no_sense_is_the_first_page(agent: User, cursor: str) -> None:
    cases = in_hand(agent, 1)

    assert page_of(Case.objects.all(), after=cursor).cases == cases


def queries_of(client: Client, url: str, ceiling: int, counter: Any) -> int:
    client.get(url)
    with counter(ceiling) as counted:
        client.get(url)
    return len(counted)


def test_my_day_costs_the_same_however_many_cases(
    agent: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    in_hand(agent, 1)
    client, url = sign_in(agent), reverse("my_day")

    few = queries_of(client, url, 8, django_assert_max_num_queries)
    in_hand(agent, 12)
    many = queries_of(client, url, 8, django_assert_max_num_queries)

    assert few == many


def test_the_case_page_costs_the_same_however_long_the_story(
    agent: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    case = in_hand(agent, 1)[0]
    client, url = sign_in(agent), reverse("case_page", args=[case.pk])

    short = queries_of(client, url, 40, django_assert_max_num_queries)
    for number in range(12):
        add_note(case=case, text=f"note {number}", by=agent, at=NOW)
        make_contact(case.borrower, NOW - timedelta(hours=number), by=agent)
    pay(case.borrower.loans.get(), 100, value_on=TODAY)
    make_loan(case.borrower, number="L-second", days=40)
    long = queries_of(client, url, 40, django_assert_max_num_queries)

    assert long <= short + 1


def test_the_case_page_shows_what_is_owed_on_each_loan_and_the_whole_story(agent: User, sign_in: SignIn) -> None:
    case = in_hand(agent, 1)[0]
    add_note(case=case, text="Works night shifts.", by=agent, at=NOW)
    pay(case.borrower.loans.get(), 20_000, value_on=TODAY)

    page = text_of(sign_in(agent), reverse("case_page", args=[case.pk]))

    assert "1,000.00" in page
    assert "Works night shifts." in page
    assert "Paid CNY 200.00" in page
    assert "Case opened in M1" in page


def told(client: Client, url: str, **headers: str) -> tuple[list[str], str]:
    """The notes of a part of the timeline, and the address of the part before it."""
    page = client.get(url, headers=headers).content.decode()
    older = re.search(r'hx-get="([^"]+)"[^>]*timeline-older', page)
    return re.findall(r"note \d+", page), older[1].replace("&amp;", "&") if older else ""


def test_a_long_story_opens_part_by_part_and_tells_everything_once(
    agent: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    case = in_hand(agent, 1)[0]
    for number in range(140):
        at = NOW - timedelta(hours=number // 2)
        CaseNote.objects.create(case=case, text=f"note {number:03}", by=agent, at=at)
    client, url = sign_in(agent), reverse("case_page", args=[case.pk])

    first, older = told(client, url)
    second, oldest = told(client, url + older, **{"HX-Request": "true"})
    with django_assert_max_num_queries(14):
        third, end = told(client, url + oldest, **{"HX-Request": "true"})

    assert [len(first), len(second), len(third), end] == [20, 60, 60, ""]
    assert sorted(first + second + third) == [f"note {number:03}" for number in range(140)]
    assert told(client, url + older)[0] == second
    assert told(client, f"{url}?before=nonsense")[0] == first


def test_the_timeline_is_filtered_by_kind(agent: User, sign_in: SignIn) -> None:
    case = in_hand(agent, 1)[0]
    add_note(case=case, text="Works night shifts.", by=agent, at=NOW)

    page = text_of(sign_in(agent), reverse("case_page", args=[case.pk]) + "?kind=note")

    assert "Works night shifts." in page
    assert "Case opened in M1" not in page


def test_the_name_is_masked_for_everybody_but_the_owner(agent: User, supervisor: User, sign_in: SignIn) -> None:
    case = in_hand(agent, 1)[0]
    url = reverse("case_page", args=[case.pk])

    assert "王小明" in text_of(sign_in(agent), url)
    assert "王小明" not in text_of(sign_in(supervisor), url)


def test_a_number_never_stands_on_the_page(agent: User, sign_in: SignIn) -> None:
    case = make_case(owner=agent)
    make_point(case.borrower, "13912345678")

    page = text_of(sign_in(agent), reverse("case_page", args=[case.pk]))

    assert "13912345678" not in page
    assert "139••••5678" in page


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.SUPERVISOR, 200),
        (Role.MANAGER, 200),
        (Role.AUDITOR, 200),
        (Role.AGENT, 404),
        (Role.ADMINISTRATOR, 403),
    ],
)
def test_who_may_open_a_case_in_other_hands(agent: User, sign_in: SignIn, role: str, status: int) -> None:
    case = in_hand(agent, 1)[0]
    stranger = make_person("somebody", role)

    assert sign_in(stranger).get(reverse("case_page", args=[case.pk])).status_code == status


def test_an_auditor_is_offered_no_action(agent: User, sign_in: SignIn) -> None:
    case = in_hand(agent, 1)[0]

    response = sign_in(make_person("somebody", Role.AUDITOR)).get(reverse("case_page", args=[case.pk]))

    assert response.context["actions"] == []


def test_a_case_that_has_ended_offers_nothing_but_its_story(agent: User, sign_in: SignIn) -> None:
    case = in_hand(agent, 1)[0]
    pay(case.borrower.loans.get(), 120_000, value_on=TODAY)

    response = sign_in(agent).get(reverse("case_page", args=[case.pk]))

    assert response.status_code == 200
    assert not [link for link in response.context["actions"] if link.code in {"call", "promise", "hand_over"}]


def test_two_people_on_one_case_see_each_other(agent: User, supervisor: User, sign_in: SignIn) -> None:
    case = in_hand(agent, 1)[0]
    sign_in(supervisor).post(reverse("case_presence", args=[case.pk]))

    page = text_of(sign_in(agent), reverse("case_page", args=[case.pk]))

    assert "Also here now: Chen Jie" in page


@pytest.mark.parametrize("name", ["my_day", "caseloads", "search"])
def test_a_stranger_is_sent_to_the_sign_in(client: Client, name: str) -> None:
    response = client.get(reverse(name))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("name", ["my_day", "caseloads"])
def test_lists_are_not_posted_to(agent: User, supervisor: User, sign_in: SignIn, name: str) -> None:
    who = supervisor if name == "caseloads" else agent

    assert sign_in(who).post(reverse(name)).status_code == 405


def test_a_loan_leads_to_its_borrowers_case(agent: User, sign_in: SignIn) -> None:
    case = in_hand(agent, 1)[0]

    page = text_of(sign_in(agent), reverse("loan_page", args=[case.borrower.loans.get().number]))

    assert reverse("case_page", args=[case.pk]) in page
