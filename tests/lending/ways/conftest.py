"""A borrower who is behind, an agent, and a payment provider that only remembers."""

from typing import Any

import pytest

from behind import TODAY, close_book, make_loan, make_person
from lending.models import Loan
from reachable import make_borrower
from staff.models import User
from ways import SECRETS, Provider


@pytest.fixture(autouse=True)
def provider(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Provider:
    settings.WEBHOOK_SECRETS = SECRETS
    settings.PAYMENTS_PROVIDER = "paywell"
    stub = Provider()
    if request.node.get_closest_marker("browser"):
        return stub  # the loopback plays it there
    monkeypatch.setattr("lending.providers.post", stub)
    monkeypatch.setattr("lending.tasks.ring", lambda: True)
    monkeypatch.setattr("lending.debits.ring", lambda: True)
    return stub


@pytest.fixture
def loan(db: None) -> Loan:
    """1,200.00 an instalment, two of them, the first 10 days overdue."""
    loan = make_loan(make_borrower("B1"), number="L-1", days=10, amount=120_000, periods=2)
    close_book(TODAY)
    return loan


@pytest.fixture
def agent(db: None) -> User:
    return make_person("ag")
