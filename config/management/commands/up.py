"""`manage.py up`: the whole console with one command, on one machine, until Ctrl-C."""

import errno
import fcntl
import os
import signal
import socket
import time
from argparse import ArgumentParser
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections

from config import programs
from config.lifeline import end_with_parent
from config.supervisor import Supervisor
from config.translations import compile_translations
from staff.demo import SignIn, ensure_sign_ins

DEMO_LOANS = 2_400
DEMO_SEED = 7


class Command(BaseCommand):
    help = "Prepare everything and run web, worker, beat and (unless BROKER_URL is given) a broker."
    requires_system_checks: list[str] = []  # noqa: RUF012 — they would read a database that does not exist yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port of the web pages (default: 8000)")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
        parser.add_argument("--no-demo", action="store_true", help="do not fill an empty book with a demo portfolio")

    def handle(self, *, host: str, port: int, no_demo: bool, **_: Any) -> None:
        var_dir = Path(settings.VAR_DIR)
        if "MAKELEVEL" in os.environ:
            end_with_parent(os.getppid(), signal.SIGTERM)
        refuse_taken_port(host, port)
        lock = lock_folder(var_dir)
        environment = environment_of_children(var_dir, host=host, port=port)
        try:
            sign_ins = self.prepare(demo=settings.DEMO and not no_demo)
        except OperationalError as error:
            raise CommandError(f"the database does not do its part: {error}") from error
        except KeyboardInterrupt as error:
            raise CommandError("stopped before it was up") from error
        running = programs.console(var_dir, host=host, port=port)
        if not settings.BROKER_URL:
            running.insert(0, programs.broker(var_dir))
        supervisor = Supervisor(running, environment, Path(settings.BASE_DIR), self.say)
        supervisor.run(
            is_ready=lambda: answers(host, port), announcement=announcement(environment["PUBLIC_URL"], sign_ins)
        )
        self.say("stopped")
        lock.close()

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def prepare(self, *, demo: bool) -> list[SignIn]:
        """Bring database, translations and static files up to date, and give the demo sign-ins; safe to repeat."""
        self.say("database …")
        call_command("migrate", interactive=False, verbosity=0)
        compile_translations(Path(settings.LOCALE_PATHS[0]))
        self.say("static files …")
        call_command("collectstatic", interactive=False, verbosity=0)
        sign_ins = ensure_sign_ins()
        if demo:
            self.fill_empty_book()
        connections.close_all()
        return sign_ins

    def fill_empty_book(self) -> None:
        """Write the demo portfolio; half a one, left by an interruption, is not taken for a book."""
        begun = Path(settings.VAR_DIR) / "demo.begun"
        if not apps.get_model("lending", "Loan").objects.exists():
            self.say("demo portfolio …")
            begun.touch()
            call_command("seed_demo", loans=DEMO_LOANS, seed=DEMO_SEED)
            begun.unlink()
        elif begun.exists():
            raise CommandError(
                f"the demo portfolio was interrupted half-way: remove {settings.VAR_DIR} and start again"
            )


def announcement(address: str, sign_ins: list[SignIn]) -> str:
    lines = [f"\nThe console is at {address}/  (Ctrl-C stops it)"]
    if sign_ins:
        lines += ["Demo sign-ins:", *(f"  {one.username:<14} {one.password}" for one in sign_ins)]
    return "\n".join(lines) + "\n"


def refuse_taken_port(host: str, port: int) -> None:
    """CommandError when nobody could listen there; sockets that are merely closing down do not count."""
    if not 0 < port < 65_536:
        raise CommandError(f"{port} is not a port: 1 to 65535", returncode=2)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(f"port {port} is taken: choose another with --port") from error
            raise CommandError(f"cannot listen on {host}:{port}: {error.strerror}", returncode=2) from error


def lock_folder(var_dir: Path) -> IO[str]:
    """Hold VAR_DIR for one console at a time; the lock goes with the process, however that ends."""
    var_dir.mkdir(parents=True, exist_ok=True)
    lock = (var_dir / "up.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CommandError(f"another console runs in {var_dir}: stop it, or choose another VAR_DIR") from error
    return lock


def environment_of_children(var_dir: Path, *, host: str, port: int) -> dict[str, str]:
    """What every process of this console is told alike: the broker, its own address and when the clock was started."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    told = {
        "VAR_DIR": str(var_dir),
        "PUBLIC_URL": f"http://{name}:{port}",
        "CLOCK_STARTED_AT": repr(time.time()) if settings.CLOCK else "0",
        "BROKER_URL": f"redis+socket://{programs.broker_socket(var_dir)}",
        "REMAP_SIGTERM": "SIGQUIT",  # Celery's soft shutdown: long tasks go back to the queue
        "PYTHONUNBUFFERED": "1",
    }
    # An empty variable counts as not given, as it does in the settings.
    environment = {**told, **{variable: value for variable, value in os.environ.items() if value}}
    settings.CLOCK_STARTED_AT = float(environment["CLOCK_STARTED_AT"])
    return environment


def answers(host: str, port: int) -> bool:
    """Whether the web server answers, whatever it says."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    connection = HTTPConnection(target, port, timeout=0.3)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True
