"""The pages of the contact rules in Chromium: a change from form to publication, in both languages, with no axe violation."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from browser import axe_violations, chromium, page_in
from lending.models import Change
from staff import jobs
from staff.models import Role, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "demo-ma-demo"


@pytest.fixture(params=["en", "zh-hans"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def desk(live_server: LiveServer, language: str) -> Iterator[Page]:
    User.objects.create_user("ma", password=PASSWORD, role=Role.MANAGER, language=language)
    with chromium() as browser, page_in(browser) as page:
        page.goto(f"{live_server.url}/sign-in/?next=/contact-rules/")
        page.fill("input[name=username]", "ma")
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "sign-in" not in url)
        yield page


def test_a_rule_is_put_forward_by_keyboard_and_its_error_stands_beside_its_field(desk: Page, language: str) -> None:
    assert desk.locator("html").get_attribute("lang") == ("en" if language == "en" else "zh-Hans")
    assert axe_violations(desk) == []
    desk.goto(desk.url + "HOUSE/HOUSE-SMS-DAY/")
    assert axe_violations(desk) == []
    desk.keyboard.press("n")
    desk.wait_for_url("**/change/")
    assert axe_violations(desk) == []
    desk.fill("input[name=from_on]", "2099-01-01")
    desk.fill("input[name=max_count]", "0")
    desk.fill("textarea[name=words]", "calmer")
    desk.press("input[name=max_count]", "Control+Enter")
    desk.wait_for_selector("[aria-invalid=true]")
    assert axe_violations(desk) == []
    desk.fill("input[name=max_count]", "1")
    desk.press("input[name=max_count]", "Control+Enter")
    desk.wait_for_url("**/changes/*/")
    assert axe_violations(desk) == []
    jobs.work(seconds=5)
    desk.reload()

    assert axe_violations(desk) == []
    assert Change.objects.get().content["rules"][0]["max_count"] == 1
    desk.goto(desk.url.partition("/changes/")[0] + "/contact-rules/sets/US-REG-F/")
    assert axe_violations(desk) == []
