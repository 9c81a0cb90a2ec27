"""People of a team, with a sign-in."""

from collections.abc import Callable

import pytest
from django.test import Client

from audit import clock
from behind import NOW, make_person, make_team
from staff.models import Role, User


@pytest.fixture
def agent(db: None) -> User:
    return make_person("li", team=make_team(), display_name="Li Na", capacity=3)


@pytest.fixture
def colleague(db: None) -> User:
    return make_person("wu", team=make_team(), display_name="Wu Lei", capacity=2)


@pytest.fixture
def supervisor(db: None) -> User:
    return make_person("chen", Role.SUPERVISOR, team=make_team(), display_name="Chen Jie")


@pytest.fixture
def sign_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[User], Client]:
    """A signed-in browser, at ten in the morning of the business date."""
    monkeypatch.setattr("config.middleware.now", lambda: NOW)
    monkeypatch.setattr(clock, "now", lambda: NOW)

    def client_of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return client_of
