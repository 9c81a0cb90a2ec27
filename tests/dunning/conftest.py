"""A gateway that counts, and people who see the borrowers of the test's book."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client

from lending import scope
from outbox_book import close
from staff.models import User
from stub_gateway import Stub, running


@pytest.fixture
def closed_day(db: None) -> None:
    close()


@pytest.fixture
def gateway(settings: Any) -> Iterator[Stub]:
    with running(Stub()) as stub:
        settings.PROVIDER_URL, settings.PROVIDER_KIND = stub.url, "idempotent"
        yield stub


@pytest.fixture
def plain_gateway(gateway: Stub, settings: Any) -> Stub:
    settings.PROVIDER_KIND = "plain"
    return gateway


@pytest.fixture
def person(db: None) -> Callable[[str], User]:
    def make(role: str) -> User:
        user, _is_new = User.objects.get_or_create(username=f"the-{role}", defaults={"role": role})
        return user

    return make


@pytest.fixture
def signed_in(person: Callable[[str], User]) -> Callable[[str], Client]:
    def client_of(role: str) -> Client:
        client = Client()
        client.force_login(person(role))
        return client

    return client_of


@pytest.fixture
def everybody_sees_b(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scope of cases is not asked: people see the borrowers whose reference begins with B."""
    monkeypatch.setattr(scope, "_scopes", [lambda user: Q(ref__startswith="B")])
