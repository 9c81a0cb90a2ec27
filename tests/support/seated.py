"""People at their desk in a browser of their own, and what must not happen unseen meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from behind import NOW
from browser import chromium, page_in
from hands import Hands
from staff.models import User

PASSWORD = "a-long-password"


class Clock:
    """What the time is at the desk."""

    at = NOW


@contextmanager
def seated(desk: LiveServer, user: User, *, theme: str = "light", locale: str = "en-GB") -> Iterator[Hands]:
    """Somebody signed in, before their first page; afterwards no console said an error, no request had failed and axe found nothing."""
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    with chromium() as browser, page_in(browser, theme=theme, locale=locale) as page:
        faults = listen(page)
        page.goto(f"{desk.url}/sign-in/")
        hands = Hands(page)
        hands.fill("username", user.username)
        hands.fill("password", PASSWORD)
        hands.leaves("Enter")
        try:
            yield hands
        finally:
            page.wait_for_load_state("networkidle")
        assert faults == []
        assert {screen: found for screen, found in hands.violations.items() if found} == {}


def listen(page: Page) -> list[str]:
    """What goes wrong unseen. A request that its own page left behind is none of it."""
    faults: list[str] = []
    page.on("console", lambda line: faults.append(line.text) if line.type in {"error", "warning"} else None)
    page.on("response", lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    page.on(
        "requestfailed",
        lambda asked: None if asked.failure == "net::ERR_ABORTED" else faults.append(f"{asked.failure} {asked.url}"),
    )
    return faults
