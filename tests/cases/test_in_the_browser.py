"""The desk in Chromium: a call by four keys, cases given out and taken back, with no axe violation on the way."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from behind import NOW, TODAY, close_day, make_loan, make_person, make_team
from browser import axe_violations, chromium, page_in
from cases.models import Case
from contacts.models import Contact
from reachable import make_borrower
from staff.models import Role, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a-long-password"
Desk = Callable[[User], AbstractContextManager[Page]]


@pytest.fixture
def desk(live_server: LiveServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A page of that person's own, signed in at ten in the morning, with the loopback telephone."""
    settings.TELEPHONY_URL = f"{live_server.url}/loopback/calls/"
    monkeypatch.setattr("config.middleware.now", lambda: NOW)

    @contextmanager
    def signed_in(user: User) -> Iterator[Page]:
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        with chromium() as browser, page_in(browser) as page:
            page.goto(f"{live_server.url}/sign-in/")
            page.fill("input[name=username]", user.username)
            page.fill("input[name=password]", PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "sign-in" not in url)
            yield page

    return signed_in


def make_pool(number: int, owner: User | None = None) -> None:
    for each in range(number):
        make_loan(make_borrower(f"B{each}", phone=f"138001380{each:02}"), days=10)
    close_day(TODAY)
    Case.objects.update(owner=owner)


def test_no_answer_takes_four_keys(desk: Desk) -> None:
    agent = make_person("li", team=make_team())
    make_pool(2, owner=agent)

    with desk(agent) as page:
        assert axe_violations(page) == []
        page.keyboard.press("n")
        page.wait_for_url("**/cases/*/")
        assert axe_violations(page) == []
        page.keyboard.press("c")
        expect(page.locator("#drawer button[autofocus]")).to_be_focused()
        assert axe_violations(page) == []
        page.keyboard.press("Enter")
        expect(page.locator("#drawer input[value=no_answer]")).to_be_focused()
        assert axe_violations(page) == []
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        expect(page.locator("text=The call is written down.")).to_be_visible()

    contact = Contact.objects.get()
    assert (contact.state, contact.outcome) == ("made", "no_answer")
    assert contact.call_id


def test_a_stale_form_stays_in_the_drawer_with_what_was_typed(desk: Desk) -> None:
    agent = make_person("li", team=make_team())
    make_pool(1, owner=agent)

    with desk(agent) as page:
        page.keyboard.press("n")
        page.wait_for_url("**/cases/*/")
        page.keyboard.press("p")
        page.fill("#drawer input[name=amount]", "600")
        Case.objects.update(version=7)
        page.keyboard.press("Enter")
        expect(page.locator("#drawer .errorlist")).to_contain_text("changed by somebody else")
        assert page.input_value("#drawer input[name=amount]") == "600"
        assert axe_violations(page) == []
        page.click("#drawer .button-primary")
        expect(page.locator("text=The promise is recorded.")).to_be_visible()


def test_cases_are_given_out_and_taken_back(desk: Desk) -> None:
    make_person("li", team=make_team(), capacity=5)
    supervisor = make_person("chen", Role.SUPERVISOR, team=make_team())
    make_pool(3)

    with desk(supervisor) as page:
        page.check("input[data-select-all]")
        page.click(".bulk-bar .button-primary")
        expect(page.locator("main")).to_contain_text("3 cases would move. Nothing has moved yet.")
        assert axe_violations(page) == []
        page.click("th a:has-text('li')")
        expect(page.locator("#cases")).to_contain_text("from the pool")
        assert axe_violations(page) == []
        page.keyboard.press("a")
        expect(page.locator("text=3 cases were assigned.")).to_be_visible()
        assert axe_violations(page) == []
        assert Case.objects.filter(owner__username="li").count() == 3
        page.click("button:has-text('Undo')")
        expect(page.locator("text=3 cases went back.")).to_be_visible()

    assert not Case.objects.exclude(owner=None).exists()


