"""A borrower who is ten days behind, and one person per role."""

from collections.abc import Callable

import pytest
from django.test import Client

from audit import clock
from behind import NOW, make_loan
from lending.models import Loan
from planned import in_hand, people
from reachable import make_borrower
from staff.models import User


@pytest.fixture
def staff(db: None) -> dict[str, User]:
    return people()


@pytest.fixture
def agent(staff: dict[str, User]) -> User:
    return staff["agent"]


@pytest.fixture
def supervisor(staff: dict[str, User]) -> User:
    return staff["supervisor"]


@pytest.fixture
def manager(staff: dict[str, User]) -> User:
    return staff["manager"]


@pytest.fixture
def loan(agent: User) -> Loan:
    """1,200.00 without interest, ten days past due, its case in the agent's hands."""
    loan = make_loan(make_borrower(phone=None), days=10)
    in_hand(loan, agent)
    return loan


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
