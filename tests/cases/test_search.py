"""Search keeps to what a person may see; a caller in other hands can be put through, and no more."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from behind import NOW, TODAY, close_day, make_loan, make_person
from cases.models import Case
from lending.parties import add_contact_point, register_borrower
from staff.models import Role, User

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def case(agent: User) -> Case:
    borrower = register_borrower(
        ref="REF-7", name="王小明", identity="", language="zh-hans", time_zone="Asia/Shanghai", at=NOW
    )
    add_contact_point(borrower=borrower, kind="mobile", value="13912345678", source="lender", by=None, at=NOW)
    make_loan(borrower, number="L-7", days=10)
    close_day(TODAY)
    Case.objects.update(owner=agent)
    return Case.objects.get()


def search(client: Client, text: str) -> str:
    response = client.post(reverse("search"), {"q": text})
    return response["Location"] if response.status_code == 302 else response.content.decode()


@pytest.mark.parametrize("text", ["REF-7", "王小明", "王", "小明", "13912345678", "+86 139 1234 5678", " REF-7 "])
def test_one_hit_leads_straight_to_the_case(case: Case, agent: User, sign_in: SignIn, text: str) -> None:
    assert search(sign_in(agent), text) == reverse("case_page", args=[case.pk])


def test_a_loan_number_leads_to_the_loan(case: Case, agent: User, sign_in: SignIn) -> None:
    assert search(sign_in(agent), "L-7") == reverse("loan_page", args=["L-7"])


@pytest.mark.parametrize("text", ["", "明", "1391234", "L-", "%", "REF-7'--", "王" * 500])
def test_nothing_is_found_by_a_fragment(case: Case, agent: User, sign_in: SignIn, text: str) -> None:
    page = search(sign_in(agent), text)

    assert "Nothing found" in page or "What are you looking for?" in page


def test_several_hits_are_listed_with_masked_names(case: Case, supervisor: User, sign_in: SignIn) -> None:
    other = register_borrower(
        ref="REF-8", name="王大力", identity="", language="zh-hans", time_zone="Asia/Shanghai", at=NOW
    )
    make_loan(other, number="L-8", days=10)
    close_day(TODAY)

    page = search(sign_in(supervisor), "王")

    assert "2 borrowers found" in page
    assert "王••" in page
    assert "王大力" not in page


@pytest.mark.parametrize("text", ["REF-7", "王小明", "L-7"])
def test_an_agent_finds_nobody_in_other_hands(case: Case, colleague: User, sign_in: SignIn, text: str) -> None:
    assert "Nothing found" in search(sign_in(colleague), text)


def test_a_caller_in_other_hands_can_be_put_through_and_it_is_recorded(
    case: Case, colleague: User, sign_in: SignIn
) -> None:
    page = search(sign_in(colleague), "13912345678")

    assert "In hand with Li Na" in page
    assert "REF-7" not in page
    assert "王" not in page
    assert Entry.objects.get(action="cases.caller_looked_up").actor == "wu"


def test_an_administrator_searches_no_borrowers(case: Case, sign_in: SignIn) -> None:
    client = sign_in(make_person("somebody", Role.ADMINISTRATOR))

    assert client.get(reverse("search"), {"q": "REF-7"}).status_code == 403
