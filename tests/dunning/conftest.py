"""A gateway that counts, and people who see the borrowers of the test's book."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client

from lending import scope
from outbox_book import close
from outbox_processes import Outbox
from running_console import ROOT, fresh_database
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


@pytest.fixture(scope="session")
def blank_database(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[str]:
    """A database in which there is nothing but what every console begins with, to be copied once more by each test."""
    folder = tmp_path_factory.mktemp("blank")
    with django_db_blocker.unblock(), fresh_database(folder) as made:
        environment = {**os.environ, "DATABASE_URL": made, "VAR_DIR": str(folder)}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
        yield made


@pytest.fixture
def database(tmp_path: Path, blank_database: str, db: None) -> Iterator[str]:
    with fresh_database(tmp_path, like=blank_database) as made:
        yield made


@pytest.fixture
def outbox(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> Iterator[Outbox]:
    made = Outbox(tmp_path, database)
    try:
        made.prepare(request.param)
        yield made
    finally:
        made.close()
