"""Sessions: new at each sign-in, ended by time and by whatever changes a person's access, and refused from the next request on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from rest_framework.authtoken.models import Token

from audit.models import Entry
from factor import PASSWORD, is_in, person, sign_in
from staff.models import Role, Session, User
from staff.people import columns_of
from staff.seen import print_of

START = datetime(2026, 7, 15, 2, 0, tzinfo=UTC)
NEW = "another-long-word"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as moved:
        yield moved


@pytest.fixture
def lin(db: None) -> User:
    return person(username="lin")


@pytest.fixture
def boss(db: None) -> Client:
    return sign_in(person(Role.ADMINISTRATOR, "ada").username)


def key_of(client: Client) -> str:
    return client.cookies["sessionid"].value


def test_the_key_is_new_after_the_sign_in(lin: User) -> None:
    planted = Client()
    planted.cookies["sessionid"] = "k" * 32

    sign_in("lin", client=planted)

    assert key_of(planted) != "k" * 32
    assert is_in(planted)


def test_a_key_that_a_stranger_was_given_is_not_the_one_signed_in(lin: User) -> None:
    strangers = Session.get_session_store_class()()
    strangers["kept"] = "something"
    strangers.save()
    fixed = Client()
    fixed.cookies["sessionid"] = strangers.session_key

    sign_in("lin", client=fixed)

    thief = Client()
    thief.cookies["sessionid"] = strangers.session_key
    assert not is_in(thief)
    assert key_of(fixed) != strangers.session_key


def test_a_second_sign_in_at_the_same_browser_takes_another_key(lin: User) -> None:
    desk = sign_in("lin")
    first = key_of(desk)

    sign_in("lin", client=desk)

    assert key_of(desk) != first


def test_somebody_else_at_the_same_browser_gets_nothing_of_the_first(lin: User) -> None:
    desk = sign_in("lin")
    first = key_of(desk)
    person(username="wei")

    sign_in("wei", client=desk)

    assert not Session.objects.filter(session_key=first).exists()


def test_after_signing_out_the_key_is_void(lin: User) -> None:
    desk = sign_in("lin")
    stolen = Client()
    stolen.cookies["sessionid"] = key_of(desk)

    desk.post("/sign-out/")

    assert not is_in(stolen)


def test_fifteen_minutes_without_a_sign_end_it(lin: User, clock: Any) -> None:
    desk = sign_in("lin")

    clock.shift(timedelta(minutes=15))

    assert not is_in(desk)


def test_whoever_works_stays(lin: User, clock: Any) -> None:
    desk = sign_in("lin")

    for _n in range(6):
        clock.shift(timedelta(minutes=13))
        assert is_in(desk)


def test_twelve_hours_end_it_however_busy(lin: User, clock: Any) -> None:
    desk = sign_in("lin")

    for _n in range(71):
        clock.shift(timedelta(minutes=10))
        assert is_in(desk)
    clock.shift(timedelta(minutes=10))

    assert not is_in(desk)


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(lin: User, clock: Any) -> None:
    desk = sign_in("lin")

    for _n in range(3):
        clock.shift(timedelta(minutes=5))
        desk.get("/own/", headers={"X-Background": "1"})

    assert not is_in(desk)


def test_the_sign_in_page_says_why(lin: User, clock: Any) -> None:
    desk = sign_in("lin")
    clock.shift(timedelta(minutes=16))

    page = desk.get("/own/", follow=True).content.decode()

    assert "There was no sign of you for 15 minutes" in page
    assert '<input type="hidden" name="next" value="/own/">' in page


def test_a_changed_password_ends_the_others_and_keeps_this_one(lin: User) -> None:
    desk, other = sign_in("lin"), sign_in("lin")
    before = key_of(desk)

    desk.post("/own/password/", {"current": PASSWORD, "new": NEW, "again": NEW})

    assert (is_in(desk), is_in(other)) == (True, False)
    assert key_of(desk) != before
    assert is_in(sign_in("lin", NEW))
    assert not is_in(sign_in("lin", PASSWORD))
    assert Entry.objects.filter(action="staff.password_changed", facts='{"ended":1}').count() == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"current": "wrong-word-here"}, "not your present password"),
        ({"again": "not-the-same-word"}, "do not agree"),
        ({"new": "short", "again": "short"}, "at least 12"),
        ({"new": "password1234", "again": "password1234"}, "too common"),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(lin: User, given: dict[str, str], words: str) -> None:
    desk, other = sign_in("lin"), sign_in("lin")

    answer = desk.post("/own/password/", {"current": PASSWORD, "new": NEW, "again": NEW, **given})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert is_in(other)


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/people/{pk}/", {"role": "supervisor", "is_active": "on"}),
        ("/people/{pk}/", {"role": "agent"}),
        ("/people/{pk}/access/", {"new": NEW}),
        ("/people/{pk}/sign-out/", {}),
        ("/people/{pk}/factor/reset/", {}),
    ],
    ids=["role", "disabled", "password", "signed out", "factor"],
)
def test_what_changes_the_access_ends_sessions_and_tokens(
    lin: User, boss: Client, path: str, given: dict[str, str]
) -> None:
    desk = sign_in("lin")
    token = Client().post("/api/v1/token/", {"username": "lin", "password": PASSWORD}, "application/json").json()
    form = {"display_name": "Lin", "capacity": "5", "one_time_key": "k", "seen": print_of(columns_of(lin)), **given}

    changed = boss.post(path.format(pk=lin.pk), form)

    answer = Client().get("/api/v1/loans/", headers={"Authorization": f"Token {token['token']}"})
    assert changed.status_code == 302
    assert not is_in(desk)
    assert answer.status_code == 401


def test_a_disabled_person_cannot_sign_in_nor_take_a_token(lin: User) -> None:
    User.objects.filter(pk=lin.pk).update(is_active=False)

    answer = Client().post("/api/v1/token/", {"username": "lin", "password": PASSWORD}, "application/json")

    assert not is_in(sign_in("lin"))
    assert answer.status_code == 400
    assert not Token.objects.exists()


def test_of_too_many_sessions_the_oldest_ends(lin: User, clock: Any, settings: Any) -> None:
    settings.SESSIONS_MAX = 3
    desks = []
    for _n in range(4):
        desks.append(sign_in("lin"))
        clock.shift(timedelta(seconds=1))

    assert [is_in(desk) for desk in desks] == [False, True, True, True]


def test_one_sees_ones_sessions_and_ends_the_others(lin: User) -> None:
    desk, other = sign_in("lin"), sign_in("lin", HTTP_USER_AGENT="Some Browser", REMOTE_ADDR="10.0.0.7")
    stranger = sign_in(person(username="wei").username)
    page = desk.get("/own/").content.decode()

    desk.post("/own/sessions/end/", {"one_time_key": "k"})

    assert "Some Browser" in page
    assert "10.0.0.7" in page
    assert [is_in(client) for client in (desk, other, stranger)] == [True, False, True]


def test_an_administrator_leaves_ones_own_password_to_somebody_else(boss: Client) -> None:
    own = User.objects.get(username="ada")

    answer = boss.post(f"/people/{own.pk}/access/", {"new": NEW, "one_time_key": "k"})

    assert answer.status_code == 422
    assert is_in(boss)


def test_under_https_the_cookies_are_bound_to_the_host(lin: User, settings: Any) -> None:
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    desk = Client()
    desk.get("/sign-in/", secure=True)

    sign_in("lin", client=desk, secure=True)

    for name in ("__Host-sessionid", "__Host-csrftoken"):
        cookie = desk.cookies[name]
        assert (bool(cookie["secure"]), bool(cookie["httponly"]), cookie["samesite"]) == (True, True, "Lax")
        assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_rights_are_read_anew_at_each_request(lin: User) -> None:
    desk = sign_in("lin")
    User.objects.filter(pk=lin.pk).update(role=Role.AUDITOR)

    assert desk.get("/audit/").status_code == 200


class TestAStalePage:
    """A page whose session has ended loses nothing of what was typed."""

    @pytest.fixture
    def desk(self, lin: User, clock: Any) -> Client:
        desk = sign_in("lin")
        clock.shift(timedelta(minutes=16))
        return desk

    def test_a_part_is_told_where_to_sign_in_over_the_page(self, desk: Client) -> None:
        answer = desk.post("/theme/", {"theme": "dark"}, headers={"HX-Request": "true"})

        assert (answer.status_code, answer["X-Sign-In"]) == (401, "/sign-in/")
        assert "HX-Redirect" not in answer

    def test_the_form_over_the_page_signs_in_and_hands_out_the_new_token(self, desk: Client, lin: User) -> None:
        form = desk.get("/sign-in/", headers={"HX-Request": "true"}).content.decode()
        given = {"username": "lin", "password": PASSWORD, "was": str(lin.pk)}

        answer = desk.post("/sign-in/", given, headers={"HX-Request": "true"})

        assert "<html" not in form
        assert (answer.status_code, "signed-in" in answer["HX-Trigger"]) == (204, True)
        assert is_in(desk)

    def test_a_wrong_password_keeps_the_form_over_the_page(self, desk: Client) -> None:
        answer = desk.post("/sign-in/", {"username": "lin", "password": "x"}, headers={"HX-Request": "true"})

        assert answer.status_code == 422
        assert "<html" not in answer.content.decode()

    def test_somebody_else_gets_a_page_of_their_own(self, desk: Client, lin: User) -> None:
        person(username="wei")
        given = {"username": "wei", "password": PASSWORD, "was": str(lin.pk)}

        answer = desk.post("/sign-in/", given, headers={"HX-Request": "true"})

        assert (answer["HX-Refresh"], "HX-Trigger" in answer) == ("true", False)

    def test_a_whole_form_is_kept_and_offered_again(self, desk: Client) -> None:
        asked = desk.post("/theme/", {"theme": "dark", "next": "/own/"})

        back = desk.post(asked["Location"], {"username": "lin", "password": PASSWORD, "next": "/sign-in/kept/"})
        page = desk.get(back["Location"]).content.decode()

        assert (asked.status_code, back["Location"]) == (302, "/sign-in/kept/")
        assert 'action="/theme/"' in page
        assert '<input type="hidden" name="theme" value="dark">' in page

    def test_nobody_else_sees_what_was_kept(self, desk: Client) -> None:
        person(username="wei")
        desk.post("/theme/", {"theme": "dark"})

        sign_in("wei", client=desk)

        assert desk.get("/sign-in/kept/").status_code == 302

    def test_a_password_is_never_kept(self, desk: Client) -> None:
        desk.post("/own/password/", {"current": PASSWORD, "new": NEW, "again": NEW, "note": "x"})
        sign_in("lin", client=desk)

        page = desk.get("/sign-in/kept/").content.decode()

        assert 'name="note"' in page
        assert PASSWORD not in page
        assert NEW not in page

    def test_a_strangers_form_is_not_kept(self) -> None:
        Client().post("/theme/", {"theme": "dark"})

        assert not Session.objects.exists()
