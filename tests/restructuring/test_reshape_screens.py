"""A restructuring planned in a real browser: what is typed is followed, a plan found is taken, in both languages and themes."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from behind import pay
from browser import axe_violations, chromium, page_in
from planned import in_hand, level_loan
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


@pytest.mark.parametrize(("locale", "theme", "word"), [("en-GB", "light", "Take"), ("zh-CN", "dark", "采用")])
def test_a_plan_that_fits_is_taken_and_sent(
    browser: Browser, live_server: LiveServer, agent: User, sign_in: SignIn, locale: str, theme: str, word: str
) -> None:
    loan = level_loan(first_due_on=date(2026, 5, 5))
    pay(loan, 113_472, value_on=date(2026, 5, 5))
    in_hand(loan, agent)
    with page_in(browser, theme=theme, locale=locale) as page:
        page.context.set_default_timeout(60_000)
        enter(page, live_server, sign_in(agent))
        page.goto(f"{live_server.url}/loans/{loan.number}/restructure/")
        page.fill("input[name=housing]", "2000")
        page.fill("input[name=income]", "3200")
        expect(page.locator("#plan-preview a.button").first).to_contain_text(word, timeout=60_000)
        assert axe_violations(page) == []

        page.locator("#plan-preview a.button").first.click()
        expect(page.locator("input[name=periods]")).not_to_have_value("12", timeout=60_000)
        expect(page.locator("input[name=income]")).to_have_value("3200")
        page.select_option("select[name=reason]", "illness")
        page.fill("textarea[name=explanation]", "Out of hospital on the first.")
        page.locator("form[method=post] .form-actions .button-primary").first.click()
        page.wait_for_url("**/plans/*/")
        assert axe_violations(page) == []

    assert PlanRequest.objects.get().steps[0]["kind"] in {"reamortise", "interest_only"}
