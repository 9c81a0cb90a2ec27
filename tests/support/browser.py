"""Pages in a real Chromium, and what axe finds on them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_open: list[tuple[Playwright, Browser]] = []
SCREEN = {"width": 1280, "height": 720}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; where there is none the test is skipped and says so.

    One for the whole test process, opened at first use: its driver cannot be started twice in a thread. `close_chromium` ends it.
    """
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    if not _open:
        driver = sync_playwright().start()
        _open.append((driver, driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)))
    yield _open[0][1]


def close_chromium() -> None:
    """End the browser and its driver, if they were ever started."""
    while _open:
        driver, browser = _open.pop()
        browser.close()
        driver.stop()


@contextmanager
def page_in(browser: Browser, *, theme: str = "light", locale: str = "en-GB") -> Iterator[Page]:
    """A page of its own, that fails the test when a script fails or the content security policy refuses something."""
    context = browser.new_context(viewport=SCREEN, color_scheme=theme, locale=locale, reduced_motion="reduce")  # type: ignore[arg-type,unused-ignore]
    context.set_default_timeout(10_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    context.close()
    assert faults == []


def axe_violations(page: Page) -> list[str]:
    """What breaks WCAG on the page as it stands, one line each."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]
