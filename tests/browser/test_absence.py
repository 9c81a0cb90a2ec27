"""A supervisor plays an absence by keyboard: noted, proposed, applied, seen by those who got the cases, taken back."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from audit.models import Entry
from behind import TODAY, close_day, make_loan, make_person, make_team
from cases.assignment import loads_of
from cases.models import Case, Proposal
from hands import Hands
from reachable import make_borrower
from seated import Clock, seated
from staff.models import Absence, Role, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BACK_ON = TODAY + timedelta(days=4)


@pytest.fixture
def team(transactional_db: None) -> dict[str, User]:
    """Li Na with eight cases; Qian Yu with one and room for two, Wu Lei with two and room for four."""
    north = make_team()
    people = {
        "li": make_person("li", team=north, display_name="Li Na", capacity=20),
        "qian": make_person("qian", team=north, display_name="Qian Yu", capacity=3),
        "wu": make_person("wu", team=north, display_name="Wu Lei", capacity=6),
    }
    for number in range(11):
        make_loan(make_borrower(f"B{number:02}", phone=f"138001380{number:02}"), days=10)
    close_day(TODAY)
    cases = list(Case.objects.order_by("pk"))
    for case, name in zip(cases, ["li"] * 8 + ["qian"] + ["wu"] * 2, strict=True):
        Case.objects.filter(pk=case.pk).update(owner=people[name])
    return people


def in_hand() -> dict[str, int]:
    return {load.agent.username: load.after for load in loads_of(list(User.objects.agents().order_by("pk")))}


def test_an_absence_hands_the_cases_over_within_capacity_and_is_taken_back(
    desk: LiveServer, clock: Clock, team: dict[str, User]
) -> None:
    supervisor = make_person("chen", Role.SUPERVISOR, team=make_team(), display_name="Chen Jie")
    before = in_hand()
    owners = dict(Case.objects.values_list("pk", "owner"))

    with seated(desk, supervisor) as hands:
        note_the_absence(hands)
        look_at_the_proposal(hands)
        assert in_hand() == before
        apply_it(hands)
        with seated(desk, team["wu"]) as colleague:
            expect(colleague.page.locator(".page-head")).to_contain_text("6 due now, 6 in hand")
        take_it_back(hands)

    assert dict(Case.objects.values_list("pk", "owner")) == owners
    assert Absence.objects.get().user == team["li"]


def note_the_absence(hands: Hands) -> None:
    hands.look("Caseloads")
    hands.press("j")
    expect(hands.page.locator(":focus")).to_have_text("Li Na")
    hands.opens("a", "Absence of Li Na")
    hands.day("from_on", TODAY)
    hands.day("to_on", BACK_ON)
    hands.fill("reason", "Annual leave")
    hands.press("Control+Enter")
    page = hands.page.locator("main")
    expect(page).to_contain_text("Move the cases of Li Na")
    expect(page).to_contain_text("8 cases in hand; room for 6 with colleagues who are here.")
    expect(page).to_contain_text("Not all will fit")
    hands.look("Move the cases")
    noted = Absence.objects.get()
    assert (noted.user.username, noted.from_on, noted.to_on, noted.reason) == ("li", TODAY, BACK_ON, "Annual leave")
    assert Entry.objects.latest("number").action == "staff.absence_noted"


def look_at_the_proposal(hands: Hands) -> None:
    expect(hands.page.get_by_role("button", name="Spread them")).to_be_focused()
    hands.press("Enter")
    hands.page.wait_for_url("**/caseloads/proposals/*/")
    page = hands.page.locator("main")
    expect(page).to_contain_text("6 cases would move. Nothing has moved yet.")
    expect(page).to_contain_text("Short of room for 2 cases")
    hands.look("the proposal")
    rows = [row.split("\t")[:6] for row in page.locator("table").first.locator("tbody tr").all_inner_texts()]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["Li Na", "8", "", "−6", "2", "20"],
        ["Qian Yu", "1", "+2", "", "3", "3"],
        ["Wu Lei", "2", "+4", "", "6", "6"],
    ]


def apply_it(hands: Hands) -> None:
    hands.press("a")
    hands.told("6 cases were assigned.")
    expect(hands.page.locator("main")).to_contain_text("Away today")
    hands.look("Caseloads with an undo")
    assert in_hand() == {"li": 2, "qian": 3, "wu": 6}
    assert Entry.objects.latest("number").action == "cases.dealt"


def take_it_back(hands: Hands) -> None:
    hands.press("u")
    hands.told("6 cases went back.")
    assert Entry.objects.filter(action="cases.dealt_back").count() == 1
    assert Proposal.objects.get().state == Proposal.State.UNDONE
