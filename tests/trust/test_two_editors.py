"""R12: two who opened the same form both save it: the first one's change stands, and the second one is told. Nothing is lost."""

import re
from typing import Any

import pytest
from django.test import Client

from cases.models import AssignmentRule, Case, Promise
from lending.models import ContactPoint
from planned import rule, shown_for
from restructuring.models import PlanRequest
from staff.models import Team, User
from two_desks import House, sent

CONFLICT = 409
HIDDEN = re.compile(r'<input type="hidden" name="(seen|payload_hash|version)" value="([^"]*)"')

pytestmark = pytest.mark.django_db

EDITS: list[tuple[str, str, str, dict[str, str], dict[str, str]]] = [
    # as whom, the route, what it is about, and what the first and the second one save
    (
        "supervisor", "/caseloads/rules/<int:pk>/", "dealing",
        {"name": "First", "position": "10", "weight": "3"}, {"name": "Second", "position": "20", "weight": "1"},
    ),
    (
        "administrator", "/people/<int:pk>/", "person",
        {"display_name": "First", "role": "agent", "capacity": "7", "is_active": "on"},
        {"display_name": "Second", "role": "agent", "capacity": "9", "is_active": "on"},
    ),
    (
        "administrator", "/people/<int:pk>/work/", "person",
        {"effort": "70", "shift_days": "1"}, {"effort": "90", "shift_days": "2"},
    ),
    ("administrator", "/teams/<int:pk>/", "team", {"name": "First"}, {"name": "Second"}),
    (
        "agent", "/cases/<int:pk>/promise/", "case",
        {"amount": "1.00", "due_on": "2026-07-16"}, {"amount": "2.00", "due_on": "2026-07-17", "replace": "on"},
    ),
    (
        "agent", "/cases/<int:pk>/callback/", "case",
        {"callback_at": "2026-07-16T10:00"}, {"callback_at": "2026-07-17T10:00"},
    ),
    ("agent", "/cases/<int:pk>/reason/", "case", {"code": "illness"}, {"code": "job_loss"}),
    (
        "manager", "/plans/<int:pk>/decide/", "plan",
        {"verdict": "send_back", "reason": "First"}, {"verdict": "reject", "reason": "Second"},
    ),
]  # fmt: skip


def drawn(browser: Client, address: str) -> dict[str, str]:
    """What a page keeps of the state that it shows."""
    return dict(HIDDEN.findall(sent(browser, "GET", address).content.decode()))


def standing(house: House) -> list[Any]:
    """Everything that the edits write, as it stands."""
    tables = (AssignmentRule, Case, Promise, PlanRequest, Team)
    people = User.objects.order_by("pk").values_list("pk", "display_name", "capacity", "effort", "shift_days")
    return [list(people), *(list(table.objects.order_by("pk").values_list()) for table in tables)]


@pytest.mark.parametrize(("name", "route", "about", "first", "second"), EDITS, ids=[edit[1] for edit in EDITS])
def test_the_second_who_saves_what_both_opened_is_told_and_writes_nothing(
    house: House, name: str, route: str, about: str, first: dict[str, str], second: dict[str, str]
) -> None:
    browser, address = house.browsers[name], house.address(route, about)
    kept = drawn(browser, address)

    done = sent(browser, "POST", address, kept | first, is_kept_back=False)
    after_first = standing(house)
    late = sent(browser, "POST", address, kept | second, is_kept_back=False)

    assert kept
    assert done.status_code == 302, done.content.decode()[-3_000:]
    assert late.status_code == CONFLICT
    assert standing(house) == after_first


AGAIN = [edit for edit in EDITS if edit[2] != "plan"]
"""A plan is decided once."""


@pytest.mark.parametrize(("name", "route", "about", "first", "second"), AGAIN, ids=[edit[1] for edit in AGAIN])
def test_whoever_looks_again_may_save(
    house: House, name: str, route: str, about: str, first: dict[str, str], second: dict[str, str]
) -> None:
    browser, address = house.browsers[name], house.address(route, about)
    sent(browser, "POST", address, drawn(browser, address) | first, is_kept_back=False)

    again = sent(browser, "POST", address, drawn(browser, address) | second, is_kept_back=False)

    assert again.status_code == 302


@pytest.mark.parametrize("is_sent_back_again", [False, True], ids=["waits", "sent back again"])
def test_of_two_who_amend_one_plan_the_first_stands_and_the_second_is_told(
    house: House, is_sent_back_again: bool
) -> None:
    """Also where the plan came back meanwhile: what the second one opened is not what they would put forward again."""
    plan: Any = house.north.rows["plan"]
    rule(plan, "send_back", by=house.people["manager"])
    address, names = f"/plans/{plan.pk}/amend/", ("agent", "supervisor")
    kept = [drawn(house.browsers[name], address) for name in names]
    typed = [
        {
            "how": "days",
            "days": days,
            "reason": "illness",
            "explanation": name,
            "shown": shown_for(house.north.loan, int(days)),
        }
        for name, days in (("First", "26"), ("Second", "31"))
    ]

    done = sent(house.browsers["agent"], "POST", address, kept[0] | typed[0], is_kept_back=False)
    if is_sent_back_again:
        rule(PlanRequest.objects.get(pk=plan.pk), "send_back", by=house.people["manager"])
    after_first = standing(house)
    late = sent(house.browsers["supervisor"], "POST", address, kept[1] | typed[1], is_kept_back=False)

    assert all("payload_hash" in each for each in kept)
    assert done.status_code == 302, done.content.decode()[-3_000:]
    assert late.status_code == CONFLICT
    assert "changed by somebody else" in late.content.decode()
    assert standing(house) == after_first


def test_of_two_who_add_one_number_and_of_two_who_give_it_up_one_does(house: House) -> None:
    """Numbers and addresses are never edited: one is added, another is retired, and the rows stay."""
    browser, borrower = house.browsers["agent"], house.north.borrower
    add = f"/borrowers/{borrower.pk}/contact-points/add/"
    typed = {"kind": "mobile", "value": "13900001234", "source": "borrower", "holder": "borrower"}

    added = [sent(browser, "POST", add, typed, is_kept_back=False).status_code for _ in range(2)]
    point = ContactPoint.objects.filter(borrower=borrower).latest("pk")
    retire = f"/borrowers/{borrower.pk}/contact-points/{point.pk}/retire/"
    retired = [sent(browser, "POST", retire, is_kept_back=False).status_code for _ in range(2)]

    assert added == [302, 422]
    assert retired == [302, 404]
