"""Somebody who works by keyboard alone: what is done here is pressing keys, and waiting for what a reader would wait for."""

from datetime import date, datetime

from playwright.sync_api import Page, expect

from browser import axe_violations

PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
FOCUSED = "document.activeElement?.name ?? ''"
TABS_MAX = 40


class Hands:
    """Two hands on a keyboard in front of a page. No mouse, no address typed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.violations: dict[str, list[str]] = {}
        page.context.set_default_timeout(PATIENCE_MS)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)

    def look(self, screen: str) -> None:
        """What axe says of a screen when it is first met."""
        if screen not in self.violations:
            self.violations[screen] = axe_violations(self.page)

    def opens(self, key: str, title: str) -> None:
        """A key that opens its drawer, the focus inside it."""
        self.press(key)
        expect(self.page.locator("#drawer-title")).to_have_text(title)
        self.look(title)
        assert self.page.evaluate("document.querySelector('#drawer').contains(document.activeElement)")

    def to(self, name: str) -> None:
        """On by Tab until the field of that name has the focus."""
        for _ in range(TABS_MAX):
            if self.page.evaluate(FOCUSED) == name:
                return
            self.press("Tab")
        raise AssertionError(f"Tab never came to {name}")

    def fill(self, name: str, text: str) -> None:
        """Into a field that may hold something already."""
        self.to(name)
        self.press("Control+a")
        self.write(text)

    def day(self, name: str, moment: date) -> None:
        """A day into its field, or a moment into one of a day and a time, part by part as Chromium asks for them."""
        self.to(name)
        self.write(moment.strftime("%m%d%Y"))
        if isinstance(moment, datetime):
            self.press("ArrowRight")
            self.write(moment.strftime("%I%M%p"))
        held = self.page.evaluate("document.activeElement.value")
        wanted = moment.strftime("%Y-%m-%dT%H:%M" if isinstance(moment, datetime) else "%Y-%m-%d")
        assert held == wanted, f"{name} holds {held}, not {wanted}"

    def choose(self, name: str, label: str) -> None:
        """An entry of a list by the beginning of its words."""
        self.to(name)
        self.write(label)
        chosen = self.page.evaluate("document.activeElement.selectedOptions[0].textContent.trim()")
        assert chosen.startswith(label), f"{name} stands on {chosen}, not {label}"

    def pick(self, value: str) -> None:
        """One of the choices beside each other that has the focus: Space takes the first, arrows go on."""
        self.press("Space")
        for _ in range(TABS_MAX):
            if self.page.evaluate("document.activeElement.value") == value:
                return
            self.press("ArrowDown")
        raise AssertionError(f"no choice {value}")

    def send(self, told: str) -> None:
        """Ctrl and Enter; the page says that it is done, and is ready for the next key."""
        self.press("Control+Enter")
        self.told(told)

    def told(self, words: str, leads_to: str = "") -> None:
        """The page says that it is done; what comes next opens by itself if this leads to a drawer, and Escape puts it off."""
        expect(self.page.locator("main > .messages")).to_contain_text(words)
        if leads_to:
            expect(self.page.locator("#drawer-title")).to_have_text(leads_to)
            self.look(leads_to)
            self.press("Escape")
        expect(self.page.locator("#drawer-frame[open]")).to_have_count(0)
        self.page.wait_for_load_state("load")

    def leaves(self, key: str) -> None:
        """A key that goes to another page."""
        here = self.page.url
        self.press(key)
        self.page.wait_for_url(lambda url: url != here)
