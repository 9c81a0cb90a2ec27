"""The parts of the loan page in Chromium: opened by keyboard, all of them looked at, with no axe violation."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from audit.clock import now
from browser import axe_violations, chromium, page_in
from lending.imports.formats import FORMATS
from lending.imports.run import Import, Progress, Run
from lending.imports.source import inspect
from staff.models import Role, User
from tapes import loan, payment, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(live_server: LiveServer, tmp_path: Path) -> Iterator[Page]:
    for rows, form in (
        ([loan(number="n0")], "native"),
        ([payment(reference="p0", loan_number="n0", value_on="2026-02-20", amount="10")], "payments"),
    ):
        work = Import(inspect(write(tmp_path, *rows)), FORMATS[form], "tape", False, None)
        Run(work, at=now(), listen=lambda _bad, _warned: None, keep=lambda _progress: None).go_on(Progress())
    User.objects.create_user("ma", password="demo-ma-demo", role=Role.MANAGER)
    with chromium() as browser, page_in(browser) as page:
        page.goto(f"{live_server.url}/sign-in/?next=/loans/n0/")
        page.fill("input[name=username]", "ma")
        page.fill("input[name=password]", "demo-ma-demo")
        page.click("button:has-text('Sign in')")
        page.wait_for_url("**/loans/n0/")
        yield page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_parts_are_opened_by_keyboard(desk: Page, language: str) -> None:
    User.objects.update(language=language)
    desk.reload()
    assert axe_violations(desk) == []

    for name in ("payments", "clock", "creditors"):
        desk.focus(f"#part-{name} > summary")
        desk.keyboard.press("Enter")
        desk.wait_for_selector(f"#part-{name} .part :is(table, dl, a.button)")

    assert desk.evaluate("document.activeElement.parentElement.id") == "part-creditors"
    assert axe_violations(desk) == []
    desk.goto(f"{desk.url}?open=all")
    assert desk.locator("details.card:not([open])").count() == 0
    assert axe_violations(desk) == []
