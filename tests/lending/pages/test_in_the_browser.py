"""The pages of the book in Chromium: an import from upload to the loan page, by keyboard and mouse, with no axe violation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from audit.clock import now
from browser import axe_violations, chromium, page_in
from changed import guarantee
from lending.imports.formats import FORMATS
from lending.imports.run import Import, Progress, Run
from lending.imports.source import inspect
from lending.models import Change, ImportMapping, Loan
from lending.parties import get_funder
from staff import jobs
from staff.models import Role, User
from tapes import loan, text_of, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(live_server: LiveServer, tmp_path: Path, settings: Any) -> Iterator[Page]:
    settings.VAR_DIR = tmp_path
    User.objects.create_user("ma", password="demo-ma-demo", role=Role.MANAGER)
    with chromium() as browser, page_in(browser) as page:
        page.goto(f"{live_server.url}/sign-in/?next=/imports/")
        page.fill("input[name=username]", "ma")
        page.fill("input[name=password]", "demo-ma-demo")
        page.click("button:has-text('Sign in')")
        page.wait_for_url("**/imports/")
        yield page


def _has_no_violation(desk: Page) -> None:
    assert axe_violations(desk) == []


def test_a_tape_is_tried_imported_and_looked_at(desk: Page, tmp_path: Path) -> None:
    tape = tmp_path / "tape.csv"
    rows = [loan(number=f"n{i}", start_on="2025-11-15", first_due_on="") for i in range(3)]
    tape.write_text(text_of(*rows, loan(number="bad", principal="-5")))
    _has_no_violation(desk)

    desk.set_input_files("input[type=file]", tape)
    desk.click("button:has-text('Try it')")
    desk.wait_for_url("**/jobs/*/")
    desk.wait_for_selector("text=Waiting for a worker")
    _has_no_violation(desk)
    jobs.work(seconds=5)
    desk.click("button:has-text('Import 3 rows')")
    desk.wait_for_selector("text=Waiting for a worker")
    jobs.work(seconds=5)
    desk.wait_for_selector("text=Some rows were left out")
    _has_no_violation(desk)

    assert Loan.objects.count() == 3


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_loan_is_found_by_key_and_seen_on_another_day(desk: Page, tmp_path: Path, language: str) -> None:
    work = Import(
        inspect(write(tmp_path, loan(number="n0"), loan(number="n1"))), FORMATS["native"], "tape", False, None
    )
    Run(work, at=now(), listen=lambda _bad, _warned: None, keep=lambda _progress: None).go_on(Progress())
    User.objects.update(language=language)

    desk.goto(desk.url.replace("/imports/", "/loans/"))
    _has_no_violation(desk)
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/loans/n0/")
    desk.fill("input[name=on]", "2026-06-20")
    desk.press("input[name=on]", "Enter")
    desk.wait_for_url("**/?on=2026-06-20")

    _has_no_violation(desk)
    assert desk.locator("html").get_attribute("lang") == ("en" if language == "en" else "zh-Hans")
    assert desk.locator(".bucket").first.inner_text().startswith("M5")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_waiver_is_asked_for_in_the_drawer_and_seen_waiting(desk: Page, tmp_path: Path, language: str) -> None:
    work = Import(inspect(write(tmp_path, loan(number="n0"))), FORMATS["native"], "tape", False, None)
    Run(work, at=now(), listen=lambda _bad, _warned: None, keep=lambda _progress: None).go_on(Progress())
    User.objects.update(language=language)

    desk.goto(desk.url.replace("/imports/", "/loans/n0/"))
    desk.keyboard.press("w")
    desk.fill("#drawer input[name=total]", "25")
    desk.wait_for_selector("#waive-preview >> text=−25.00")
    _has_no_violation(desk)
    desk.select_option("#drawer select[name=reason]", "hardship")
    desk.fill("#drawer textarea[name=words]", "Lost the job.")
    desk.click("#drawer .button-primary")
    desk.wait_for_url("**/waivers/*/")
    _has_no_violation(desk)
    desk.goto(desk.url.split("/waivers/")[0] + "/waivers/")
    _has_no_violation(desk)
    desk.goto(desk.url.replace("/waivers/", "/loans/n0/"))

    desk.click("#part-given_up > summary")
    desk.wait_for_selector("#part-given_up a[href*='/waivers/']:not([href$='#part-given_up'])")
    _has_no_violation(desk)

    assert desk.locator("#part-given_up .badge-wait").count() == 1


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_lenders_own_columns_are_mapped_by_keyboard(desk: Page, tmp_path: Path, language: str) -> None:
    own = {"number": "contract", "start_on": "begins"}
    path = tmp_path / "theirs.csv"
    path.write_text(text_of({own.get(name, name): cell for name, cell in loan().items() if name != "currency"}))
    User.objects.update(language=language)

    desk.set_input_files("input[type=file]", path)
    desk.locator("input[type=file]").press("Control+Enter")
    desk.wait_for_url("**/imports/columns/**")
    _has_no_violation(desk)
    desk.fill("input[name=lender]", "North Bank")
    desk.focus("select[name=column_number]")
    desk.keyboard.type("contract")
    desk.select_option("select[name=column_start_on]", "begins")
    desk.fill("input[name=always_currency]", "CNY")
    desk.wait_for_selector("#preview >> text=/make sense|均可识别/")
    _has_no_violation(desk)
    desk.press("input[name=always_currency]", "Enter")
    desk.wait_for_url("**/jobs/*/")
    jobs.work(seconds=5)

    assert ImportMapping.objects.get().columns["number"] == "contract"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_terms_shares_and_guarantees_are_put_forward_and_looked_at(desk: Page, tmp_path: Path, language: str) -> None:
    rows = [loan(number="n0", start_on="2025-11-15", first_due_on=""), loan(number="n1", funder="South Bank")]
    work = Import(inspect(write(tmp_path, *rows)), FORMATS["native"], "tape", False, None)
    Run(work, at=now(), listen=lambda _bad, _warned: None, keep=lambda _progress: None).go_on(Progress())
    User.objects.update(language=language)
    home = desk.url.replace("/imports/", "")
    guarantee(guarantor=get_funder("south-bank"), funder=get_funder("north-bank"), days=30)

    for page in (
        "products/",
        "funders/",
        "funders/north-bank/",
        "funders/north-bank/report/",
        "funders/north-bank/change/",
    ):
        desk.goto(f"{home}/{page}")
        _has_no_violation(desk)
    desk.goto(f"{home}/products/cash-12/")
    desk.keyboard.press("n")
    desk.wait_for_url("**/change/")
    _has_no_violation(desk)
    desk.fill("input[name=valid_from]", "2030-01-01")
    desk.fill("input[name=grace_days]", "7")
    desk.fill("textarea[name=words]", "Longer grace.")
    desk.click("form .button-primary")
    desk.wait_for_url("**/changes/*/")
    _has_no_violation(desk)
    for page in ("changes/", "guarantees/", "products/cash-12/"):
        desk.goto(f"{home}/{page}")
        _has_no_violation(desk)
    desk.goto(f"{home}/loans/n0/?open=creditors")
    for link in ("shares", "guarantee", "guarantor-payment"):
        desk.click(f"a[href$='/loans/n0/{link}/']")
        desk.wait_for_selector("#drawer form .button-primary")
        _has_no_violation(desk)
        desk.keyboard.press("Escape")
    desk.goto(f"{home}/changes/{Change.objects.latest('pk').pk}/")

    assert desk.locator("td.changed").count() == 1
