"""People at a running console: each with a browser of their own, who look at every page in both languages."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import APIResponse, Browser, Locator, Page, expect

from browser import axe_violations, page_in

DRAWER = "#drawer"
PATIENCE_MS = 30_000
"""How long anything may take on a machine that runs everything else at once; nothing waits longer than it must."""
expect.set_options(timeout=PATIENCE_MS)


class Person:
    """Somebody signed in. `look` is what a careful reader would do on each page: nothing may break WCAG, in either language."""

    def __init__(self, page: Page, address: str, role: str) -> None:
        self.page, self.address, self.role = page, address, role
        self.violations: list[str] = []
        page.context.set_default_timeout(PATIENCE_MS)
        page.goto(f"{address}/sign-in/")
        page.locator(f"form:has(input[value={role}]) button").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def desk(self, label: str) -> None:
        """Take an entry of the rail."""
        self.page.locator(".rail").get_by_role("link", name=label).click()
        self.page.get_by_role("heading", level=1, name=label).wait_for()

    @property
    def drawer(self) -> Locator:
        return self.page.locator(DRAWER)

    def open(self, link: str) -> Locator:
        """Open a link in the drawer."""
        self.page.locator(link).first.click()
        self.drawer.locator(".drawer-panel").wait_for()
        return self.drawer

    def send(self, button: str) -> None:
        """Press a button of the drawer that acts, and come out of the drawer."""
        self.drawer.get_by_role("button", name=button).click()
        self.drawer.locator(".drawer-panel").wait_for(state="detached")
        self.page.wait_for_load_state("load")

    def look(self, what: str, *, drawer: str = "") -> None:
        """What axe says of the page as it stands, and of the same page in Chinese, in a second tab; `drawer` opens it there."""
        self.violations += [f"{what} (en): {line}" for line in axe_violations(self.page)]
        self.speak("zh-hans")
        tab = self.page.context.new_page()
        tab.goto(self.page.url)
        assert tab.locator("html").get_attribute("lang") == "zh-Hans"
        if drawer:
            tab.locator(drawer).first.click()
            tab.locator(f"{DRAWER} .drawer-panel").wait_for()
        self.violations += [f"{what} (zh): {line}" for line in axe_violations(tab)]
        tab.close()
        self.speak("en")

    def speak(self, language: str) -> None:
        """Choose the language as the switch in the header does, without leaving the page."""
        assert self.post("/language/", language=language, next="/sign-in/").status == 302

    def prefer(self, language: str, theme: str) -> None:
        """Language and colours as chosen in the header; the home page comes up in them."""
        self.speak(language)
        assert self.post("/theme/", theme=theme, next="/").status == 302
        self.go("/")

    def post(self, path: str, **form: str) -> APIResponse:
        """What the server answers to a form that this person's browser sends, whether or not a page offers it."""
        cookies = {str(each.get("name")): str(each.get("value")) for each in self.page.context.cookies()}
        token = next(value for name, value in cookies.items() if name.endswith("csrftoken"))
        return self.page.request.post(
            self.address + path,
            form={**form, "csrfmiddlewaretoken": token},
            headers={"Referer": self.address + path},
            max_redirects=0,
        )


@contextmanager
def signed_in(browser: Browser, address: str, role: str) -> Iterator[Person]:
    """That role's demonstration sign-in; fails afterwards with everything that axe found on the way."""
    with page_in(browser) as page:
        person = Person(page, address, role)
        yield person
        assert person.violations == []