def test_a_complaint_is_taken_down_and_answered_by_keyboard(desk: Desk) -> None:
    agent = make_person("li", team=make_team())
    manager = make_person("zhao", Role.MANAGER)
    make_pool(1, owner=agent)

    with desk(agent) as page:
        page.keyboard.press("n")
        page.wait_for_url("**/cases/*/")
        page.keyboard.press("x")
        page.fill("#drawer textarea[name=words]", "He shouted at my mother.")
        assert axe_violations(page) == []
        page.keyboard.press("Control+Enter")
        expect(page.locator("#complaints-title")).to_be_visible()
        assert axe_violations(page) == []

    with desk(manager) as page:
        page.keyboard.press("g")
        page.keyboard.press("k")
        page.wait_for_url("**/complaints/")
        assert axe_violations(page) == []
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/complaints/*/")
        page.keyboard.press("o")
        expect(page.locator("#drawer select[name=handler]")).to_be_visible()
        assert axe_violations(page) == []
        page.keyboard.press("Control+Enter")
        expect(page.locator("text=It is given.")).to_be_visible()
        page.keyboard.press("a")
        page.check("#drawer input[value=not_upheld]")
        page.select_option("#drawer select[name=cause]", "not_ours")
        page.fill("#drawer textarea[name=text]", "We listened to the call.")
        assert axe_violations(page) == []
        page.keyboard.press("Control+Enter")
        page.click("text=The letter")
        expect(page.locator(".letter")).to_contain_text("We listened to the call.")
        assert axe_violations(page) == []
        page.goto(page.url.split("/complaints/")[0] + "/complaints/numbers/")
        assert axe_violations(page) == []


def test_rules_and_targets_are_set_by_keyboard(desk: Desk) -> None:
    make_person("li", team=make_team())
    make_pool(1)

    with desk(make_person("chen", Role.SUPERVISOR, team=make_team())) as page:
        page.click("text=Rules and targets")
        expect(page.locator("main")).to_contain_text("No rule yet")
        assert axe_violations(page) == []
        page.keyboard.press("a")
        page.fill("#drawer input[name=name]", "Large sums")
        page.fill("#drawer input[name=amount_from]", "1000")
        assert axe_violations(page) == []
        page.keyboard.press("Control+Enter")
        expect(page.locator("#drawer .errorlist")).to_contain_text("In which currency?")
        page.select_option("#drawer select[name=currency]", "CNY")
        page.keyboard.press("Control+Enter")
        expect(page.locator("main tbody")).to_contain_text("Large sums")
        page.keyboard.press("z")
        page.fill("#drawer input[name=value]", "80")
        assert axe_violations(page) == []
        page.keyboard.press("Control+Enter")
        expect(page.locator("main")).to_contain_text("80")
        assert axe_violations(page) == []


def test_an_agent_of_a_team_that_pulls_takes_the_next_case_by_its_key(desk: Desk) -> None:
    team = make_team()
    team.pulls = True
    team.save()
    make_pool(1)
    Case.objects.update(next_at=None)

    with desk(make_person("li", team=team)) as page:
        assert axe_violations(page) == []
        page.keyboard.press("n")
        page.wait_for_url("**/cases/*/")

    assert Case.objects.filter(owner__username="li").count() == 1


def test_an_administrator_says_what_somebody_takes_and_where_teams_stand(desk: Desk) -> None:
    agent = make_person("li", team=make_team())

    with desk(make_person("ada", Role.ADMINISTRATOR)) as page:
        page.click("td a:has-text('everything')")
        page.check("#drawer input[name=language][value=en]")
        page.uncheck("#drawer input[name=shift_days][value='7']")
        assert axe_violations(page) == []
        page.keyboard.press("Control+Enter")
        expect(page.locator("text=was changed")).to_be_visible()
        page.click("main a:has-text('Teams'), .actions a:has-text('Teams')")
        assert axe_violations(page) == []
        page.keyboard.press("a")
        page.fill("#drawer input[name=name]", "South")
        assert axe_violations(page) == []
        page.keyboard.press("Control+Enter")
        expect(page.locator("main tbody")).to_contain_text("South")

    assert list(agent.skills.values_list("value", flat=True)) == ["en"]
    agent.refresh_from_db()
    assert agent.shift_days == "123456"
