"""Every desk of every role on a small demonstration portfolio, as it is read and as it is worked by keyboard."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from browser import chromium
from running_console import RunningConsole, fresh_database
from walk import Person, signed_in
from walk_everywhere import everywhere, faults, kind_of

pytestmark = [pytest.mark.browser, pytest.mark.processes]

ROLES = ["agent", "supervisor", "manager", "auditor", "administrator"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A console with 150 loans, at half past ten of a working day."""
    folder = tmp_path_factory.mktemp("demo")
    given = {"BROKER_URL": os.environ["BROKER_URL"] + "?virtual_host=9"} if os.environ.get("BROKER_URL") else {}
    with fresh_database(folder) as url:
        console = RunningConsole(folder, "--no-demo", DATABASE_URL=url, CLOCK="2026-11-20T10:30+08:00", **given)
        try:
            console.wait_until_up()
            seeded = console.manage("seed_demo", "--loans", "150", "--seed", "7", "--date", "2026-11-20")
            assert seeded.returncode == 0, seeded.stderr
            yield console.address
        finally:
            console.stop()


@pytest.fixture(scope="module")
def looked_at() -> set[tuple[str, str]]:
    """The kinds of page that one role or another has shown, by theme."""
    return set()


@pytest.fixture(scope="module")
def opened() -> set[str]:
    """The kinds of drawer that one role or another has opened in Chinese and in the dark."""
    return set()


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("zh-hans", "dark")], ids=["en-light", "zh-dark"])
@pytest.mark.parametrize("role", ROLES)
def test_every_desk_and_drawer_is_sound(
    browser: Browser,
    address: str,
    looked_at: set[tuple[str, str]],
    opened: set[str],
    role: str,
    language: str,
    theme: str,
) -> None:
    """Every role goes everywhere in both; each page and drawer is looked at once in each, whoever shows it first."""
    found: list[str] = []
    with signed_in(browser, address, role) as person:
        person.prefer(language, theme)
        person.page.on("console", lambda line: found.append(line.text) if line.type == "error" else None)
        person.page.on("response", lambda answer: found.append(answer.url) if answer.status >= 400 else None)
        for where in everywhere(person, opened=opened if theme == "dark" else None):
            if (theme, kind_of(where)) not in looked_at:
                found += faults(person.page, where)
            looked_at.add((theme, kind_of(where)))

    assert found == []


@pytest.fixture
def agent(browser: Browser, address: str) -> Iterator[Person]:
    """An agent on the first case of the day."""
    with signed_in(browser, address, "agent") as person:
        person.prefer("en", "light")
        person.go("/my-day/")
        person.page.keyboard.press("n")
        person.page.wait_for_url("**/cases/*/")
        yield person


def test_n_takes_the_next_case(agent: Person) -> None:
    first = agent.page.url

    agent.page.keyboard.press("n")

    agent.page.wait_for_url(lambda url: "/cases/" in url and url != first)


def test_j_and_k_walk_the_rows(agent: Person) -> None:
    agent.go("/my-day/")
    rows = agent.page.locator("[data-rows] tbody th a")

    agent.page.keyboard.press("j")
    agent.page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    agent.page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    agent.page.keyboard.press("Enter")

    agent.page.wait_for_url("**/cases/*/")


@pytest.mark.parametrize(("key", "title"), [("c", "Call"), ("p", "Promise to pay"), ("t", "Note")])
def test_a_letter_opens_its_drawer(agent: Person, key: str, title: str) -> None:
    agent.page.keyboard.press(key)

    expect(agent.page.locator("#drawer-title")).to_have_text(title)
    agent.page.keyboard.press("Escape")
    expect(agent.page.locator("#drawer-frame")).not_to_be_visible()


def test_the_keys_of_the_page_are_listed(agent: Person) -> None:
    agent.page.keyboard.press("?")

    expect(agent.page.locator("#keys")).to_be_visible()
    expect(agent.page.locator("#keys-here")).to_contain_text("Promise")


def test_slash_finds_a_borrower_from_anywhere(agent: Person) -> None:
    case, reference = agent.page.url, agent.page.locator("dd.mono").first.inner_text()
    agent.go("/loans/")

    agent.page.keyboard.press("/")
    agent.page.keyboard.type(reference)
    agent.page.keyboard.press("Enter")

    agent.page.wait_for_url(case)
