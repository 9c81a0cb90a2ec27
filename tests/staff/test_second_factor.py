"""The second factor: owed by supervisors and above, each code once, and no way round it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.test import Client

from audit.clock import machine_now, now
from audit.models import Entry
from factor import PASSWORD, Authenticator, enrolled, give_code, is_in, person, sign_in, signed_in
from staff import doors, factors, totp
from staff.matrix import EXPORTS, STEP_UP
from staff.models import Factor, RecoveryCode, Role

START = datetime(2026, 7, 15, 2, 0, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_demo(settings: Any) -> None:
    settings.DEMO = False


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(doors, "PATIENCE", timedelta(seconds=-1))
    with time_machine.travel(START, tick=False) as moved:
        yield moved


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, SHA-1; the last six of its eight digits."""
    import base64

    secret = base64.b32encode(b"12345678901234567890").decode()

    assert totp.code_of(secret, totp.step_at(seconds)) == code


@pytest.mark.parametrize("role", sorted(factors.ROLES))
def test_a_password_alone_is_no_sign_in_for_a_supervisor_and_above(role: Role) -> None:
    half = sign_in(enrolled(role)[0].username)

    answers = {path: half.get(path).status_code for path in ("/", "/own/", "/people/", "/loans/", "/sign-in/kept/")}

    assert set(answers.values()) == {302}
    assert half.get("/api/v1/loans/").status_code == 401
    assert half.post("/own/sessions/end/", {"one_time_key": "k"})["Location"].startswith("/sign-in/")


def test_an_agent_signs_in_with_the_password_alone() -> None:
    assert is_in(sign_in(person(Role.AGENT).username))


def test_in_a_demonstration_nobody_owes_a_second_factor(settings: Any) -> None:
    settings.DEMO = True

    assert is_in(sign_in(person(Role.MANAGER).username))


def test_the_code_completes_the_sign_in_under_another_key(clock: Any) -> None:
    someone, phone, _codes = enrolled()
    desk = sign_in(someone.username)
    half = desk.cookies["sessionid"].value

    give_code(desk, phone.code())

    assert is_in(desk)
    assert desk.cookies["sessionid"].value != half
    assert list(Entry.objects.filter(actor=someone.username).order_by("number").values_list("action", flat=True)) == [
        "staff.factor_set_up",
        "staff.password_given",
        "staff.signed_in",
    ]


def test_whoever_has_no_second_factor_yet_sets_it_up_on_the_way_in(clock: Any) -> None:
    someone = person(Role.MANAGER)
    desk = Client()
    asked = desk.post("/sign-in/", {"username": someone.username, "password": PASSWORD, "next": "/own/"})
    page = desk.get(asked["Location"])
    secret = page.context["key"].replace(" ", "")

    answer = desk.post(asked["Location"], {"sealed": page.context["sealed"], "code": Authenticator(secret).code()})

    assert asked["Location"] == "/sign-in/second-factor/?next=%2Fown%2F"
    assert len(answer.context["codes"]) == 10
    assert is_in(desk)
    assert secret not in Factor.objects.get().secret


def test_a_secret_that_was_drawn_for_somebody_else_is_not_taken(clock: Any) -> None:
    desk, other = sign_in(person(Role.MANAGER).username), sign_in(person(Role.AUDITOR).username)
    page = other.get("/sign-in/second-factor/")
    code = Authenticator(page.context["key"].replace(" ", "")).code()

    desk.post("/sign-in/second-factor/", {"sealed": page.context["sealed"], "code": code})

    assert not is_in(desk)
    assert not Factor.objects.exists()


def test_whoever_has_a_second_factor_cannot_set_up_another_on_the_way_in(clock: Any) -> None:
    someone, _phone, _codes = enrolled()
    half = sign_in(someone.username)

    answer = half.get("/sign-in/second-factor/")

    assert answer["Location"] == "/sign-in/"
    with pytest.raises(factors.CodeError):
        factors.enrol(someone, phone_secret := totp.new_secret(), Authenticator(phone_secret).code(), at=now())


def test_a_code_is_good_once(clock: Any) -> None:
    someone, phone, _codes = enrolled()
    code = phone.code()

    first, second = sign_in(someone.username), sign_in(someone.username)
    give_code(first, code)
    give_code(second, code)

    assert (is_in(first), is_in(second)) == (True, False)


def test_an_older_code_is_no_good_after_a_newer_one(clock: Any) -> None:
    someone, phone, _codes = enrolled()
    older = phone.code(steps=-1)
    factors.check(someone, phone.code(), at=now())

    with pytest.raises(factors.CodeError):
        factors.check(someone, older, at=now())


