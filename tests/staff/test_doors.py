"""A try is counted before the password is looked at: ten guesses for one name in half an hour, wherever they come from."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from audit.models import Entry
from factor import PASSWORD, is_in, person, sign_in
from staff import doors
from staff.models import Door, Role, User

START = datetime(2026, 7, 15, 2, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as moved:
        yield moved


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still here, so nobody may wait for it."""
    monkeypatch.setattr(doors, "PATIENCE", timedelta(seconds=-1))


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The guesses that were compared with a password, or hashed in vain."""
    found: list[str] = []
    encode = MD5PasswordHasher.encode

    def encoding(self: Any, password: str, salt: str) -> str:
        if password.startswith("guess"):
            found.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", encoding)
    return found


def guess(username: str, times: int, **more: Any) -> list[int]:
    return [
        Client().post("/sign-in/", {"username": username, "password": f"guess-{n}"}, **more).status_code
        for n in range(times)
    ]


def test_four_guesses_from_one_place_are_looked_at_and_then_none(looked_at: list[str]) -> None:
    person(username="lin")

    answers = guess("lin", 20)

    assert answers == [200] * 4 + [429] * 16
    assert len(looked_at) == 4


def test_ten_guesses_from_everywhere_are_looked_at_in_half_an_hour(looked_at: list[str]) -> None:
    person(username="lin")
    sign_in("lin", REMOTE_ADDR="10.0.0.1")

    guess("lin", 12, REMOTE_ADDR="10.0.0.1")
    for n in range(40):
        guess("lin", 2, REMOTE_ADDR=f"10.1.{n}.1")

    assert len(looked_at) == 10


def test_a_name_that_nobody_has_is_counted_the_same(looked_at: list[str]) -> None:
    assert guess("nobody", 8) == [200] * 4 + [429] * 4
    assert len(looked_at) == 4


def test_capitals_and_full_width_letters_are_no_other_name(looked_at: list[str]) -> None:
    person(username="lin")

    for spelling in ("lin", "LIN", "Lin", "ｌｉｎ", "liN", "lIn"):
        guess(spelling, 1)

    assert len(looked_at) == 4


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_CLIENT_IP"])
def test_what_a_header_says_of_the_address_changes_nothing(looked_at: list[str], header: str) -> None:
    person(username="lin")

    for n in range(10):
        guess("lin", 1, **{header: f"203.0.113.{n}", "HTTP_USER_AGENT": f"agent {n}"})

    assert len(looked_at) == 4


def test_the_owner_comes_in_from_another_place() -> None:
    person(username="lin")
    guess("lin", 20, REMOTE_ADDR="10.0.0.1")

    assert is_in(sign_in("lin", REMOTE_ADDR="10.0.0.2"))


def test_the_owner_comes_in_where_they_are_known_however_many_guess_elsewhere() -> None:
    person(username="lin")
    sign_in("lin", REMOTE_ADDR="10.0.0.1")
    for n in range(30):
        guess("lin", 2, REMOTE_ADDR=f"10.1.{n}.1")

    assert is_in(sign_in("lin", REMOTE_ADDR="10.0.0.1"))


def test_the_right_password_is_refused_too_while_the_door_is_shut() -> None:
    person(username="lin")
    guess("lin", 4)

    answer = Client().post("/sign-in/", {"username": "lin", "password": PASSWORD})

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) == 1800
    assert "Wait 30 min" in answer.content.decode()


def test_half_an_hour_after_the_last_try_the_door_opens(clock: Any) -> None:
    person(username="lin")
    guess("lin", 4)
    clock.shift(timedelta(minutes=29))
    is_shut = guess("lin", 1) == [429]
    clock.shift(timedelta(minutes=1))

    assert is_shut
    assert is_in(sign_in("lin"))


def test_tries_that_are_minutes_apart_add_up(looked_at: list[str], clock: Any) -> None:
    person(username="lin")

    for _n in range(12):
        guess("lin", 1)
        clock.shift(timedelta(minutes=7))

    assert len(looked_at) <= 10


def test_right_passwords_are_never_counted() -> None:
    person(username="lin")

    assert all(is_in(sign_in("lin")) for _n in range(30))
    assert set(Door.objects.values_list("tries", flat=True)) == {0}


def test_one_place_is_shut_after_a_hundred_tries_over_all_names(looked_at: list[str]) -> None:
    for n in range(110):
        guess(f"name{n}", 1)

    assert len(looked_at) == 100
    assert Door.objects.filter(kind=Door.Kind.ADDRESS).get().tries == 100


def test_the_api_goes_through_the_same_door() -> None:
    person(username="lin")
    guess("lin", 4)

    answer = Client().post("/api/v1/token/", {"username": "lin", "password": PASSWORD}, "application/json")

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) == 1800


def test_guesses_at_the_api_shut_the_page() -> None:
    person(username="lin")
    for n in range(4):
        Client().post("/api/v1/token/", {"username": "lin", "password": f"guess-{n}"}, "application/json")

    assert guess("lin", 1) == [429]


def test_guesses_at_the_present_password_are_counted_too() -> None:
    person(username="lin")
    desk = sign_in("lin")
    given = {"current": "guess", "new": "another-long-word", "again": "another-long-word"}

    answers = [desk.post("/own/password/", given).status_code for _n in range(12)]

    assert set(answers) == {422}
    assert sum(Door.objects.filter(kind__in=["known", "place"]).values_list("tries", flat=True)) == 8


def test_every_failure_is_on_record_and_tells_no_name_that_nobody_has() -> None:
    lin = person(username="lin")
    guess("lin", 6)
    guess("my-secret-password", 1)

    entries = list(Entry.objects.filter(action__startswith="staff.").order_by("number"))

    assert [entry.action for entry in entries] == ["staff.sign_in_failed"] * 4 + [
        "staff.door_shut",
        "staff.sign_in_failed",
    ]
    assert {entry.subject_id for entry in entries[:5]} == {str(lin.pk)}
    assert (entries[5].facts, entries[5].source) == ("{}", "127.0.0.1")
    assert not any("my-secret" in str(values) for values in Door.objects.values())


def test_an_administrator_lets_somebody_in_again() -> None:
    person(username="lin")
    guess("lin", 8)
    boss = sign_in(person(Role.ADMINISTRATOR, "ada").username)
    listed = boss.get("/people/").content.decode()
    door = doors.shut_doors(START).get()

    boss.post(f"/people/doors/{door.pk}/lift/", {"one_time_key": "k"})

    assert "lin is shut out for a while" in listed
    assert is_in(sign_in("lin"))
    assert Entry.objects.filter(action="staff.door_lifted", actor="ada", subject_id=str(door.user_id)).count() == 1


def test_an_administrator_opens_a_place_again() -> None:
    person(username="lin")
    boss = sign_in(person(Role.ADMINISTRATOR, "ada").username, REMOTE_ADDR="10.0.0.9")
    for n in range(101):
        guess(f"name{n}", 1)
    door = doors.shut_doors(START).get(kind=Door.Kind.ADDRESS)

    boss.post(f"/people/doors/{door.pk}/lift/", {"one_time_key": "k"}, REMOTE_ADDR="10.0.0.9")

    assert is_in(sign_in("lin"))


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.AUDITOR])
def test_nobody_else_opens_a_door(role: str) -> None:
    person(username="lin")
    guess("lin", 4)
    door = doors.shut_doors(START).get()

    answer = sign_in(person(role).username, REMOTE_ADDR="10.0.0.9").post(f"/people/doors/{door.pk}/lift/")

    assert answer.status_code == 403
    assert doors.shut_doors(START).exists()


def test_a_place_where_nobody_has_been_for_ninety_days_is_not_known(clock: Any) -> None:
    person(username="lin")
    sign_in("lin", REMOTE_ADDR="10.0.0.1")
    clock.shift(doors.KNOWN_FOR + timedelta(seconds=1))

    ways = doors.password_tries("lin", "10.0.0.1", START + doors.KNOWN_FOR + timedelta(seconds=1))

    assert [[mark.kind for mark in way] for way in ways] == [["address", "place", "elsewhere"]]


def test_counters_that_say_nothing_are_forgotten(clock: Any) -> None:
    from staff.clearing import pulse

    person(username="lin")
    sign_in("lin", REMOTE_ADDR="10.0.0.1")
    guess("nobody", 3, REMOTE_ADDR="10.0.0.2")
    clock.shift(timedelta(hours=13))

    pulse(START)

    assert [(door.kind, door.user) for door in Door.objects.all()] == [("place", User.objects.get())]
    assert not User.objects.get().sessions.exists()
