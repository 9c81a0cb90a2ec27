"""An outbox worked by processes that can be killed: its database, a gateway that counts, workers and a broker.

A killed worker's leases are made to run out at once instead of after half a minute; it is certainly dead.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import IO, Any, NamedTuple

import environ
import psycopg
from redis import Redis

from config.programs import broker
from running_console import ROOT, until

CHILDREN = 2
"""Processes of a worker."""


class Size(NamedTuple):
    """What a test works on: the kind of gateway, the seconds it takes for each message, and how many reminders are due."""

    kind: str
    seconds: float
    reminders: int


class Verdict(NamedTuple):
    """What borrowers felt: how many heard nothing, and how many heard twice."""

    lost: int
    doubled: int


class Outbox:
    """A database with due reminders, a gateway that counts, and processes that can be killed."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.database = folder, database
        self.log = (folder / "processes.log").open("w")
        self.requests = folder / "requests.log"
        self.reminders = 0
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "VAR_DIR": str(folder),
            "DATABASE_URL": database,
            "SECRET_KEY": "only-for-tests-" + "k" * 50,
            "CLOCK": "2026-03-10T10:00+08:00",
            "PYTHONPATH": str(ROOT / "tests" / "support"),
        }
        self.running: list[subprocess.Popen[str]] = []

    def prepare(self, size: Size) -> None:
        """Its reminders, and its gateway."""
        assert self.tool("fill", str(size.reminders)) == str(size.reminders)
        address, self.reminders = self.folder / "address", size.reminders
        self.start("tests/support/stub_gateway.py", str(address), str(self.requests), str(size.seconds))
        until(lambda: address.exists() and address.read_text(), 30)
        self.environment |= {"PROVIDER_URL": address.read_text(), "PROVIDER_KIND": size.kind}

    def start(self, *arguments: str, out: IO[str] | int | None = None, **options: Any) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=out or self.log,
            stderr=self.log,
            text=True,
            start_new_session=True,
            **options,
        )
        self.running.append(process)
        return process

    def manage(self, *arguments: str) -> str:
        return self._run("manage.py", *arguments)

    def tool(self, *arguments: str) -> str:
        return self._run("tests/support/outbox_tool.py", *arguments)

    def start_tool(self, *arguments: str) -> "subprocess.Popen[str]":
        return self.start("tests/support/outbox_tool.py", *arguments)

    def _run(self, *arguments: str) -> str:
        process = self.start(*arguments, out=subprocess.PIPE)
        out, _err = process.communicate()
        assert process.returncode == 0, (arguments, self.last_words())
        return out.strip()

    def last_words(self) -> str:
        return (self.folder / "processes.log").read_text()[-4000:]

    def worker(self) -> "subprocess.Popen[Any]":
        return self.start(
            *("-W", "ignore", "-m", "celery", "--quiet", "-A", "config.celery", "worker", "--pool=prefork"),
            *(f"--concurrency={CHILDREN}", "--loglevel=ERROR", "--without-mingle", "--without-gossip"),
        )

    def ask(self, statement: str) -> list[Any]:
        """Rows of the database, asked without the house."""
        if self.database.startswith("sqlite"):
            with sqlite3.connect(self.database.removeprefix("sqlite:///"), timeout=20) as file:
                return file.execute(statement).fetchall()
        with psycopg.connect(address_of(self.database)) as server:
            found = server.execute(statement)
            return found.fetchall() if found.description else []

    def age(self) -> None:
        """Let the leases of those who were killed run out, as half a minute would."""
        self.ask("UPDATE dunning_reminder SET lease_until = '2000-01-01 00:00:00' WHERE state = 'sending'")

    def states(self) -> dict[str, int]:
        """How many reminders of the last `fill` are in each state."""
        last = "(SELECT run FROM dunning_reminder ORDER BY id DESC LIMIT 1)"
        return dict(self.ask(f"SELECT state, count(*) FROM dunning_reminder WHERE run = {last} GROUP BY state"))

    def is_done(self) -> bool:
        return not self.states().keys() & {"due", "sending"}

    def arrived(self) -> int:
        """How many requests the gateway has had."""
        return self.requests.read_bytes().count(b"\n") if self.requests.exists() else 0

    def has_moved_since(self, arrived: int) -> bool:
        """Whether anything has arrived since so much had, or nothing is left to send."""
        return self.arrived() > arrived or self.is_done()

    def hits(self) -> Counter[str]:
        """How often each key came."""
        return Counter(line.split()[0] for line in self.requests.read_text().splitlines())

    def verdict(self) -> Verdict:
        """What borrowers felt; the same key again is one message to them."""
        keys: dict[str, set[str]] = defaultdict(set)
        for line in self.requests.read_text().splitlines():
            key, number = line.split()
            keys[number].add(key)
        return Verdict(self.reminders - len(keys), sum(len(theirs) > 1 for theirs in keys.values()))

    def wait_for_more(self, number: int) -> None:
        """Until so many more requests have arrived, or all have."""
        wanted = min(self.arrived() + number, self.reminders)
        until(lambda: self.arrived() >= wanted, 120)

    def close(self) -> None:
        for process in self.running:
            kill(process)
        self.log.close()


