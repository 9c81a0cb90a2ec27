"""Real workers and a real broker, killed with kill -9 in the middle of 1,000 reminders: none lost, none sent twice.

A killed worker's leases are made to run out at once instead of after half a minute; it is certainly dead.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from audit.failpoints import EXIT_STATUS
from config.programs import broker
from dunning.gateways import LANES
from running_console import ROOT, fresh_database, until

pytestmark = [pytest.mark.processes, pytest.mark.django_db]
CHILDREN = 2
SEED = 20_260_310
SWEEP = "sys.argv = ['manage.py', 'sweep', '--once']; runpy.run_path('manage.py', run_name='__main__')"


class Outbox:
    """A database with due reminders, a gateway that counts, and processes that can be killed."""

    def __init__(self, folder: Path, var_dir: Path, database: str) -> None:
        self.folder, self.var_dir = folder, var_dir
        self.log = (folder / "processes.log").open("w")
        self.keys = folder / "keys.log"
        self.reminders = 0
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "VAR_DIR": str(var_dir),
            "DATABASE_URL": database,
            "SECRET_KEY": "only-for-tests-" + "k" * 50,
            "CLOCK": "2026-03-10T10:00+08:00",
            "PYTHONPATH": str(ROOT / "tests" / "support"),
        }
        self.running: list[subprocess.Popen[str]] = []

    def prepare(self, kind: str, seconds: float, reminders: int) -> None:
        """So many new reminders, and a gateway that takes so long for each."""
        assert self.tool("fill", str(reminders)) == str(reminders)
        address, self.reminders = self.folder / "address", reminders
        self.start(str(ROOT / "tests/support/stub_gateway.py"), str(address), str(self.keys), str(seconds))
        until(lambda: address.exists() and address.read_text(), 30)
        self.environment |= {"PROVIDER_URL": address.read_text(), "PROVIDER_KIND": kind}

    def start(self, *arguments: str, out: IO[str] | None = None) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=out or self.log,
            stderr=self.log,
            text=True,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def manage(self, *arguments: str) -> str:
        return self._run("manage.py", *arguments)

    def tool(self, *arguments: str) -> str:
        return self._run("tests/support/outbox_tool.py", *arguments)

    def _run(self, *arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=self.log, text=True, check=False
        )
        assert done.returncode == 0, (arguments, (self.folder / "processes.log").read_text()[-4000:])
        return done.stdout.strip()

    def arrived(self) -> int:
        """How many requests the gateway has had."""
        return self.keys.read_bytes().count(b"\n") if self.keys.exists() else 0

    def hits(self) -> Counter[str]:
        return Counter(self.keys.read_text().split())

    def states(self) -> dict[str, int]:
        return dict(json.loads(self.tool("report")))

    def sweep(self) -> dict[str, int]:
        return dict(json.loads(self.manage("sweep", "--once", "--json")))

    def dies_at(self, failpoint: str) -> bool:
        """Whether a sweep dies there, as abruptly as by kill -9."""
        process = self.start("-c", f"import os, runpy, sys; os.environ['FAILPOINT'] = {failpoint!r};" + SWEEP)
        return process.wait(60) == EXIT_STATUS

    def wait_for_more(self, number: int) -> None:
        """Until so many more requests have arrived, or all have."""
        wanted = min(self.arrived() + number, self.reminders)
        until(lambda: self.arrived() >= wanted, 30)

    def close(self) -> None:
        for process in self.running:
            kill(process)
        self.log.close()


def kill(process: "subprocess.Popen[str]") -> None:
    """kill -9 to the process and to everything it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait(10)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder for what is written, and a database with every table."""
    var_dir = tmp_path_factory.mktemp("var")
    with fresh_database(var_dir) as database:
        first = Outbox(tmp_path_factory.mktemp("migrate"), var_dir, database)
        first.manage("migrate", "--verbosity=0")
        first.close()
        yield var_dir, database


@pytest.fixture
def outbox(tmp_path: Path, migrated: tuple[Path, str], request: pytest.FixtureRequest) -> Iterator[Outbox]:
    made = Outbox(tmp_path, *migrated)
    try:
        made.prepare(*request.param)
        yield made
    finally:
        made.close()


def killed_sweeps(outbox: Outbox, kills: int) -> None:
    dice = random.Random(SEED)
    for _kill in range(kills):
        process = outbox.start("manage.py", "sweep", "--once", "--json")
        outbox.wait_for_more(dice.randint(20, 80))
        time.sleep(dice.random() / 20)
        kill(process)
        outbox.tool("age")


@pytest.mark.parametrize("outbox", [("idempotent", 0.03, 400)], indirect=True, ids=["slow"])
def test_a_killed_sweep_loses_nothing_and_repeats_only_under_the_same_key(outbox: Outbox) -> None:
    killed_sweeps(outbox, kills=3)

    outbox.sweep()

    hits = outbox.hits()
    assert outbox.states() == {"sent": outbox.reminders}
    assert len(hits) == outbox.reminders


@pytest.mark.parametrize("outbox", [("plain", 0.002, 400)], indirect=True, ids=["plain"])
def test_a_plain_gateway_never_gets_a_message_twice_and_doubts_are_left_to_people(outbox: Outbox) -> None:
    kills = 3
    killed_sweeps(outbox, kills)

    outbox.sweep()

    states = Counter(outbox.states())
    assert max(outbox.hits().values()) == 1
    assert states["sent"] + states["unknown"] == outbox.reminders
    assert states["unknown"] <= kills
    assert len(outbox.hits()) >= states["sent"]


@pytest.mark.parametrize("outbox", [("idempotent", 0.0, 60)], indirect=True, ids=["quick"])
def test_dying_at_each_named_point_loses_nothing(outbox: Outbox) -> None:
    for point in ("claim.after_commit", "send.before_call", "send.after_call", "finish.before_commit"):
        assert outbox.dies_at(f"dunning.{point}:3" if "send" in point else f"dunning.{point}")
        outbox.tool("age")

    outbox.sweep()

    assert outbox.states() == {"sent": outbox.reminders}
    assert len(outbox.hits()) == outbox.reminders


class Broker:
    """The embedded broker, without a memory: what it was told is gone when it dies."""

    def __init__(self, outbox: Outbox) -> None:
        program = broker(outbox.var_dir)
        arguments = [*program.command, "--appendonly", "no"]
        self.process = subprocess.Popen(arguments, stdout=outbox.log, stderr=outbox.log, start_new_session=True)
        self.socket = next(Path(word) for word in program.command if word.endswith("/socket"))
        until(self.socket.exists)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)


def worker(outbox: Outbox) -> "subprocess.Popen[Any]":
    return outbox.start(
        *("-W", "ignore", "-m", "celery", "--quiet", "-A", "config.celery", "worker", "--pool=prefork"),
        *(f"--concurrency={CHILDREN}", "--loglevel=ERROR", "--without-mingle", "--without-gossip"),
    )


@pytest.mark.parametrize("outbox", [("idempotent", 0.002, 1_000)], indirect=True, ids=["quick"])
def test_killing_worker_and_broker_loses_none_and_sends_none_twice(outbox: Outbox) -> None:
    kills = 3
    dice = random.Random(SEED)
    running = Broker(outbox)
    outbox.environment["BROKER_URL"] = f"redis+socket://{running.socket}"
    outbox.start("tests/support/outbox_tool.py", "pulse")
    try:
        for turn in range(kills):
            process = worker(outbox)
            outbox.wait_for_more(dice.randint(60, 200))
            kill(process)
            if turn % 2 == 0:
                running.kill()
                running = Broker(outbox)
            outbox.tool("age")
        process = worker(outbox)
        until(lambda: len(outbox.hits()) == outbox.reminders, 90)
        until(lambda: outbox.states() == {"sent": outbox.reminders}, 30)
        kill(process)
    finally:
        running.kill()

    hits = outbox.hits()
    assert len(hits) == outbox.reminders
    assert hits.total() - outbox.reminders <= kills * CHILDREN * LANES
