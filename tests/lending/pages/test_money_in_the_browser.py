"""The money desk in Chromium, in both languages: a payment from key to loan page, money out of suspense, letters; no axe violation."""

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
from lending.models import Borrower, ClosedDay, Payment, ScheduleVersion, SuspendedPayment
from lending.posting import suspend_payment
from staff.models import Role, User
from tapes import loan, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(live_server: LiveServer, tmp_path: Path) -> Iterator[Page]:
    """A manager on a book of one loan, some months behind, with money in suspense."""
    User.objects.create_user("ma", password="demo-ma-demo", role=Role.MANAGER)
    today = local_day(now())
    start = today - timedelta(days=100)
    row = loan(number="n0", start_on=start.isoformat(), first_due_on="")
    work = Import(inspect(write(tmp_path, row)), FORMATS["native"], "tape", False, None)
    Run(work, at=now(), listen=lambda _bad, _warned: None, keep=lambda _progress: None).go_on(Progress())
    ClosedDay.objects.create(day=today, closed_at=now())
    suspend_payment(
        reference="S1",
        loan_number="lost",
        value_on=today,
        amount=200_00,
        currency="CNY",
        reason="unknown loan",
        at=now(),
    )
    with chromium() as browser, page_in(browser) as page:
        page.goto(f"{live_server.url}/sign-in/?next=/loans/n0/")
        page.fill("input[name=username]", "ma")
        page.fill("input[name=password]", "demo-ma-demo")
        page.click("button:has-text('Sign in')")
        page.wait_for_url("**/loans/n0/")
        yield page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_money_comes_in_goes_back_and_is_told(desk: Page, language: str) -> None:
    User.objects.update(language=language)
    Borrower.objects.update(language=language)
    desk.reload()
    _record(desk)
    _reverse(desk)
    _match(desk)
    _prepay(desk)
    _letters(desk)
    _refund(desk)


def _has_no_violation(desk: Page) -> None:
    assert axe_violations(desk) == []


def _record(desk: Page) -> None:
    desk.keyboard.press("p")
    desk.fill("#drawer input[name=amount]", "1200.50")
    expect(desk.locator("#drawer [role=status] td.strong").first).to_be_visible()
    _has_no_violation(desk)
    desk.click("#drawer button.button-primary")
    desk.wait_for_selector(".messages, .notice")
    expect(desk.locator("main")).to_contain_text("1,200.50")
    assert Payment.objects.get().amount == 1200_50


def _reverse(desk: Page) -> None:
    desk.click("main a[href*='/reverse/']")
    desk.fill("#drawer textarea[name=note]", "bounced")
    _has_no_violation(desk)
    desk.click("#drawer button.button-danger")
    expect(desk.locator("main")).to_contain_text("bounced")
    _has_no_violation(desk)
    assert Payment.objects.count() == 2


def _match(desk: Page) -> None:
    desk.goto(desk.url.replace("/loans/n0/", "/suspense/"))
    _has_no_violation(desk)
    desk.click("main a[href*='/return/']")
    desk.wait_for_selector("#drawer textarea[name=note]")
    _has_no_violation(desk)
    desk.keyboard.press("Escape")
    desk.click("main a[href*='/match/']")
    desk.wait_for_selector("#drawer #suspense-search")
    desk.fill("#drawer input[name=q]", "n0")
    desk.wait_for_selector("#suspense-candidates form")
    _has_no_violation(desk)
    desk.click("#suspense-candidates button.button-primary")
    desk.wait_for_url("**/loans/n0/")
    assert not SuspendedPayment.objects.waiting().exists()


def _prepay(desk: Page) -> None:
    desk.keyboard.press("e")
    desk.fill("#drawer input[name=amount]", "9000")
    expect(desk.locator("#drawer [role=status] td.strong").first).to_be_visible()
    _has_no_violation(desk)
    desk.click("#drawer button.button-primary")
    expect(desk.locator("main")).to_contain_text("9,000.00")
    assert ScheduleVersion.objects.filter(payment__amount=9000_00, is_current=True).exists()


def _refund(desk: Page) -> None:
    """More than the loan owes, and some of it back."""
    desk.goto(desk.url.partition("statement/")[0])
    desk.emulate_media(media="screen")
    desk.keyboard.press("p")
    desk.fill("#drawer input[name=amount]", "50000")
    desk.click("#drawer button.button-primary")
    desk.click("main a[href*='/refund/']")
    desk.fill("#drawer textarea[name=reason]", "Too much; to account 62.")
    _has_no_violation(desk)
    desk.click("#drawer button.button-primary")
    desk.click("main a[href*='/refunds/']")
    desk.wait_for_selector("#drawer dl.kv")
    _has_no_violation(desk)
    desk.goto(desk.url.partition("/loans/")[0] + "/waivers/")
    expect(desk.locator("main table")).to_be_visible()
    _has_no_violation(desk)


def _letters(desk: Page) -> None:
    desk.keyboard.press("o")
    desk.wait_for_selector("#drawer input[name=on]")
    _has_no_violation(desk)
    desk.fill("#drawer input[name=on]", (local_day(now()) + timedelta(days=9)).isoformat())
    desk.press("#drawer input[name=on]", "Enter")
    expect(desk.locator("#drawer thead th").first).to_contain_text((local_day(now()) + timedelta(days=9)).isoformat())
    desk.click("#drawer a[href*='/payoff/letter/']")
    desk.wait_for_url("**/payoff/letter/**")
    _has_no_violation(desk)
    desk.goto(desk.url.partition("payoff/")[0] + "statement/")
    _has_no_violation(desk)
    desk.emulate_media(media="print")
    expect(desk.locator("h1")).not_to_be_visible()
    expect(desk.locator(".letter h2")).to_be_visible()
