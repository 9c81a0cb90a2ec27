"""The headers that protect a page are on every answer: pages, parts, errors, redirects, files, static files, the API."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from config.urls import urlpatterns as of_the_console
from every_route import every_route
from staff.access import public
from staff.demo import ensure_sign_ins
from staff.models import Role, User

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}
NONE = ("default-src", "object-src", "base-uri", "frame-ancestors")

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@public
def fails(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret of the inside")


urlpatterns = [path("fails/", fails), *of_the_console]
handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"


@pytest.fixture(autouse=True)
def over_https() -> Any:
    with override_settings(
        SECURE_HSTS_SECONDS=31_536_000,
        SECURE_HSTS_INCLUDE_SUBDOMAINS=True,
        SECURE_HSTS_PRELOAD=True,
        ROOT_URLCONF=__name__,
    ):
        yield


def client_of(role: str = "") -> Client:
    ensure_sign_ins()
    client = Client(raise_request_exception=False)
    if role:
        client.force_login(User.objects.get(username=role))
    return client


def lacking(answer: Any, where: str) -> list[str]:
    """What is missing on an answer, one line each."""
    headers = answer.headers
    found = [f"{where}: {name} is {headers.get(name)}" for name, value in ALWAYS.items() if headers.get(name) != value]
    policy = dict(part.strip().partition(" ")[::2] for part in headers.get("Content-Security-Policy", "").split(";"))
    found += [f"{where}: {name} is {policy.get(name)}" for name in NONE if policy.get(name) != "'none'"]
    if "unsafe" in headers.get("Content-Security-Policy", "unsafe"):
        found.append(f"{where}: the policy is missing or unsafe")
    if not re.fullmatch(r"('nonce-[\w+/=]+')?", policy.get("script-src", "missing")):
        found.append(f"{where}: script-src is {policy.get('script-src')}")
    if not where.startswith("/static/") and "no-store" not in headers.get("Cache-Control", ""):
        found.append(f"{where}: may be stored")
    return found


@pytest.mark.parametrize("role", ["", *Role])
def test_every_route_answers_with_every_header(role: str) -> None:
    client = client_of(role)
    paths = [route.path for route in every_route() if route.path != "/sign-out/"]

    faults = [line for where in paths for line in lacking(client.get(where, secure=True), where)]

    assert faults == []
    assert len(paths) > 60


@pytest.mark.parametrize(
    ("method", "where", "status"),
    [
        ("get", "/nothing/", 404),
        ("get", "/api/nothing/", 404),
        ("get", "/static/nothing.js", 404),
        ("get", "/fails/", 500),
        ("post", "/people/", 405),
        ("post", "/people/add/", 403),
        ("get", "/people/add/", 403),
        ("get", "/static/console.js", 200),
        ("get", "/static/css/base.css", 200),
        ("get", "/loans.csv", 200),
        ("get", "/healthz", 200),
        ("post", "/webhooks/messages/nobody/", 403),
        ("options", "/api/v1/loans/", 200),
    ],
)
def test_errors_and_files_have_them_too(method: str, where: str, status: int) -> None:
    client = client_of("auditor")

    answer = getattr(client, method)(where, secure=True)

    assert answer.status_code == status
    assert lacking(answer, where) == []


def test_an_error_tells_nothing_of_the_inside() -> None:
    answer = client_of().get("/fails/", secure=True)

    assert "secret of the inside" not in answer.content.decode()
    assert answer["X-Request-ID"] in answer.content.decode()


@pytest.mark.parametrize("where", ["/own/", "/sign-in/", "/nothing/"])
def test_each_page_has_a_nonce_of_its_own_on_its_scripts(where: str) -> None:
    client = client_of("manager" if where == "/own/" else "")

    answers = [client.get(where) for _n in range(3)]

    nonces = [re.findall(r"'nonce-([^']+)'", answer["Content-Security-Policy"])[0] for answer in answers]
    assert len(set(nonces)) == 3
    assert [
        answer.content.decode().count(f'nonce="{nonce}"') for answer, nonce in zip(answers, nonces, strict=True)
    ] == [2] * 3


def test_no_page_has_a_script_or_a_style_in_itself() -> None:
    """What the policy would refuse is not in the templates either."""
    templates = Path(__file__).resolve().parents[2] / "templates"
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)|<style|\son(?:click|load|error|submit|change|input|key\w+|focus|blur)=|\shx-on|\sstyle=\""
    )

    assert [str(each) for each in templates.rglob("*.html") if inline.search(each.read_text())] == []
