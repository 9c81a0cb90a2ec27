"""Ways to pay in Chromium, in both languages: a link from the key to the borrower's page and back, consent, a debit; no axe violation."""

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from audit.clock import now
from behind import close_book, make_loan
from browser import axe_violations, chromium, page_in
from lending import scope
from lending.debit_sending import send_due
from lending.loopback import answer_due
from lending.models import Debit, Loan, PayLink
from lending.pay_links import tell_all
from reachable import make_borrower
from staff.models import Role, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def due(monkeypatch: pytest.MonkeyPatch) -> Loan:
    """1,200.00, ten days late, as of the real today."""
    from django.db.models import Q

    monkeypatch.setattr(scope, "_scopes", [lambda user: Q(ref__startswith="B")])
    monkeypatch.setattr("lending.debit_rules.WINDOW", (time.min, time.max))
    today = timezone.localdate()
    loan = make_loan(make_borrower("B1"), number="L-1", days=10, amount=120_000, on=today)
    close_book(today)
    return loan


@pytest.fixture
def desk(live_server: LiveServer, settings: Any, due: Loan) -> Iterator[Page]:
    settings.PUBLIC_URL = live_server.url
    settings.PAYMENTS_URL = f"{live_server.url}/loopback/payments/"
    settings.PAYMENTS_PROVIDER = "loopback"
    settings.WEBHOOK_SECRETS = "loopback:own:sh"
    User.objects.create_user("su", password="demo-su-demo", role=Role.SUPERVISOR)
    with chromium() as browser, page_in(browser) as page:
        page.goto(f"{live_server.url}/sign-in/?next=/loans/L-1/")
        page.fill("input[name=username]", "su")
        page.fill("input[name=password]", "demo-su-demo")
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/loans/L-1/")
        yield page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_link_goes_from_the_loan_to_the_borrower_and_back(desk: Page, language: str, due: Loan) -> None:
    User.objects.update(language=language)
    desk.keyboard.press("y")
    desk.wait_for_url("**/ways-to-pay/")
    assert axe_violations(desk) == []

    desk.keyboard.press("l")
    desk.wait_for_selector("#drawer input[name=covers]")
    assert axe_violations(desk) == []
    desk.click("#drawer .button-primary")
    expect(desk.locator("[aria-labelledby=links-title] tbody tr").first).to_be_visible()
    tell_all(now())
    link = PayLink.objects.get()
    desk.reload()
    assert axe_violations(desk) == []
    ways = desk.url

    desk.goto(f"{link.url}?language={language}")
    assert axe_violations(desk) == []
    assert desk.locator("html").get_attribute("lang") == ("en" if language == "en" else "zh-Hans")
    desk.click("button")
    expect(desk.locator("[role=status]")).to_be_visible()
    answer_due(now())

    desk.goto(ways)
    link.refresh_from_db()
    assert link.state == "paid"
    expect(desk.locator("tbody .badge-good").first).to_be_visible()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_consent_a_debit_and_a_failure_with_its_next_step(desk: Page, language: str, due: Loan) -> None:
    User.objects.update(language=language)
    desk.keyboard.press("y")
    desk.wait_for_url("**/ways-to-pay/")
    desk.click("a.drawer-link[href$='/consent/']")
    desk.wait_for_selector("#drawer input[name=account]")
    assert axe_violations(desk) == []
    desk.fill("#drawer input[name=account]", "622202123450001")
    desk.fill("#drawer input[name=bank]", "ICBC")
    desk.fill("#drawer input[name=evidence]", "REC-1")
    desk.click("#drawer .button-primary")
    expect(desk.locator("text=•••• 0001").first).to_be_visible()

    desk.keyboard.press("d")
    desk.wait_for_selector("#drawer select[name=mandate]")
    assert axe_violations(desk) == []
    desk.click("#drawer .button-primary")
    expect(desk.locator("[aria-labelledby=debits-title] tbody tr")).to_have_count(1)
    send_due(now())
    answer_due(now() + timedelta(minutes=1))
    desk.reload()

    assert Debit.objects.get().reason == "insufficient_funds"
    assert axe_violations(desk) == []
    words = "Ask when money comes in" if language == "en" else "询问入账日期"
    expect(desk.locator("[aria-labelledby=debits-title]")).to_contain_text(words)
    desk.click("a.drawer-link[href*='/consents/']")
    desk.wait_for_selector("#drawer textarea[name=words]")
    assert axe_violations(desk) == []
