"""No address leads round the step-up: every route that decides, reveals, exports or manages people asks for a fresh code."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from audit.clock import machine_now
from every_route import Route, every_route
from factor import PASSWORD, Authenticator, enrolled, signed_in
from staff.access import asks_for_code
from staff.matrix import EXPORTS, STEP_UP, may
from staff.models import Role, User

CASES = [
    (route, method) for route in every_route() for method in ("GET", "POST") if asks_for_code(route.audience, method)
]

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def no_demo(settings: Any) -> None:
    settings.DEMO = False


def someone_who_may(capability: str) -> tuple[User, Authenticator]:
    role = next(role for role in (Role.ADMINISTRATOR, Role.MANAGER, Role.SUPERVISOR) if may(role, capability))
    return enrolled(role)[:2]


def test_every_capability_that_asks_for_a_code_is_asked_for_by_a_route() -> None:
    assert {route.audience[method] for route, method in CASES} == STEP_UP | EXPORTS


@pytest.mark.parametrize(("route", "method"), CASES, ids=lambda value: getattr(value, "path", value))
def test_a_session_without_a_fresh_code_does_not_get_there(route: Route, method: str) -> None:
    with time_machine.travel(machine_now(), tick=False) as clock:
        desk = signed_in(*someone_who_may(route.audience[method]))
        clock.shift(timedelta(minutes=11))

        whole = desk.generic(method, route.path)
        part = desk.generic(method, route.path, headers={"HX-Request": "true"})

    if route.is_api:
        assert (whole.status_code, part.status_code) == (403, 403)
    else:
        assert (whole.status_code, part.status_code) == (302, 401)
        assert whole["Location"].startswith("/sign-in/code/")
        assert part["X-Sign-In"] == "/sign-in/code/"


@pytest.mark.parametrize(
    ("route", "method"), [case for case in CASES if case[0].is_api], ids=lambda value: getattr(value, "path", value)
)
def test_a_token_wants_a_code_for_each_request(route: Route, method: str) -> None:
    with time_machine.travel(machine_now(), tick=False) as clock:
        someone, phone = someone_who_may(route.audience[method])
        given = {"username": someone.username, "password": PASSWORD, "code": phone.code()}
        token = Client().post("/api/v1/token/", given, "application/json").json()["token"]
        key = {"Authorization": f"Token {token}"}
        clock.shift(timedelta(seconds=30))
        code = {"X-Second-Factor": phone.code()}

        without = Client().generic(method, route.path, headers=key)
        first = Client().generic(method, route.path, headers=key | code)
        again = Client().generic(method, route.path, headers=key | code)

    assert without.status_code == 403
    assert first.status_code != 403
    assert again.status_code == 403
