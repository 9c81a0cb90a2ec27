from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from config import health
from staff.models import Pulse


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    state = {"answers": True}
    monkeypatch.setattr(health, "broker_answers", lambda _: state["answers"])
    return state


def test_alive_touches_no_database(client: Client) -> None:
    answer = client.get("/healthz")  # without the django_db mark a query would fail

    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db
def test_ready_when_database_migrations_and_broker_are_there(client: Client, broker: dict[str, bool]) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "migrations": "ok", "broker": "ok"}


@pytest.mark.django_db
def test_still_ready_without_the_broker(client: Client, broker: dict[str, bool]) -> None:
    broker["answers"] = False

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["broker"]) == (200, "degraded")


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_pending(client: Client, broker: dict[str, bool]) -> None:
    MigrationRecorder(connection).record_unapplied("audit", "0001_initial")

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["migrations"]) == (503, "pending")


def test_not_ready_when_the_database_is_away(
    client: Client, broker: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> Any:
        raise OperationalError("away")

    monkeypatch.setattr(health, "pending_migrations", away)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["database"]) == (503, "down")


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "redis+socket:///nowhere/socket", "memory://"])
def test_a_broker_that_is_away_is_no_error(url: str) -> None:
    assert health.broker_answers(url) is False


@pytest.mark.django_db
def test_metrics_tell_the_age_of_the_pulse() -> None:
    at = datetime(2026, 7, 1, 12, tzinfo=UTC)
    Pulse.objects.create(name="pulse", at=at - timedelta(seconds=42))

    assert "console_pulse_age_seconds 42\n" in "".join(health.gauges(at))


@pytest.mark.django_db
def test_metrics_are_prometheus_text(client: Client) -> None:
    answer = client.get("/metrics")

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    assert b"console_audit_entries 0\n" in answer.content


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_nothing_can_be_posted_there(client: Client, path: str) -> None:
    assert client.post(path).status_code in {302, 403, 405}
