"""Every desk of a role, the first thing that stands on it, and every drawer that opens from there."""

import re
from collections.abc import Iterator

from playwright.sync_api import Page

from browser import SCREEN, axe_violations
from walk import Person

PANEL = "#drawer .drawer-panel"
BESIDE = "main .tabs a, main .actions a:not(.drawer-link, [download])"
"""Links of a page to others of the same desk."""
TABLET = {"width": 1024, "height": 720}
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def everywhere(person: Person, *, opened: set[str] | None = None) -> Iterator[str]:
    """Goes from page to page, one of each kind; yields where it stands.

    Where `opened` is given also from drawer to drawer, those aside whose kind is in it; it grows by what is opened.
    """
    page, seen = person.page, set[str]()
    ahead = hrefs(page, ".rail a[data-go]")
    seen.update(kind_of(desk) for desk in ahead)
    while ahead:
        desk = ahead.pop(0)
        person.go(desk)
        yield desk
        for beside in hrefs(page, BESIDE):
            if kind_of(beside) not in seen:
                seen.add(kind_of(beside))
                ahead.append(beside)
        yield from drawers(page, opened) if opened is not None else ()
        first = next(iter(hrefs(page, "main tbody a:not(.drawer-link), main .phone a")), None)
        if first and kind_of(first) not in seen:
            seen.add(kind_of(first))
            page.locator(f'main a[href="{first}"]').first.click()
            page.wait_for_load_state()
            yield first
            yield from drawers(page, opened) if opened is not None else ()


def drawers(page: Page, seen: set[str]) -> Iterator[str]:
    for href in hrefs(page, "main a.drawer-link"):
        if kind_of(href) in seen:
            continue
        seen.add(kind_of(href))
        page.locator(f'main a.drawer-link[href="{href}"]').first.click()
        page.locator(PANEL).wait_for()
        yield href
        yield from onward(page, seen)
        page.keyboard.press("Escape")
        page.locator(PANEL).wait_for(state="detached")


def onward(page: Page, seen: set[str]) -> Iterator[str]:
    """The drawers to which the open one leads."""
    for href in hrefs(page, "#drawer a.drawer-link"):
        if kind_of(href) in seen:
            continue
        seen.add(kind_of(href))
        page.evaluate("href => htmx.ajax('GET', href, {target: '#drawer', swap: 'innerHTML'})", href)
        page.locator(PANEL).wait_for()
        yield href


def kind_of(href: str) -> str:
    """The same page of another loan, case or person is of the same kind."""
    return re.sub(r"[A-Z]*\d+", "N", href.partition("?")[0])


def hrefs(page: Page, selector: str) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        selector, "links => links.filter(each => each.checkVisibility()).map(each => each.getAttribute('href'))"
    )
    return found


def faults(page: Page, where: str) -> list[str]:
    """What breaks WCAG there, and whether the page runs over the side on a small screen or a tablet."""
    found = [f"{where}: {line}" for line in axe_violations(page)]
    for size in (TABLET, SCREEN):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        if page.evaluate(SIDEWAYS):
            found.append(f"{where}: runs over the side at {size['width']}")
    return found
