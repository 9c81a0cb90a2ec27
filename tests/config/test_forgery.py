"""No other site acts in somebody's name, and looking at a page changes nothing. Both are generated from the routes."""

import re
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from every_route import Route, crawl, every_route
from staff.access import PUBLIC
from staff.demo import ensure_sign_ins
from staff.matrix import may
from staff.models import Role, User

POSTS = [route for route in every_route() if route.capability]
FREE = {
    "/api/v1/token/",  # the password itself
    *("/webhooks/messages/x/", "/webhooks/payments/x/", "/webhooks/calls/x/"),  # a signature
    *("/loopback/calls/", "/loopback/messages/"),  # the demonstration's own gateways
    *("/loopback/payments/debits/", "/loopback/payments/links/", "/loopback/payments/links/cancel/"),
}
"""Nothing that a browser sends by itself opens these, so nothing can be forged."""
WRITES = re.compile(r"^\s*(INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+\"?(\w+)", re.IGNORECASE)
MAY_BE_WRITTEN = {
    "staff_session",  # that somebody is there
    *("audit_entry", "audit_head"),  # who took an export or looked at something that is on record
}

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def signed_in(capability: str) -> Client:
    """A browser of somebody who may, so that nothing but the forgery is refused."""
    ensure_sign_ins()
    role = next((role for role in Role if capability == PUBLIC or may(role, capability)), Role.AGENT)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(User.objects.get(username=role))
    return client


def test_only_what_needs_no_session_is_free_of_the_token() -> None:
    assert {route.path for route in POSTS if route.is_signed} == FREE


@pytest.mark.parametrize("route", [r for r in POSTS if not r.is_signed], ids=lambda route: route.path)
def test_a_forged_request_is_refused(route: Route) -> None:
    client = signed_in(route.capability)
    client.get("/own/")
    token = client.cookies["csrftoken"].value
    form = "application/x-www-form-urlencoded"

    answers = {
        "no token": client.post(route.path, {"x": "1"}),
        "a token from elsewhere": client.post(route.path, {"x": "1"}, headers={"X-CSRFToken": "a" * 64}),
        "a form": client.post(route.path, "x=1", form),
        "plain text": client.post(route.path, '{"x": 1}', "text/plain"),
        "json": client.post(route.path, '{"x": 1}', "application/json"),
        "another site": client.post(
            route.path, {"x": "1"}, headers={"X-CSRFToken": token, "Origin": "https://evil.example"}
        ),
        "no site": client.post(route.path, {"x": "1"}, headers={"X-CSRFToken": token, "Origin": "null"}),
    }

    assert {how: answer.status_code for how, answer in answers.items()} == dict.fromkeys(answers, 403)


def test_the_right_token_is_taken() -> None:
    client = signed_in("staff.own")
    client.get("/own/")

    answer = client.post("/theme/", {"theme": "dark"}, headers={"X-CSRFToken": client.cookies["csrftoken"].value})

    assert answer.status_code == 302


def test_a_part_of_a_page_from_before_the_sign_in_gets_the_new_token() -> None:
    client = signed_in("staff.own")

    refused = client.post("/theme/", {"theme": "dark"}, headers={"HX-Request": "true"})
    token = re.findall(r'"token": "(\w+)"', refused["HX-Trigger"])[0]
    taken = client.post("/theme/", {"theme": "dark"}, headers={"X-CSRFToken": token})

    assert (refused.status_code, taken.status_code) == (403, 302)


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        call_command("seed_demo", loans=40, seed=3, date=date(2026, 3, 30), stdout=StringIO())
        yield
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


@pytest.mark.parametrize("role", list(Role))
def test_looking_changes_nothing(seeded: None, role: Role) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username=role))
    written: dict[str, set[str]] = {}

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = WRITES.match(sql)
        if found:
            written.setdefault(here, set()).add(found[2])
        return execute(sql, params, many, context)

    here, looked_at = "/", 0
    with connection.execute_wrapper(watch):
        for here, answer in crawl(client):  # noqa: B007 - the watcher says where it was
            looked_at += answer.status_code == 200

    wrong = {path: tables - MAY_BE_WRITTEN for path, tables in written.items() if tables - MAY_BE_WRITTEN}
    assert wrong == {}
    assert looked_at >= 5
