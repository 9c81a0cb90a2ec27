"""The first walk through the whole house, on real processes: a lender's own file comes in, and an agent, a supervisor and a
manager work it, until one borrower has a new schedule and the whole story can be read and proved.
"""

import csv
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from browser import chromium
from running_console import ROOT, RunningConsole, fresh_database, until
from walk import Person, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.processes]

TAPE = ROOT.parent / "shared" / "data" / "payday_loan_tape.csv"
DAY, MORNING, NIGHT = "2016-12-08", "2016-12-08T10:00+08:00", "2016-12-08T22:30+08:00"
NUMBER = "13800138000"
WORK_MS_MAX = 60_000
ADD_NUMBER = "a.drawer-link[href*='contact-points/add']"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    if not TAPE.exists():
        pytest.skip(f"the loan tape is not at {TAPE}")
    with fresh_database(tmp_path) as url:
        yield url


@contextmanager
def console_at(clock: str, folder: Path, database: str) -> Iterator[RunningConsole]:
    """The console with an empty book to begin with, its clock started at that instant."""
    given = {"BROKER_URL": os.environ["BROKER_URL"] + "?virtual_host=8"} if os.environ.get("BROKER_URL") else {}
    running = RunningConsole(folder, "--no-demo", DATABASE_URL=database, CLOCK=clock, **given)
    try:
        running.wait_until_up()
        yield running
    finally:
        running.stop()


def test_the_tape_is_worked_until_a_borrower_has_a_new_schedule(
    tmp_path: Path, database: str, browser: Browser
) -> None:
    folder = tmp_path / "console"
    with console_at(MORNING, folder, database) as console:
        with signed_in(browser, console.address, "supervisor") as supervisor:
            import_the_tape(supervisor)
            close_the_day(console)
            assign_all(supervisor)
        with signed_in(browser, console.address, "agent") as agent:
            with signed_in(browser, console.address, "manager") as manager:
                case = open_the_first_case(agent)
                add_a_number(agent)
                call(agent)
                write_a_message(agent)
                plan = ask_for_a_deferral(agent)
                agent_cannot_approve(agent, plan)
                approve(manager, plan)
                record_the_acceptance(agent, plan)
            read_the_loan(agent, case)
            read_the_story(agent, case)
        prove(console)
    with console_at(NIGHT, folder, database) as console, signed_in(browser, console.address, "agent") as agent:
        the_call_is_refused(agent, case)
        prove(console)


def import_the_tape(supervisor: Person) -> None:
    """Upload, trial, import; the same file again has nothing new."""
    page = supervisor.page
    supervisor.look("an empty Caseloads page")
    upload(supervisor)
    supervisor.look("the trial")
    page.get_by_role("button", name="Import 400 rows").click()
    page.get_by_text("Every row is in").wait_for(timeout=WORK_MS_MAX)
    supervisor.look("the import's report")
    upload(supervisor, again=True)


def upload(supervisor: Person, *, again: bool = False) -> None:
    page = supervisor.page
    supervisor.desk("Import")
    page.get_by_label("payday tape").check()
    page.set_input_files("input[type=file]", TAPE)
    if not again:
        supervisor.look("Import")
    page.get_by_role("button", name="Try it").click()
    told = "There is nothing new in this file" if again else "This was a trial"
    page.get_by_text(told).wait_for(timeout=WORK_MS_MAX)


def close_the_day(console: RunningConsole) -> None:
    """As of that day the console agrees with the lender's own count, and exactly those borrowers have a case."""
    closed = console.manage("roll_day", "--date", DAY)
    assert closed.returncode == 0, closed.stderr

    with TAPE.open(newline="", encoding="utf-8") as tape:
        unpaid = {row["Loan_ID"]: int(row["past_due_days"]) for row in csv.DictReader(tape) if not row["paid_off_time"]}
    loans = [json.loads(line) for line in console.manage("export_state", "--json").stdout.splitlines()]

    assert len(loans) == 400
    assert {loan["number"]: loan["days_past_due"] for loan in loans if loan["days_past_due"]} == unpaid
    assert {loan["number"] for loan in loans if loan["case"]} == set(unpaid)


