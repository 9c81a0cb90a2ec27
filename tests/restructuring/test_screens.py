"""The way of a plan in a real browser, by keys, in both languages, without an axe violation."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from browser import axe_violations, chromium, page_in
from cases.models import Case
from lending.models import Loan
from planned import accept, ask, rule
from restructuring.models import PlanRequest
from staff.models import User

SignIn = Callable[[User], Client]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def enter(page: Page, live_server: LiveServer, client: Client) -> None:
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])


def test_asked_for_previewed_approved_and_accepted_by_keys(
    browser: Browser, live_server: LiveServer, loan: Loan, staff: dict[str, User], sign_in: SignIn
) -> None:
    with page_in(browser) as page:
        enter(page, live_server, sign_in(staff["agent"]))
        page.goto(f"{live_server.url}/cases/{Case.objects.get().pk}/")
        page.keyboard.press("r")
        page.fill("input[name=days]", "60")
        expect(page.locator("#plan-preview")).to_contain_text("2026-09-03")
        assert axe_violations(page) == []
        page.select_option("select[name=reason]", "illness")
        page.fill("textarea[name=explanation]", "Out of hospital on the first.")
        page.click("button:has-text('Send for approval')")
        page.wait_for_url("**/plans/*/")
        assert axe_violations(page) == []
    with page_in(browser) as page:
        enter(page, live_server, sign_in(staff["manager"]))
        page.goto(f"{live_server.url}/approvals/")
        page.keyboard.press("j")
        page.keyboard.press("a")
        expect(page.locator("#drawer input[value=approve]")).to_be_checked()
        assert axe_violations(page) == []
        page.click("#drawer button:has-text('Decide')")
        page.wait_for_url("**/plans/*/")
    with page_in(browser) as page:
        enter(page, live_server, sign_in(staff["agent"]))
        page.goto(f"{live_server.url}/plans/{PlanRequest.objects.get().pk}/")
        page.keyboard.press("y")
        page.check("#drawer input[value=signed_paper]")
        page.fill("#drawer input[name=evidence]", "file 12")
        page.click("#drawer button:has-text('Record the acceptance')")
        expect(page.locator("main")).to_contain_text("The plan is in effect")
    assert PlanRequest.objects.get().state == PlanRequest.State.IN_EFFECT


def test_a_refused_form_stays_in_the_drawer_with_the_new_figures(
    browser: Browser, live_server: LiveServer, loan: Loan, agent: User, sign_in: SignIn
) -> None:
    with page_in(browser) as page:
        enter(page, live_server, sign_in(agent))
        page.goto(f"{live_server.url}/cases/{Case.objects.get().pk}/")
        page.keyboard.press("r")
        page.fill("input[name=days]", "181")
        expect(page.locator("#plan-preview")).to_contain_text("This cannot be asked for")
        page.select_option("select[name=reason]", "illness")
        page.fill("textarea[name=explanation]", "A long time.")
        page.click("button:has-text('Send for approval')")
        expect(page.locator("#drawer .errorlist")).to_contain_text("Manager: up to 180 days later in all")
        assert page.input_value("textarea[name=explanation]") == "A long time."


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_breaks_wcag_in_chinese(
    browser: Browser, live_server: LiveServer, loan: Loan, staff: dict[str, User], sign_in: SignIn, theme: str
) -> None:
    plan = ask(loan, by=staff["agent"])
    with page_in(browser, theme=theme, locale="zh-CN") as page:
        enter(page, live_server, sign_in(staff["supervisor"]))
        for path in ("/approvals/", f"/plans/{plan.pk}/", f"/plans/{plan.pk}/decide/", f"/plans/{plan.pk}/acceptance/"):
            page.goto(live_server.url + path)
            expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
            assert axe_violations(page) == []
        accept(rule(plan, "approve", by=staff["supervisor"]), by=staff["agent"])
        page.goto(f"{live_server.url}/plans/{plan.pk}/")
        assert axe_violations(page) == []
