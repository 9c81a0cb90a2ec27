"""Signing in, in Chromium: with a second factor, over a page that went stale, by keyboard, in both languages."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from audit.clock import machine_now
from browser import axe_violations, chromium, page_in
from factor import PASSWORD, Authenticator, enrolled, person
from staff import doors
from staff.models import Door, Role, Session, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=["en-GB", "zh-CN"])
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    with chromium() as browser, page_in(browser, locale=request.param) as page:
        yield page


@pytest.fixture
def no_demo(settings: Any) -> None:
    settings.DEMO = False


def sign_in(page: Page, server: LiveServer, username: str, path: str = "/own/") -> None:
    page.goto(f"{server.url}/sign-in/?next={path}")
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda where: not where.startswith(f"{server.url}/sign-in/?"))


def test_the_second_factor_is_set_up_on_the_way_in(page: Page, live_server: LiveServer, no_demo: None) -> None:
    person(Role.MANAGER)

    sign_in(page, live_server, "the-manager")
    key = page.locator("code").inner_text().replace(" ", "")
    faults = axe_violations(page)
    page.fill("#id_code", Authenticator(key).code())
    page.keyboard.press("Enter")
    expect(page.locator(".codes li")).to_have_count(10)
    faults += axe_violations(page)
    page.click(".button-primary")
    page.wait_for_url(f"{live_server.url}/own/")

    assert faults + axe_violations(page) == []


def test_a_code_is_asked_for_and_a_wrong_one_is_said_so(page: Page, live_server: LiveServer, no_demo: None) -> None:
    someone, phone, _codes = enrolled(Role.ADMINISTRATOR)

    sign_in(page, live_server, someone.username, "/people/")
    expect(page.locator("#id_code")).to_be_focused()
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(page.locator("#id_code_error")).to_be_visible()
    faults = axe_violations(page)
    page.fill("#id_code", phone.code())
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/people/")

    assert faults == []


def test_the_drawer_of_a_persons_access_and_a_shut_door(page: Page, live_server: LiveServer) -> None:
    person(Role.ADMINISTRATOR, "ada")
    lin = person(username="lin")
    Door.objects.create(
        kind="place",
        key="k",
        user=lin,
        address="10.0.0.1",
        tries=doors.TRIES_MAX[doors.Kind.PLACE],
        last_at=machine_now(),
    )

    sign_in(page, live_server, "ada", "/people/")
    faults = axe_violations(page)
    page.click(f"a[href='/people/{lin.pk}/access/']")
    page.locator("#drawer form").first.wait_for()
    faults += axe_violations(page)
    page.keyboard.press("Escape")
    page.click("main .notice form button")
    expect(page.locator("main .notice-good")).to_be_visible()

    assert faults == []
    assert not doors.shut_doors(machine_now()).exists()


def test_ones_own_access_and_its_drawer(page: Page, live_server: LiveServer) -> None:
    person(username="lin")

    sign_in(page, live_server, "lin")
    page.wait_for_url(f"{live_server.url}/own/")
    faults = axe_violations(page)
    page.keyboard.press("p")
    page.locator("#drawer #id_current").wait_for()
    faults += axe_violations(page)
    page.fill("#id_current", "wrong")
    page.fill("#id_new", "another-long-word")
    page.fill("#id_again", "another-long-word")
    page.keyboard.press("Enter")
    expect(page.locator("#id_current_error")).to_be_visible()

    assert faults == []


def test_a_stale_page_signs_in_over_itself_and_keeps_what_was_typed(page: Page, live_server: LiveServer) -> None:
    person(Role.ADMINISTRATOR, "ada")
    sign_in(page, live_server, "ada", "/people/")
    page.keyboard.press("a")
    page.locator("#drawer #id_username").wait_for()
    page.fill("#drawer #id_username", "wei")
    page.fill("#drawer #id_display_name", "Wei")
    page.fill("#drawer #id_password", "a-first-long-word")
    Session.objects.update(seen_at=machine_now() - timedelta(minutes=20))

    page.click("#drawer .button-primary")
    page.locator("#sign-in-again #over_username").wait_for()
    faults = axe_violations(page)
    page.fill("#over_username", "ada")
    page.fill("#over_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#sign-in-again")).to_be_hidden()
    expect(page.locator("#drawer #id_username")).to_have_value("wei")
    page.click("#drawer .button-primary")
    expect(page.locator("main .notice-good")).to_be_visible()

    assert faults == []
    assert User.objects.filter(username="wei", display_name="Wei").exists()


def test_a_fresh_code_is_asked_for_over_the_page_and_the_drawer_opens(
    page: Page, live_server: LiveServer, no_demo: None
) -> None:
    someone, phone, _codes = enrolled(Role.ADMINISTRATOR)
    sign_in(page, live_server, someone.username, "/people/")
    page.fill("#id_code", phone.code(steps=-1))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/people/")
    store = Session.objects.get(user=someone)
    content = store.get_decoded()
    Session.objects.filter(pk=store.pk).update(
        session_data=Session.get_session_store_class()().encode(content | {"factor_at": 0.0})
    )

    page.keyboard.press("a")
    page.locator("#sign-in-again #over_code").wait_for()
    faults = axe_violations(page)
    page.fill("#over_code", phone.code())
    page.keyboard.press("Enter")
    page.locator("#drawer #id_username").wait_for()

    assert faults == []


def test_the_form_that_was_kept_is_offered_again(page: Page, live_server: LiveServer) -> None:
    person(username="lin")
    sign_in(page, live_server, "lin")
    page.wait_for_url(f"{live_server.url}/own/")
    Session.objects.update(seen_at=machine_now() - timedelta(minutes=20))

    page.locator("header button[popovertarget=person]").click()
    page.click("button[name=theme][value=dark]")
    page.fill("#id_username", "lin")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/sign-in/kept/")
    faults = axe_violations(page)
    page.click("main .button-primary")
    page.wait_for_url(f"{live_server.url}/own/")

    assert faults == []
    assert User.objects.get(username="lin").theme == "dark"