def assign_all(supervisor: Person) -> None:
    supervisor.desk("Caseloads")
    page = supervisor.page
    cases = len(page.locator("input[name=selected]").all())
    assert cases == 80
    supervisor.look("Caseloads")
    page.locator("[data-select-all]").check()
    page.locator("#assign-to").select_option(label="Lin Agent · 0/200")
    page.get_by_role("button", name="Show who would get what").click()
    expect(page.locator("main")).to_contain_text("80 cases would move. Nothing has moved yet.")
    supervisor.look("who would get what")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("main")).to_contain_text("80 cases were assigned")
    supervisor.look("Caseloads with an undo")


def open_the_first_case(agent: Person) -> str:
    """From My day by its key; the path of the case page."""
    expect(agent.page.locator("h1")).to_have_text("My day")
    agent.look("My day")
    agent.page.keyboard.press("n")
    agent.page.wait_for_url("**/cases/*/")
    agent.look("a new case")
    return agent.page.url.removeprefix(agent.address)


def add_a_number(agent: Person) -> None:
    """The gate says what it waits for; with a number it says until when."""
    reach = agent.page.locator(".desk > .who")
    expect(reach).to_contain_text("No call: no usable contact point")
    drawer = agent.open(ADD_NUMBER)
    agent.look("adding a number", drawer=ADD_NUMBER)
    drawer.get_by_label("Number or address").fill(NUMBER)
    agent.send("Add")
    expect(reach).to_contain_text("138••••8000")
    expect(reach).to_contain_text("You may call until 20:00 (house rule)")
    expect(reach).to_contain_text("connected 0/3, unanswered 0/6, dialled 0/6")
    assert NUMBER not in agent.page.content()


def call(agent: Person) -> None:
    """One form takes what came of the call: the reason, the promise and a note."""
    page = agent.page
    page.keyboard.press("c")
    expect(agent.drawer).to_contain_text("You may call until 20:00")
    agent.look("before the call", drawer="[data-key=c]")
    agent.drawer.get_by_role("button", name="Ring now").click()
    expect(agent.drawer).to_contain_text("After the call")
    agent.look("after the call")
    agent.drawer.get_by_label("Right party: promises").check()
    agent.drawer.get_by_label("Why is the borrower behind?").select_option("cash_gap")
    agent.drawer.get_by_label("Promises to pay").fill("400")
    agent.drawer.get_by_label("By").fill("2016-12-12")
    agent.drawer.get_by_label("Note").fill("Salary comes late this month")
    agent.send("Write it down")
    expect(page.locator(".page-head")).to_contain_text("Short of cash for now")
    expect(page.locator(".desk > .next")).to_contain_text("Open promise: CNY 400.00 by 12 December 2016")
    expect(page.locator(".desk > .who")).to_contain_text("connected 1/3, unanswered 0/6, dialled 1/6")
    agent.look("the case after the call")


def write_a_message(agent: Person) -> None:
    """The worker delivers it once; the Messages page shows what the borrower would have read."""
    page, path = agent.page, agent.page.url
    agent.open("[data-key=m]")
    expect(agent.drawer).to_contain_text("It may be sent now")
    agent.look("a message", drawer="[data-key=m]")
    agent.drawer.get_by_label("How to pay").check()
    expect(agent.drawer.locator(".bubble")).to_contain_text("1,000.00")
    agent.send("Send it")

    until(lambda: page.reload() and "· Sent" in page.locator("#timeline").inner_text(), 30)
    agent.desk("Messages")
    expect(page.locator(".bubble")).to_have_count(1)
    expect(page.locator(".bubble")).to_contain_text("1,000.00")
    expect(page.locator(".bubble-meta")).not_to_contain_text("times")
    agent.look("Messages")
    page.goto(path)