class Nursery:
    """Gives birth to sweeps that need not read the house's code first; with a bug put in, if one is named."""

    def __init__(self, outbox: Outbox, bug: str = "") -> None:
        words = ["nursery", bug] if bug else ["nursery"]
        self.process = outbox.start("tests/support/outbox_tool.py", *words, out=subprocess.PIPE, stdin=subprocess.PIPE)

    def sweep(self, failpoint: str = "") -> int:
        """A new sweep's id; it is the leader of its own process group, and dies at the failpoint, if one is named."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{failpoint}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


def migrate(folder: Path, database: str) -> None:
    """Make every table."""
    made = Outbox(folder, database)
    try:
        made.manage("migrate", "--verbosity=0")
    finally:
        made.close()


def killed_sweeps(outbox: Outbox, kills: int, *, seed: int, bug: str = "") -> None:
    """The campaign: so many sweeps, each killed by kill -9 somewhere on its way, and one that is left to finish."""
    nursery, dice = Nursery(outbox, bug), Random(seed)
    for _kill in range(kills):
        child = nursery.sweep()
        outbox.wait_for_more(dice.randint(20, max(outbox.reminders // (kills + 1), 21)))
        time.sleep(dice.random() / 20)
        os.kill(child, signal.SIGKILL)
        time.sleep(0.05)
        outbox.age()
    nursery.sweep()
    until(outbox.is_done, 120 + outbox.reminders / 100)


def kill(process: "subprocess.Popen[str]") -> None:
    """kill -9 to the process and to everything it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait(10)


def address_of(database: str) -> str:
    """The address as psycopg reads it."""
    facts = environ.Env.db_url_config(database)
    parts = {"user": facts["USER"], "password": facts["PASSWORD"], "dbname": facts["NAME"], "port": facts["PORT"]}
    host = facts.get("OPTIONS", {}).get("host") or facts["HOST"] or "localhost"
    return " ".join(f"{name}={value}" for name, value in (parts | {"host": host}).items() if value)


class Broker:
    """The embedded broker, without a memory: what it was told is gone when it dies."""

    def __init__(self, outbox: Outbox) -> None:
        program = broker(outbox.folder)
        arguments = [*program.command, "--appendonly", "no"]
        self.process = subprocess.Popen(arguments, stdout=outbox.log, stderr=outbox.log, start_new_session=True)
        self.socket = next(Path(word) for word in program.command if word.endswith("/socket"))
        until(self.socket.exists)
        outbox.environment["BROKER_URL"] = f"redis+socket://{self.socket}"

    def reset_connections(self) -> None:
        """Cut every connection, as a network in trouble does."""
        with Redis(unix_socket_path=str(self.socket)) as client:
            client.client_kill_filter(_type="normal", skipme=True)
            client.client_kill_filter(_type="pubsub", skipme=True)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)


@contextmanager
def broker_of(outbox: Outbox) -> Iterator[list[Broker]]:
    """A broker; whoever kills it puts its successor in its place."""
    running = [Broker(outbox)]
    try:
        yield running
    finally:
        running[0].kill()
