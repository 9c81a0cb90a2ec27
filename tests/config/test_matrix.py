"""Every route without parameters answers every role by every method as the permission matrix says."""

from collections.abc import Iterator

import pytest
from django.test import Client

from config.management.commands.permission_matrix import ANONYMOUS, lines
from staff.demo import ensure_sign_ins
from staff.models import Role, User

FIXED = [line for line in lines() if "<" not in line["route"] and "(?P" not in line["route"]]
ROUTES = sorted({line["route"].replace("^", "").replace("\\Z", "").replace("$", "") for line in FIXED})
SIGN_OUT = "/sign-out/"


@pytest.fixture
def clients(db: None) -> dict[str, Client]:
    ensure_sign_ins()
    found = {ANONYMOUS: Client()}
    for role in Role.values:
        found[role] = Client(raise_request_exception=False)
        found[role].force_login(User.objects.get(role=role))
    return found


def expectations(route: str) -> Iterator[tuple[str, str, str]]:
    for line in FIXED:
        if line["route"].replace("^", "").replace("\\Z", "").replace("$", "") == route:
            yield line["method"], line["role"], line["answer"]


def kept(answer: str, status: int, *, is_api: bool) -> bool:
    """Whether that status is what the matrix promised."""
    match answer:
        case "deny":
            return status == 403
        case "sign_in":
            return status == (401 if is_api else 302)
        case "no_method":
            return status == 405
        case _:
            return status not in {401, 403, 405} and status < 500


@pytest.mark.parametrize("route", ROUTES)
def test_a_route_answers_as_the_matrix_says(clients: dict[str, Client], route: str) -> None:
    wrong = []
    for method, role, answer in expectations(route):
        if route == SIGN_OUT and method == "POST" and answer == "allow":
            continue
        status = clients[role].generic(method, route).status_code
        if not kept(answer, status, is_api=route.startswith("/api/")):
            wrong.append(f"{method} as {role}: {answer} promised, {status} answered")

    assert wrong == []
