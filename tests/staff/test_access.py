"""Deny by default: what a view does not state, nobody may."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse

from staff.access import audience, audience_of
from staff.checks import every_view_states_its_audience
from staff.demo import ensure_sign_ins
from staff.matrix import MATRIX, may
from staff.models import Role, User


@pytest.fixture
def people(db: None) -> dict[str, User]:
    ensure_sign_ins()
    return {user.role: user for user in User.objects.all()}


def test_every_route_states_its_audience() -> None:
    assert every_view_states_its_audience() == []


def test_a_capability_that_the_matrix_does_not_know_is_refused_at_import() -> None:
    with pytest.raises(ValueError, match="does not know"):
        audience("staff.fly")


def test_a_view_keeps_what_it_states() -> None:
    @audience("staff.own", post="staff.manage")
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert audience_of(view) == {"GET": "staff.own", "HEAD": "staff.own", "POST": "staff.manage"}


def test_administrators_manage_people_and_never_money() -> None:
    allowed = {capability.split(".")[0] for capability in MATRIX if may(Role.ADMINISTRATOR, capability)}

    assert allowed == {"staff"}


def test_auditors_change_nothing() -> None:
    reading = {
        "read",
        "see",
        "own",
        "jobs",
        "portfolio",
        "rules",
        "reports",
        "messages",
        "suspense",
        "terms_read",
        "export",
    }
    reading |= {
        "terms_export",
        "own_codes",
        "complaints",
        "quality",
        "quality_read",
        "referrals",
        "agencies",
        "training",
    }

    assert {c for c in MATRIX if may(Role.AUDITOR, c) and c.split(".")[1] not in reading} == set()


@pytest.mark.parametrize(("role", "status"), [("administrator", 200), ("auditor", 200), ("agent", 403)])
def test_people_are_for_administrators_and_auditors(people: dict[str, User], role: str, status: int) -> None:
    client = Client()
    client.force_login(people[role])

    assert client.get(reverse("people")).status_code == status


def test_a_stranger_is_asked_to_sign_in(db: None) -> None:
    response = Client().get("/people/")

    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_the_wrong_method_is_answered_405(people: dict[str, User]) -> None:
    client = Client()
    client.force_login(people["administrator"])

    assert client.post(reverse("people")).status_code == 405


def test_a_disabled_person_is_signed_out_at_once(people: dict[str, User]) -> None:
    client = Client()
    client.force_login(people["administrator"])
    User.objects.filter(role="administrator").update(is_active=False)

    assert client.get(reverse("people")).status_code == 302


@pytest.mark.parametrize("role", list(Role))
def test_home_is_the_desk_of_the_role(people: dict[str, User], role: str) -> None:
    client = Client()
    client.force_login(people[role])

    response = client.get("/", follow=True)

    assert response.status_code == 200
    assert len(response.redirect_chain) == 1


def test_the_matrix_is_printed_line_by_line() -> None:
    out = StringIO()

    call_command("permission_matrix", "--json", stdout=out)

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert {"route": "/people/", "method": "GET", "role": "agent", "answer": "deny"} in lines
    assert {"route": "/people/", "method": "POST", "role": "auditor", "answer": "no_method"} in lines
    assert {line["role"] for line in lines} == {"anonymous", *Role.values}
