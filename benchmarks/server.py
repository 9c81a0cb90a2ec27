"""Scratch databases: on the PostgreSQL of DATABASE_URL, or on one of its own with full durability, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

SETTINGS = {
    "listen_addresses": "''",
    "shared_buffers": "4GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "wal_compression": "lz4",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
}
"""fsync, synchronous_commit and full_page_writes stay on, as they are by default."""


@contextmanager
def server() -> Iterator[str]:
    """The URL of a PostgreSQL whose user may create databases and checkpoint, without a database's name."""
    if given := os.environ.get("DATABASE_URL", ""):
        yield urlsplit(given)._replace(path="/").geturl()
        return
    folder = Path(tempfile.mkdtemp(prefix="console-bench-pg-"))
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        data = str(folder / "data")
        _as_postgres([str(binaries / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "--locale=C.UTF-8"])
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        control = [str(binaries / "pg_ctl"), "-D", data, "-w"]
        _as_postgres([*control, "-l", str(folder / "log"), "start", "-o", f"-k {folder} {options}"])
        try:
            yield f"postgres://postgres@/?host={folder}"
        finally:
            _as_postgres([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(server_url: str, name: str) -> Iterator[str]:
    """A new database of that name, dropped afterwards; nothing else on the server is touched."""
    address = urlsplit(server_url)
    admin = address._replace(scheme="postgresql", path="/postgres").geturl()
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield address._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _as_postgres(command: list[str]) -> None:
    """The server refuses to run as root."""
    if os.geteuid() == 0:
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)
