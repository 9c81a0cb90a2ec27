"""Every component on one page, in both themes and both languages, without one axe violation."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from browser import axe_violations, page_in

LOCALES = ["en-GB", "zh-CN"]
THEMES = ["light", "dark"]


def test_style_page_is_shown_in_demo_mode(client: Client, db: None) -> None:
    answer = client.get("/style/")

    assert answer.status_code == 200
    assert b"style=" not in answer.content


def test_style_page_is_not_there_in_production(client: Client, db: None, settings: Any) -> None:
    settings.DEMO = settings.DEBUG = False

    assert client.get("/style/").status_code == 404


@pytest.mark.browser
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("locale", LOCALES)
def test_style_page_has_no_axe_violation(
    browser: Browser, live_server: LiveServer, locale: str, theme: str, transactional_db: None
) -> None:
    with page_in(browser, theme=theme, locale=locale) as page:
        page.goto(f"{live_server.url}/style/")

        assert axe_violations(page) == []
        assert page.locator("html").get_attribute("lang") == ("en" if locale == "en-GB" else "zh-Hans")


@pytest.mark.browser
@pytest.mark.parametrize("locale", LOCALES)
def test_drawer_has_no_axe_violation(
    browser: Browser, live_server: LiveServer, locale: str, transactional_db: None
) -> None:
    with page_in(browser, locale=locale) as page:
        page.goto(f"{live_server.url}/style/")
        page.click(".actions .drawer-link")
        page.wait_for_selector("#drawer-title")

        assert axe_violations(page) == []


@pytest.mark.browser
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", ["/sign-in/", "/nothing/here/"])
def test_pages_before_sign_in_have_no_axe_violation(
    browser: Browser, live_server: LiveServer, locale: str, path: str, transactional_db: None
) -> None:
    with page_in(browser, locale=locale) as page:
        page.goto(f"{live_server.url}{path}")

        assert axe_violations(page) == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 1024, 820])
def test_no_page_scrolls_sideways(
    browser: Browser, live_server: LiveServer, width: int, transactional_db: None
) -> None:
    with page_in(browser) as page:
        page.set_viewport_size({"width": width, "height": 720})
        page.goto(f"{live_server.url}/style/")

        assert page.evaluate("document.documentElement.scrollWidth") <= width
