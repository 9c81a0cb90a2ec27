"""A borrower on a desk, and people of every role who sees them through a scope of their own."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client

from contacts import names
from lending import scope
from lending.models import Borrower
from reachable import make_borrower
from staff.models import Role, User


@pytest.fixture
def borrower(db: None) -> Borrower:
    return make_borrower()


@pytest.fixture
def person(db: None) -> Callable[[str], User]:
    def make(role: str) -> User:
        user, _is_new = User.objects.get_or_create(username=f"the-{role}", defaults={"role": role})
        return user

    return make


@pytest.fixture
def agent(person: Callable[[str], User]) -> User:
    return person(Role.AGENT)


@pytest.fixture
def signed_in(person: Callable[[str], User]) -> Callable[[str], Client]:
    def client_of(role: str) -> Client:
        client = Client()
        client.force_login(person(role))
        return client

    return client_of


@pytest.fixture
def everybody_sees_b1(monkeypatch: pytest.MonkeyPatch) -> None:
    """The floor above is not asked: people see the borrowers whose reference begins with B."""
    monkeypatch.setattr(scope, "_scopes", [lambda user: Q(ref__startswith="B")])


@pytest.fixture
def nobody_owns(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """No owner check is registered but those that the test adds."""
    checks: list[Any] = []
    monkeypatch.setattr(names, "_CHECKS", checks)
    return checks
