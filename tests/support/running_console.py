"""A whole console in processes of its own, for tests that need the real thing."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 25


class RunningConsole:
    """`manage.py up` on a free port, with a folder and a database of its own."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "VAR_DIR": str(folder), **environment}
        self.log = folder / "up.log"
        with self.log.open("w") as log:
            command = [sys.executable, "manage.py", "up", "--port", str(self.port), *arguments]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def wait_until_up(self) -> None:
        until(lambda: self.process.poll() is not None or "The console is at" in self.log.read_text(), START_SECONDS_MAX)
        if self.process.poll() is not None:
            pytest.fail(f"the console did not start:\n{self.log.read_text()}")

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of manage.py beside the running console, on the same database."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)

    def processes(self) -> dict[int, str]:
        """Every process below `up`, by id, with its command line."""
        return {pid: command_of(pid) for pid in descendants(self.process.pid)}

    def leader(self, words: str) -> int:
        """The child of `up` whose command line has these words: `gunicorn`, `celery … worker`, `valkey-server`."""
        return next(pid for pid in children(self.process.pid) if all(word in command_of(pid) for word in words.split()))

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS_MAX)
            finally:
                self.process.kill()


@contextmanager
def fresh_database(folder: Path, like: str = "", *, is_empty: bool = False) -> Iterator[str]:
    """The address of a database on the server that the tests run on; gone afterwards.

    It has run the migrations and holds nothing, or nothing at all, or is a copy of another one.
    """
    from django.db import connection

    from migrated import migrated_file, migrated_template

    if connection.vendor == "sqlite":
        path = folder / "console.sqlite3"
        if not is_empty:
            shutil.copy(like.removeprefix("sqlite:///") or migrated_file(), path)
        yield f"sqlite:///{path}"
        return
    import psycopg

    name = f"console_{secrets.token_hex(6)}"
    source = "template1" if is_empty else urlsplit(like).path[1:] or migrated_template()
    server = {
        key: value
        for key, value in connection.get_connection_params().items()
        if key in {"user", "password", "host", "port"}
    }
    with psycopg.connect(dbname="postgres", autocommit=True, **server) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        try:
            user = server.get("user", "")
            password = f":{server['password']}" if server.get("password") else ""
            port = f"&port={server['port']}" if server.get("port") else ""
            yield f"postgres://{user}{password}@/{name}?host={server.get('host', 'localhost')}{port}"
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def until(condition: Callable[[], object], seconds: float = 15) -> None:
    """Wait until it holds; the test fails when it does not hold in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail("it did not happen in time")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_alive(pid: int) -> bool:
    """Whether it runs; a dead process that nobody has buried yet does not."""
    try:
        return _stat(pid)[0] != "Z"
    except OSError:
        return False


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def children(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int(_stat(int(folder.name))[1]) == parent:
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def descendants(parent: int) -> list[int]:
    below = children(parent)
    return below + [pid for child in below for pid in descendants(child)]


def _stat(pid: int) -> list[str]:
    """State and parent come first after the name, which may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
