"""A pause from the loan page to the day-by-day page in Chromium, in both languages, with no axe violation."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from audit.clock import local_day, now
from browser import axe_violations, chromium, page_in
from lending.imports.formats import FORMATS
from lending.imports.run import Import, Progress, Run
from lending.imports.source import inspect
from lending.models import ClosedDay, Pause, PauseEnd
from staff.models import Role, User
from tapes import loan, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(live_server: LiveServer, tmp_path: Path) -> Iterator[Page]:
    """A manager on a loan some months behind, at a rate that a rule may forbid."""
    User.objects.create_user("ma", password="demo-ma-demo", role=Role.MANAGER)
    today = local_day(now())
    row = loan(number="n0", start_on=(today - timedelta(days=100)).isoformat(), first_due_on="", annual_rate="36")
    work = Import(inspect(write(tmp_path, row)), FORMATS["native"], "tape", False, None)
    Run(work, at=now(), listen=lambda _bad, _warned: None, keep=lambda _progress: None).go_on(Progress())
    ClosedDay.objects.create(day=today, closed_at=now())
    with chromium() as browser, page_in(browser) as page:
        page.goto(f"{live_server.url}/sign-in/?next=/loans/n0/")
        page.fill("input[name=username]", "ma")
        page.fill("input[name=password]", "demo-ma-demo")
        page.click("button:has-text('Sign in')")
        page.wait_for_url("**/loans/n0/")
        yield page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_pause_is_made_refused_ended_and_told(desk: Page, language: str) -> None:
    User.objects.update(language=language)
    desk.reload()
    for summary in desk.locator("details.card > summary").all():
        summary.click()
    desk.wait_for_load_state("networkidle")
    assert axe_violations(desk) == []

    desk.click("a[href$='/pause/']")
    desk.fill("textarea[name=reason]", "Flood.")
    desk.fill("input[name=to_on]", (local_day(now()) - timedelta(days=1)).isoformat())
    desk.press("textarea[name=reason]", "Control+Enter")
    expect(desk.locator("#drawer .errorlist")).to_be_visible()
    assert axe_violations(desk) == []
    desk.fill("input[name=to_on]", "")
    desk.press("textarea[name=reason]", "Control+Enter")
    expect(desk.locator("td:has-text('Flood.')")).to_be_visible()
    desk.click("a[href$='/end/']")
    desk.locator("#drawer button.button-primary").click()
    expect(desk.locator("#drawer button.button-primary")).to_have_count(0)
    desk.goto(desk.url.split("?")[0] + "history/")

    expect(desk.locator("figure.lines")).to_have_count(2)
    assert axe_violations(desk) == []
    assert (Pause.objects.count(), PauseEnd.objects.count()) == (1, 1)
