"""A small book, and a browser for every role."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db.models import Q
from django.test import Client

from lending import nightly, scope
from lending.imports.formats import FORMATS
from lending.imports.run import Import, Progress, Run
from lending.imports.source import inspect
from lending.models import ClosedDay, Product
from staff.models import User
from tapes import loan, payment, write

AT = datetime(2026, 4, 20, 2, tzinfo=UTC)
ON = date(2026, 4, 20)

Take = Callable[..., Progress]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.middleware.now", lambda: AT)
    monkeypatch.setattr("lending.imports.run.PAUSE_SECONDS", 0)


@pytest.fixture
def take(db: None, tmp_path: Path) -> Take:
    """Take rows in, as an import would."""

    def run(*rows: dict[str, str], form: str = "native") -> Progress:
        work = Import(inspect(write(tmp_path, *rows)), FORMATS[form], "tape.csv", False, None)
        return Run(work, at=AT, listen=lambda _bad, _warned: None, keep=lambda _progress: None).go_on(Progress())

    return run


@pytest.fixture
def close_day(db: None) -> Callable[[date], None]:
    def close(on: date) -> None:
        nightly.run(on=on, at=AT)
        ClosedDay.objects.create(day=on, closed_at=AT)

    return close


@pytest.fixture
def book(take: Take, close_day: Callable[[date], None]) -> None:
    """Three loans as of 20 April 2026: one two months behind and part paid, one on time, one paid off."""
    take(
        loan(number="late", borrower_name="Mary Smith"),
        loan(number="well", start_on="2026-04-01", first_due_on="2026-05-01", funder="South Bank"),
        loan(number="paid", periods="1", method="bullet"),
    )
    Product.objects.update(penalty_rate_ppm=360_000)
    take(
        payment(reference="p-late", loan_number="late", value_on="2026-02-20", amount="1500.00"),
        payment(reference="p-paid", loan_number="paid", value_on="2026-02-15", amount="12240.00"),
        form="payments",
    )
    close_day(ON)


@pytest.fixture
def sign_in(db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Client]:
    """A browser of that role. Agents and supervisors see the borrowers whose loan is not well."""
    monkeypatch.setattr(scope, "_scopes", [lambda user: ~Q(ref="B-well")])

    def client_of(role: str) -> Client:
        user, _made = User.objects.get_or_create(username=f"the-{role}", defaults={"role": role})
        client = Client()
        client.force_login(user)
        return client

    return client_of