def ask_for_a_deferral(agent: Person) -> str:
    """The preview follows the form; the path of the plan's page."""
    page, drawer = agent.page, agent.drawer
    agent.open("[data-key=r]")
    drawer.get_by_label("Days", exact=True).fill("100")
    expect(drawer.locator("#plan-preview")).to_contain_text("2017-01-01")
    agent.look("asking for a deferral", drawer="[data-key=r]")
    drawer.get_by_label("Why the borrower needs it").select_option("cash_gap")
    drawer.get_by_label("Explanation").fill("Salary comes late; the whole amount is there by the new year")
    drawer.get_by_role("button", name="Send for approval").click()
    page.wait_for_url("**/plans/*/")
    expect(page.locator("main")).to_contain_text("The plan waits for somebody else's decision")
    agent.look("a plan that waits")
    return page.url.removeprefix(agent.address)


def agent_cannot_approve(agent: Person, plan: str) -> None:
    """There is no button, no page, and asking without them is refused."""
    expect(agent.page.get_by_role("link", name="Approve")).to_have_count(0)
    assert agent.post(f"{plan}decide/", verdict="approve").status == 403
    assert agent.page.request.get(agent.address + "/approvals/").status == 403


def approve(manager: Person, plan: str) -> None:
    page = manager.page
    manager.desk("Approvals")
    manager.look("Approvals")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{plan}")
    manager.look("a plan to decide")
    page.keyboard.press("a")
    manager.drawer.locator(".drawer-panel").wait_for()
    manager.look("deciding a plan", drawer="[data-key=a]")
    manager.send("Decide")
    expect(page.locator("main")).to_contain_text("The plan is approved")


def record_the_acceptance(agent: Person, plan: str) -> None:
    agent.go(plan)
    agent.page.keyboard.press("y")
    agent.drawer.locator(".drawer-panel").wait_for()
    agent.look("recording the acceptance", drawer="[data-key=y]")
    agent.drawer.get_by_label("Said on a recorded call").check()
    agent.drawer.get_by_label("Evidence").fill("recording 4711")
    agent.send("Record the acceptance")
    expect(agent.page.locator("main")).to_contain_text("The plan is in effect")
    agent.look("a plan in effect")


def read_the_loan(agent: Person, case: str) -> None:
    """The new schedule stands in force beside the old."""
    agent.go(case)
    agent.page.locator(".desk > .what table a").first.click()
    agent.page.wait_for_url("**/loans/*/")
    agent.page.locator("summary", has_text="Schedules side by side").click()
    sides = agent.page.locator(".compare > section")
    expect(sides).to_have_count(2)
    old, new = sides.all()
    expect(new).to_have_class(re.compile("is-new"))
    expect(new).to_contain_text("2017-01-01")
    expect(old).to_contain_text("2016-09-23")
    agent.look("the loan with both schedules")


def read_the_story(agent: Person, case: str) -> None:
    """Newest first, from the case that ended with the plan down to the number that was added."""
    agent.go(case)
    expect(agent.page.locator(".page-head")).to_contain_text("Cured")
    told = agent.page.locator("#timeline .what").all_inner_texts()
    story = [
        "a new schedule is in force",
        "New schedule for",
        "asked for on",
        "· Sent",
        "Promise of CNY 400.00 by 12 December 2016",
        "Behind because: Short of cash for now",
        "Call · Right party",
        "Mobile added: 138••••8000",
        "Assigned to Lin Agent",
        "Case opened in M1",
    ]
    for words in story:
        assert any(words in line for line in told), (words, told)
    agent.look("the whole story")


def prove(console: RunningConsole) -> None:
    for proof in ("verify_audit", "verify_ledger"):
        outcome = console.manage(proof)
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def the_call_is_refused(agent: Person, case: str) -> None:
    """Rule, source and the next lawful moment stand on the page; there is no button to ring with."""
    agent.go(case)
    expect(agent.page.locator(".desk > .who")).to_contain_text("Call not before tomorrow 08:00")
    agent.look("the case at night")
    agent.go(f"{case}call/")
    refusal = agent.page.locator("main")
    expect(refusal).to_contain_text("CN-WIN")
    expect(refusal).to_contain_text("GB/T 45251-2025")
    expect(refusal).to_contain_text("2016-12-09 08:00")
    expect(agent.page.get_by_role("button", name="Ring now")).to_have_count(0)
    agent.look("a refused call")
