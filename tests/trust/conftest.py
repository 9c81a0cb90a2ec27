"""A house with two desks, made once a module, at ten in the morning of its business date; every request is taken back."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

import config.urls
from audit import clock
from behind import NOW
from staff.models import Session, User
from two_desks import ANONYMOUS, House, make_house


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        made = make_house()
        made.browsers = {name: _sign_in(made, name) for name in (ANONYMOUS, *made.people)}
        yield made
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def ten_in_the_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.middleware.now", lambda: NOW)
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture(autouse=True)
def files_are_where_they_were(house: House) -> None:
    house.lay_out_files()


@pytest.fixture
def plain_refusals(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refusals without their page and their line in the log, which cost more than the whole question of who may."""
    logging.disable(logging.CRITICAL)
    for status in (403, 404):
        monkeypatch.setattr(config.urls, f"handler{status}", lambda *_, s=status, **__: HttpResponse(status=s))
    yield
    logging.disable(logging.NOTSET)


def _sign_in(house: House, name: str) -> Client:
    """A browser of somebody in the house. The disabled one was signed in before, the expired one an hour ago."""
    client = Client(raise_request_exception=False)
    if name == ANONYMOUS:
        return client
    person = house.people[name]
    client.force_login(person)
    if name == "disabled":
        User.objects.filter(pk=person.pk).update(is_active=False)
    if name == "expired":
        Session.objects.filter(user=person).update(seen_at=clock.machine_now() - timedelta(hours=1))
    return client