@pytest.mark.parametrize(("steps", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_may_be_half_a_minute_off(clock: Any, steps: int, is_good: bool) -> None:
    someone, phone, _codes = enrolled()
    desk = sign_in(someone.username)

    give_code(desk, phone.code(steps=steps))

    assert is_in(desk) == is_good


def test_codes_are_counted_at_the_door(clock: Any) -> None:
    someone, phone, _codes = enrolled()
    desks = [sign_in(someone.username, REMOTE_ADDR=f"10.0.0.{n}") for n in range(3)]

    answers = [give_code(desks[n % 3], "000000").status_code for n in range(12)]
    right = give_code(desks[0], phone.code())

    assert answers == [422] * 5 + [429] * 7
    assert right.status_code == 429
    assert Entry.objects.filter(action="staff.code_refused").count() == 5
    assert Entry.objects.filter(action="staff.door_shut").count() == 1


def test_a_recovery_code_stands_in_once(clock: Any) -> None:
    someone, _phone, codes = enrolled()
    first, second = sign_in(someone.username), sign_in(someone.username)

    give_code(first, codes[0].lower())
    give_code(second, codes[0])

    assert (is_in(first), is_in(second)) == (True, False)
    assert not RecoveryCode.objects.filter(digest__contains=codes[0].replace("-", "")).exists()


def test_new_recovery_codes_void_the_old_ones(clock: Any) -> None:
    someone, phone, codes = enrolled()
    desk = signed_in(someone, phone)

    fresh = desk.post("/own/codes/").context["codes"]

    with pytest.raises(factors.CodeError):
        factors.check(someone, codes[0], at=now())
    factors.check(someone, fresh[0], at=now())


def test_an_administrator_resets_a_second_factor(clock: Any) -> None:
    someone, phone, _codes = enrolled()
    desk = signed_in(someone, phone)
    boss = signed_in(*enrolled(Role.ADMINISTRATOR)[:2])

    boss.post(f"/people/{someone.pk}/factor/reset/", {"one_time_key": "k"})

    assert not is_in(desk)
    assert not RecoveryCode.objects.filter(user=someone).exists()
    assert sign_in(someone.username).get("/sign-in/")["Location"] == "/sign-in/second-factor/"
    assert Entry.objects.filter(action="staff.factor_reset", subject_id=str(someone.pk)).count() == 1


def test_nobody_resets_their_own(clock: Any) -> None:
    own, phone, _codes = enrolled(Role.ADMINISTRATOR)
    boss = signed_in(own, phone)

    boss.post(f"/people/{own.pk}/factor/reset/", {"one_time_key": "k"})

    assert Factor.objects.filter(user=own).exists()


def test_a_token_wants_the_code_too(clock: Any) -> None:
    someone, phone, _codes = enrolled()
    given = {"username": someone.username, "password": PASSWORD}

    without = Client().post("/api/v1/token/", given, "application/json")
    with_code = Client().post("/api/v1/token/", given | {"code": phone.code()}, "application/json")

    assert (without.status_code, with_code.status_code) == (400, 200)


def test_no_token_before_the_second_factor_is_set_up() -> None:
    given = {"username": person(Role.MANAGER).username, "password": PASSWORD, "code": "000000"}

    assert Client().post("/api/v1/token/", given, "application/json").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_of_one_code_sent_by_eight_at_once_one_is_taken() -> None:
    someone, phone, _codes = enrolled()
    code, start = phone.code(), Barrier(8)

    def run(_number: int) -> bool:
        start.wait(timeout=60)
        try:
            factors.check(someone, code, at=now())
        except (factors.CodeError, doors.DoorShutError):
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(run, range(8))) == 1


def test_every_act_and_export_of_the_campaign_asks_for_a_fresh_code() -> None:
    named = {"contacts.reveal", "restructuring.decide", "lending.waive_decide", "staff.manage", "lending.export"}

    assert named <= STEP_UP | EXPORTS


@pytest.mark.parametrize("stale", [timedelta(minutes=10), timedelta(minutes=13)])
def test_a_code_is_fresh_for_ten_minutes(clock: Any, stale: timedelta) -> None:
    boss = signed_in(*enrolled(Role.ADMINISTRATOR)[:2])
    is_fresh = boss.get("/people/add/").status_code == 200

    clock.shift(stale)

    assert is_fresh
    assert boss.get("/people/add/")["Location"] == "/sign-in/code/?next=/people/add/"
    assert boss.get("/people/").status_code == 200


def test_a_fresh_code_leads_back_to_the_form_that_was_sent(clock: Any) -> None:
    own, phone, _codes = enrolled(Role.ADMINISTRATOR)
    boss = signed_in(own, phone)
    clock.shift(timedelta(minutes=11))
    asked = boss.post("/people/add/", {"username": "wei", "one_time_key": "k"})

    back = give_code(boss, phone.code(), QUERY_STRING="next=/sign-in/kept/")
    page = boss.get(back["Location"]).content.decode()

    assert asked["Location"] == "/sign-in/code/?next=/sign-in/kept/"
    assert '<input type="hidden" name="username" value="wei">' in page


def test_a_used_code_is_not_fresh(clock: Any) -> None:
    own, phone, _codes = enrolled(Role.ADMINISTRATOR)
    code = phone.code()
    boss = sign_in(own.username)
    give_code(boss, code)
    clock.shift(timedelta(seconds=1))

    assert give_code(boss, code).status_code == 422
    assert machine_now() > START
