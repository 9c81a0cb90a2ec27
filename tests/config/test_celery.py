import socket
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from config import celery
from staff.models import Pulse

heard: list[datetime] = []


def listening(*, at: datetime) -> None:
    heard.append(at)


def failing(*, at: datetime) -> None:
    raise RuntimeError("this floor is out of order")


@pytest.fixture
def floors(monkeypatch: pytest.MonkeyPatch) -> None:
    heard.clear()
    monkeypatch.setattr(celery, "PULSES", ("failing", "listening"))
    monkeypatch.setattr(celery, "import_string", globals().__getitem__)


@pytest.mark.django_db
@pytest.mark.usefixtures("floors")
def test_a_floor_that_fails_keeps_no_other_from_its_turn(caplog: pytest.LogCaptureFixture) -> None:
    celery.pulse()

    assert len(heard) == 1
    assert "failing failed; its rows stay due" in caplog.text


@pytest.mark.django_db
@pytest.mark.usefixtures("floors")
def test_the_pulse_leaves_its_time() -> None:
    celery.pulse()
    celery.pulse()

    assert Pulse.objects.get().at >= heard[-1]


@pytest.mark.django_db
@pytest.mark.usefixtures("floors")
def test_the_pulse_tolerates_arguments_that_it_does_not_know() -> None:
    celery.pulse(newer="argument")

    assert len(heard) == 1


def test_tasks_carry_json_only() -> None:
    assert celery.app.conf.accept_content == ("json",)
    assert celery.app.conf.task_serializer == "json"


def test_the_broker_forgets_no_task_while_it_can_still_run() -> None:
    conf = celery.app.conf

    assert conf.broker_transport_options["visibility_timeout"] >= 3 * conf.task_time_limit
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost


@pytest.fixture
def deaf_broker(tmp_path: Path) -> Iterator[str]:
    """Something takes the connection and never says a word, as a broker that hangs."""
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        yield f"redis+socket://{path}"


def seconds_to_ring(broker: str, times: int = 1) -> float:
    """How long the slowest of so many calls takes, on an application of the same settings."""
    bell = Celery("bell", set_as_current=False)
    bell.config_from_object("django.conf:settings", namespace="CELERY")
    bell.conf.update(broker_url=broker)
    slowest = 0.0
    for _ in range(times):
        began = time.monotonic()
        with pytest.raises(OperationalError):
            bell.send_task("config.pulse")
        slowest = max(slowest, time.monotonic() - began)
    return slowest


def test_ringing_at_a_broker_that_hangs_takes_about_a_second(deaf_broker: str) -> None:
    assert seconds_to_ring(deaf_broker) < 2


def test_ringing_at_a_broker_that_is_gone_takes_no_time(tmp_path: Path) -> None:
    assert seconds_to_ring(f"redis+socket://{tmp_path / 'nobody'}", times=3) < 0.5


def test_the_schedule_names_a_task_that_exists() -> None:
    assert {entry["task"] for entry in celery.app.conf.beat_schedule.values()} <= set(celery.app.tasks)
