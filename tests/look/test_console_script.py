"""Keys, drawer, selection and confirmation, as somebody at the desk uses them."""

import pytest
from playwright.sync_api import Page, expect

from browser import axe_violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_slash_puts_the_cursor_into_the_search(desk: Page) -> None:
    desk.keyboard.press("/")

    expect(desk.locator("#search")).to_be_focused()


def test_question_mark_lists_the_keys_of_the_page(desk: Page) -> None:
    desk.keyboard.press("?")

    expect(desk.locator("#keys")).to_be_visible()
    assert desk.locator("#keys-here dd").all_inner_texts()[:2] == ["Promise", "Call"]
    assert axe_violations(desk) == []


def test_single_letter_keys_can_be_switched_off(desk: Page) -> None:
    desk.keyboard.press("?")
    desk.check("#keys-off")
    desk.keyboard.press("Escape")

    desk.keyboard.press("/")

    expect(desk.locator("#search")).not_to_be_focused()


def test_g_and_a_letter_go_to_a_desk(desk: Page) -> None:
    link = desk.locator(".rail a[data-go]").first

    desk.keyboard.press("g")
    desk.keyboard.press(link.get_attribute("data-go") or "")

    desk.wait_for_url(f"**{link.get_attribute('href')}*")


def test_keys_are_letters_while_somebody_types(desk: Page) -> None:
    desk.fill("#search", "")
    desk.type("#search", "jp?")

    expect(desk.locator("#search")).to_have_value("jp?")
    expect(desk.locator("#drawer-frame")).not_to_be_visible()


def test_j_and_x_walk_the_rows_and_select(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("x")

    expect(desk.locator("[data-rows] tbody tr").nth(1)).to_have_class("is-selected")
    expect(desk.locator("[data-bulk-count]")).to_have_text("1")
    assert axe_violations(desk) == []


def test_select_all_ticks_every_row(desk: Page) -> None:
    desk.check("[data-select-all]")

    expect(desk.locator("[data-bulk-count]")).to_have_text("8")
    desk.uncheck("[data-select-all]")
    expect(desk.locator(".bulk-bar")).to_be_hidden()


def test_a_confirmed_form_is_sent_only_after_yes(desk: Page) -> None:
    desk.check("input[name=selected] >> nth=0")
    desk.click(".bulk-bar button")

    expect(desk.locator("#confirm-question")).to_have_text("Move the selected cases?")
    desk.click("#confirm button[value=no]")
    assert "selected" not in desk.url
    desk.click(".bulk-bar button")
    desk.click("#confirm button[value=yes]")
    desk.wait_for_url("**selected=1041*")


def test_a_key_opens_the_drawer_and_escape_gives_the_focus_back(desk: Page) -> None:
    opener = desk.locator(".actions .drawer-link")
    opener.focus()

    desk.keyboard.press("p")

    expect(desk.locator("#drawer [name=amount]")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(desk.locator("#drawer-frame")).not_to_be_visible()
    expect(opener).to_be_focused()


def test_a_refused_form_stays_in_the_drawer_with_what_was_typed(desk: Page) -> None:
    desk.click(".actions .drawer-link")
    desk.fill("#drawer [name=note]", "comes back")

    desk.click("#drawer .button-primary")

    expect(desk.locator("#drawer .errorlist").first).to_be_visible()
    expect(desk.locator("#drawer [name=note]")).to_have_value("comes back")
    expect(desk.locator("#drawer [name=amount]")).to_be_focused()


def test_a_form_that_acted_leaves_the_drawer(desk: Page) -> None:
    desk.click(".actions .drawer-link")
    desk.fill("#drawer [name=amount]", "1200")
    desk.fill("#drawer [name=promised_on]", "2016-12-10")
    desk.check("#drawer [value=reached]")

    desk.click("#drawer .button-primary")

    expect(desk.locator("#drawer-frame")).not_to_be_visible()
    expect(desk).to_have_url(desk.url.split("?")[0])


def test_a_failure_of_the_server_is_said_and_the_form_stays(desk: Page) -> None:
    desk.click(".actions .drawer-link")
    desk.fill("#drawer [name=note]", "still here")
    desk.route("**/style/?drawer=1&*", lambda route: route.fulfill(status=500, body="down"))

    desk.click("#drawer .button-primary")

    expect(desk.locator("#toasts .notice")).to_contain_text("The console could not do this")
    expect(desk.locator("#drawer [name=note]")).to_have_value("still here")


def test_the_theme_is_kept(desk: Page) -> None:
    desk.click("[popovertarget=person]")
    desk.click("button[name=theme][value=dark]")

    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")
    assert axe_violations(desk) == []


def test_the_language_is_kept(desk: Page) -> None:
    desk.click("button[name=language]")

    expect(desk.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(desk.locator("h1")).to_have_text("样式总览")
