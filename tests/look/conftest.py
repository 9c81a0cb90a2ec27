from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from browser import chromium, page_in
from staff.models import Role, User


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """The style page as somebody who is signed in sees it."""
    User.objects.create_user("lin", password="demo-lin-demo", role=Role.ADMINISTRATOR, display_name="Lin Mei")
    with page_in(browser) as page:
        page.goto(f"{live_server.url}/sign-in/?next=/style/")
        page.fill("input[name=username]", "lin")
        page.fill("input[name=password]", "demo-lin-demo")
        page.click("button:has-text('Sign in')")
        page.wait_for_url("**/style/")
        yield page
