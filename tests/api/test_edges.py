"""What machines get beside the rows: refusals as JSON, and the reader of the schema under the policy of every page."""

import re

import pytest
from django.test import Client

from staff.demo import ensure_sign_ins
from staff.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/", "/webhooks/nothing/"])
def test_an_unknown_address_is_answered_in_json(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.json() == {"detail": "Not found."}


def test_a_person_still_gets_a_page(client: Client) -> None:
    assert "text/html" in client.get("/nothing/").headers["Content-Type"]


def test_a_method_that_a_resource_does_not_have_is_named(client: Client) -> None:
    ensure_sign_ins()
    client.force_login(User.objects.get(username="manager"))

    answer = Client().get("/api/v1/token/")

    assert answer.status_code == 405
    assert client.put("/api/v1/token/").status_code == 405


def test_a_stranger_learns_nothing_of_methods(client: Client) -> None:
    assert client.post("/api/v1/loans/").status_code == 401


def test_a_token_is_given_for_a_form_as_for_json(client: Client) -> None:
    ensure_sign_ins()
    given = {"username": "agent", "password": "demo-agent"}

    by_form = client.post("/api/v1/token/", "username=agent&password=demo-agent", "application/x-www-form-urlencoded")

    assert by_form.json() == client.post("/api/v1/token/", given, "application/json").json()
    assert by_form.json()["token"]


def test_the_reader_of_the_schema_keeps_to_the_policy(client: Client) -> None:
    page = client.get("/api/docs/")

    nonce = re.findall(r"script-src 'nonce-([^']+)'", page.headers["Content-Security-Policy"])
    assert page.content.decode().count(f'<script nonce="{nonce[0]}" src=') == 3
    assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert b"<style" not in page.content
    assert b"<script>" not in page.content
    assert client.get("/api/docs/?script=").headers["Content-Type"].startswith("application/javascript")


def test_a_webhook_takes_posts_only(client: Client) -> None:
    assert client.get("/webhooks/payments/paywell/").status_code == 405
