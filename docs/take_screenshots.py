"""Takes the pictures in docs/screenshots/: `.venv/bin/python docs/take_screenshots.py` (needs requirements-dev.txt and Chromium).

A console of its own is started in a temporary folder, with a demonstration portfolio and the clock in the afternoon of a
working day, so that the same pictures come out again.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from playwright.sync_api import Page, expect  # noqa: E402

from browser import chromium  # noqa: E402
from running_console import RunningConsole  # noqa: E402
from walk import Person, signed_in  # noqa: E402

PICTURES = ROOT / "docs" / "screenshots"
LOANS, SEED, DAY = 1_200, 7, "2026-11-20"
BYTES_MAX = 300_000
CASES_SEEN = 15
ENGLISH, CHINESE = ("en", "light"), ("zh-hans", "dark")


def my_day(agent: Person) -> None:
    agent.go("/my-day/")


def fullest_case(agent: Person) -> None:
    """Of the first cases of the day the one with the most to see."""
    agent.go("/my-day/")
    links = agent.page.locator("[data-rows] tbody th a").all()[:CASES_SEEN]
    fullness = {}
    for path in [link.get_attribute("href") or "" for link in links]:
        agent.go(path)
        loans = agent.page.locator(".desk > .what table tbody tr").count()
        fullness[path] = (loans, agent.page.locator("#timeline .what").count())
    agent.go(max(fullness, key=lambda path: fullness[path]))


def plan_preview(agent: Person) -> None:
    fullest_case(agent)
    agent.page.keyboard.press("r")
    agent.drawer.locator(".drawer-panel").wait_for()
    choice = agent.drawer.locator("a[href*='/plan/']").first
    if choice.count():
        choice.click()
    expect(agent.drawer.locator("#plan-preview")).to_be_visible()


def first_loan(agent: Person) -> None:
    fullest_case(agent)
    agent.page.locator(".desk > .what table a").first.click()
    agent.page.wait_for_url("**/loans/*/")


def plan_to_decide(manager: Person) -> None:
    manager.go("/approvals/")
    manager.page.locator("[data-row-link]").first.click()
    manager.page.wait_for_url("**/plans/*/")


def page_at(path: str) -> Callable[[Person], None]:
    return lambda person: person.go(path)


SHOTS: list[tuple[str, str, tuple[str, str], Callable[[Person], None]]] = [
    ("record", "auditor", ENGLISH, page_at("/audit/")),
    ("my-day", "agent", ENGLISH, my_day),
    ("case", "agent", ENGLISH, fullest_case),
    ("case-chinese-dark", "agent", CHINESE, fullest_case),
    ("plan-preview", "agent", ENGLISH, plan_preview),
    ("loan", "agent", ENGLISH, first_loan),
    ("caseloads", "supervisor", ENGLISH, page_at("/caseloads/")),
    ("caseloads-chinese-dark", "supervisor", CHINESE, page_at("/caseloads/")),
    ("messages", "supervisor", ENGLISH, page_at("/messages/")),
    ("approvals", "manager", ENGLISH, page_at("/approvals/")),
    ("plan", "manager", ENGLISH, plan_to_decide),
    ("portfolio", "manager", ENGLISH, page_at("/portfolio/")),
    ("portfolio-chinese-dark", "manager", CHINESE, page_at("/portfolio/")),
]


def keep(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path, animations="disabled", caret="hide")
    size = path.stat().st_size
    assert size <= BYTES_MAX, f"{path.name} has {size} bytes"
    print(f"{path.relative_to(ROOT)}  {size:,} bytes")  # noqa: T201 - a script that says what it wrote


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="console-pictures-") as folder:
        console = RunningConsole(Path(folder), "--no-demo", CLOCK=f"{DAY}T14:30+08:00")
        try:
            console.wait_until_up()
            seeded = console.manage("seed_demo", "--loans", str(LOANS), "--seed", str(SEED), "--date", DAY)
            assert seeded.returncode == 0, seeded.stderr
            take_all(console.address)
        finally:
            console.stop()


def take_all(address: str) -> None:
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"{address}/sign-in/")
        keep(page, "sign-in")
        for name, role, (language, theme), go_there in SHOTS:
            with signed_in(browser, address, role) as person:
                person.prefer(language, theme)
                go_there(person)
                keep(person.page, name)


if __name__ == "__main__":
    main()
