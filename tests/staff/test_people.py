"""Administrators add and change people; forms act once; role changes end sessions."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from staff.demo import ensure_sign_ins
from staff.models import Role, SpentKey, User
from staff.people import columns_of
from staff.seen import print_of

NEW = {
    "username": "wei",
    "display_name": "Wei",
    "password": "a-long-enough-word",
    "role": "agent",
    "capacity": "50",
    "one_time_key": "k1",
}


@pytest.fixture
def administrator(db: None) -> Client:
    ensure_sign_ins()
    client = Client()
    client.force_login(User.objects.get(role=Role.ADMINISTRATOR))
    return client


def test_a_person_added_can_sign_in_and_stands_in_the_record(administrator: Client) -> None:
    response = administrator.post(reverse("person_add"), NEW)

    assert response.status_code == 302
    assert Client().login(username="wei", password="a-long-enough-word")
    assert Entry.objects.filter(action="staff.person_added", actor="administrator").count() == 1


def test_a_form_sent_twice_acts_once(administrator: Client) -> None:
    first = administrator.post(reverse("person_add"), NEW)
    second = administrator.post(reverse("person_add"), NEW)

    assert (first.status_code, second.status_code) == (302, 302)
    assert second["Location"] == first["Location"]
    assert Entry.objects.filter(action="staff.person_added").count() == 1


def test_a_refused_form_leaves_its_key_good(administrator: Client) -> None:
    refused = administrator.post(reverse("person_add"), NEW | {"password": "short"})
    mended = administrator.post(reverse("person_add"), NEW)

    assert (refused.status_code, mended.status_code) == (422, 302)
    assert SpentKey.objects.count() == 1


def test_a_form_without_a_key_is_refused(administrator: Client) -> None:
    response = administrator.post(reverse("person_add"), {k: v for k, v in NEW.items() if k != "one_time_key"})

    assert response.status_code == 400
    assert not User.objects.filter(username="wei").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [({"username": "Agent"}, "taken"), ({"password": "password1234"}, "common"), ({"capacity": "-1"}, "0")],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    administrator: Client, change: dict[str, Any], words: str
) -> None:
    response = administrator.post(reverse("person_add"), NEW | change)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert 'value="Wei"' in response.content.decode()


def changed(person: User, **change: object) -> dict[str, object]:
    values = {"display_name": str(person), "role": person.role, "capacity": person.capacity, "is_active": "on"}
    values["seen"] = print_of(columns_of(person))
    return {**values, "one_time_key": "k2", **change}


def test_a_new_role_ends_the_sessions_of_that_person(administrator: Client) -> None:
    agent = User.objects.get(role=Role.AGENT)
    desk = Client()
    desk.force_login(agent)

    administrator.post(reverse("person_change", args=[agent.pk]), changed(agent, role="supervisor"))

    assert desk.get("/people/").status_code == 302
    assert User.objects.get(pk=agent.pk).role == Role.SUPERVISOR


def test_nobody_changes_their_own_role(administrator: Client) -> None:
    own = User.objects.get(role=Role.ADMINISTRATOR)

    response = administrator.post(reverse("person_change", args=[own.pk]), changed(own, role="manager"))

    assert response.status_code == 422
    assert User.objects.get(pk=own.pk).role == Role.ADMINISTRATOR


def test_an_auditor_sees_people_and_cannot_change_them(db: None) -> None:
    ensure_sign_ins()
    client = Client()
    client.force_login(User.objects.get(role=Role.AUDITOR))

    assert client.get(reverse("people")).status_code == 200
    assert client.get(reverse("person_add")).status_code == 403
    assert client.post(reverse("person_add"), NEW).status_code == 403
