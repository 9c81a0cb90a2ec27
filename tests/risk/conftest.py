"""Twelve loans that lived three months, once for each module that asks for them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from staff.models import User
from twelve_loans import book_twelve, live_through


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Rolled back at the end of the module."""
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        book_twelve()
        live_through()
        yield
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


@pytest.fixture
def sign_in(db: None) -> Callable[[str], Client]:
    def enter(role: str) -> Client:
        browser = Client()
        browser.force_login(User.objects.create_user(f"the-{role}", role=role))
        return browser

    return enter
