"""`manage.py up` as a whole, with every process that it runs."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from config import programs
from running_console import ROOT, RunningConsole, free_port, fresh_database, is_alive, until

pytestmark = pytest.mark.processes


@pytest.fixture
def console(tmp_path: Path) -> Iterator[RunningConsole]:
    with fresh_database(tmp_path, is_empty=True) as url:
        running = RunningConsole(tmp_path, "--no-demo", DATABASE_URL=url)
        try:
            running.wait_until_up()
            yield running
        finally:
            running.stop()


def has_ended(pid: int) -> bool:
    return not is_alive(pid)


def ready(console: RunningConsole) -> dict[str, str]:
    with urllib.request.urlopen(f"{console.address}/readyz", timeout=10) as answer:
        facts: dict[str, str] = json.load(answer)
        return facts


def pulse_age(console: RunningConsole) -> float | None:
    with urllib.request.urlopen(f"{console.address}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return next((float(line.split()[1]) for line in lines if line.startswith("console_pulse_age_seconds ")), None)


def test_children_come_back_and_nothing_is_left_after_a_kill(console: RunningConsole) -> None:
    assert ready(console) == {"database": "ok", "migrations": "ok", "broker": "ok"}
    until(lambda: pulse_age(console) is not None, 20)
    for words in ("valkey-server", "celery worker", "celery beat", "gunicorn"):
        victim = console.leader(words)
        os.kill(victim, signal.SIGKILL)
        until(partial(has_ended, victim))
    until(lambda: len(console.processes()) >= 8, 20)
    until(lambda: (pulse_age(console) or 99) < 3, 40)
    left = list(console.processes())

    console.process.kill()

    until(lambda: not any(map(is_alive, left)))


def test_a_terminal_signal_stops_everything(console: RunningConsole) -> None:
    left = list(console.processes())

    console.process.send_signal(signal.SIGINT)

    assert console.process.wait(timeout=20) == 0
    assert not any(map(is_alive, left))
    assert "stopped" in console.log.read_text()


@pytest.fixture
def given_broker(tmp_path: Path) -> Iterator[str]:
    """The server that the tests were given, or one of our own that stands for it."""
    if os.environ.get("BROKER_URL"):
        yield os.environ["BROKER_URL"] + "?virtual_host=7"
        return
    program = programs.broker(tmp_path / "elsewhere")
    server = subprocess.Popen(program.command, stdout=subprocess.DEVNULL)
    yield f"redis+socket://{programs.broker_socket(tmp_path / 'elsewhere')}"
    server.terminate()
    server.wait()


def test_only_what_is_not_given_is_started(tmp_path: Path, given_broker: str) -> None:
    with fresh_database(tmp_path) as url:
        running = RunningConsole(tmp_path / "console", "--no-demo", DATABASE_URL=url, BROKER_URL=given_broker)
        try:
            running.wait_until_up()

            assert not any("valkey-server" in command for command in running.processes().values())
            assert ready(running)["broker"] == "ok"
            until(lambda: pulse_age(running) is not None, 20)
        finally:
            running.stop()


def run_up(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "up", "--no-demo", *arguments],
        cwd=ROOT,
        env={"VAR_DIR": str(folder), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_taken_port_is_said_plainly(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        outcome = run_up(tmp_path, "--port", str(port))

    assert outcome.returncode == 1
    assert outcome.stderr == f"CommandError: port {port} is taken: choose another with --port\n"


def test_a_second_console_in_one_folder_is_refused(tmp_path: Path) -> None:
    import fcntl

    with (tmp_path / "up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        outcome = run_up(tmp_path, "--port", str(free_port()))

    assert outcome.returncode == 1
    assert "another console runs in" in outcome.stderr


@pytest.mark.parametrize("port", ["0", "70000", "-1"])
def test_a_number_that_is_no_port_is_refused(tmp_path: Path, port: str) -> None:
    assert run_up(tmp_path, f"--port={port}").returncode == 2
