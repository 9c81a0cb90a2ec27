"""A morning at the desk: twenty borrowers one after the other, by keyboard alone, in a real Chromium."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from audit.models import Entry
from audit.verify import verify
from behind import make_person, make_team
from cases.models import Case
from contacts.models import Contact
from hands import Hands
from morning_cast import CAST, make_morning
from morning_turns import TURNS
from seated import Clock, seated

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
A_CASE_TAKES = timedelta(minutes=3)


def test_an_agent_works_twenty_cases_by_keyboard_alone(desk: LiveServer, clock: Clock) -> None:
    agent = make_person("li", team=make_team(), display_name="Li Na")
    make_person("wu", team=make_team(), display_name="Wu Lei")
    cases = make_morning(agent)
    in_order = list(Case.objects.order_by("-priority", "pk").values_list("pk", flat=True))
    assert [case.pk for case in cases.values()] == in_order
    seen = []

    with seated(desk, agent) as hands:
        hands.look("My day")
        my_day_says_why(hands)
        for part in CAST:
            seen.append(next_case(hands))
            assert seen[-1] == cases[part.name].pk
            hands.look("a case")
            play(hands, part.name, cases[part.name])
            clock.at += A_CASE_TAKES
        nothing_is_left(hands)

    assert seen == in_order
    assert verify().faults == []
    assert not Contact.objects.filter(state=Contact.State.RESERVED).exists()


def my_day_says_why(hands: Hands) -> None:
    expect(hands.page.locator("h1")).to_have_text("My day")
    expect(hands.page.locator(".page-head")).to_contain_text("20 due now, 20 in hand")
    rows = hands.page.locator("[data-rows] tbody tr").all_inner_texts()
    assert len(rows) == len(CAST)
    for part, row in zip(CAST, rows, strict=True):
        assert part.why in row


def next_case(hands: Hands) -> int:
    hands.leaves("n")
    path = hands.page.url.rstrip("/").split("/")
    assert path[-2] == "cases"
    return int(path[-1])


def play(hands: Hands, name: str, case: Case) -> None:
    """The turn of that case; the record holds what it says and nothing else."""
    before = Entry.objects.latest("number").number

    TURNS[name].play(hands, case)

    entries = Entry.objects.filter(number__gt=before).order_by("number")
    assert tuple(entries.values_list("action", flat=True)) == TURNS[name].record, name
    assert set(entries.values_list("actor", flat=True)) == {"li"}


def nothing_is_left(hands: Hands) -> None:
    expect(hands.page.locator("h1")).to_have_text("My day")
    expect(hands.page.locator(".page-head")).to_contain_text("0 due now, 18 in hand")
    expect(hands.page.locator("main")).to_contain_text("Nothing is due now")
    hands.look("My day with nothing due")
    later = hands.page.locator("section[aria-labelledby=later-title] tbody tr")
    expect(later).to_have_count(18)


DRAWERS = {
    "c": "拨打",
    "p": "承诺还款",
    "y": "称已还款",
    "b": "回电",
    "w": "逾期原因",
    "h": "设置暂停",
    "x": "登记投诉",
    "t": "备注",
    "o": "转案",
}


def test_every_drawer_of_the_desk_opens_by_its_key_in_chinese_and_in_the_dark(desk: LiveServer, clock: Clock) -> None:
    agent = make_person("li", team=make_team(), display_name="Li Na")
    cases = make_morning(agent)

    with seated(desk, agent, theme="dark", locale="zh-CN") as hands:
        hands.look("My day")
        assert next_case(hands) == cases["promised today"].pk
        hands.look("a case")
        for key, title in DRAWERS.items():
            hands.opens(key, title)
            hands.press("Escape")
            expect(hands.page.locator("#drawer-frame[open]")).to_have_count(0)
