"""Databases that have run every migration, made once for as long as no migration changes, and copied for whoever tests.

Only the schema is kept: what is put in place after migrating (guards, presets, permissions) follows anew in each copy, so that
whatever the code says today is there. On PostgreSQL the copy is the server's own (CREATE DATABASE … TEMPLATE).
"""

import fcntl
import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import connection, connections
from django.db.backends.signals import connection_created
from django.db.migrations.executor import MigrationExecutor

FOLDER = Path(tempfile.gettempdir()) / f"console-migrated-{os.getuid()}"
KEPT_MAX = 12
"""As many states of the migrations are kept, for those who go back and forth between branches."""


def prepare_copies() -> None:
    """Have the test database of this process begin as a copy: to be called before it is made."""
    if connection.vendor == "sqlite":
        path = migrated_file()
        connection_created.connect(lambda connection, **_: _fill(connection, path), weak=False)
    else:
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated_template()


@cache
def migrated_file() -> Path:
    """A SQLite file that has been migrated."""
    path = FOLDER / f"{_fingerprint()}.sqlite3"
    with _alone():
        if not path.exists():
            unfinished = path.with_suffix(".unfinished")
            unfinished.unlink(missing_ok=True)
            with _connected_to(str(unfinished)):
                _migrate()
            unfinished.rename(path)
            for old in sorted(FOLDER.glob("*.sqlite3"), key=lambda each: each.stat().st_mtime)[:-KEPT_MAX]:
                old.unlink()
    return path


@cache
def migrated_template() -> str:
    """The name of a database of the server that has been migrated and that nobody is connected to."""
    name = f"console_migrated_{_fingerprint()}"
    with _alone():
        with _connected_to("postgres"), connection.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'console_migrated_%%' ORDER BY oid DESC")
            known = [row[0] for row in cursor.fetchall()]
            if name in known:
                return name
            for each in (f"{name}_unfinished", *known[KEPT_MAX:]):
                cursor.execute(f'DROP DATABASE IF EXISTS "{each}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}_unfinished"')
        with _connected_to(f"{name}_unfinished"):
            _migrate()
        with _connected_to("postgres"), connection.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}_unfinished" RENAME TO "{name}"')
    return name


def _fill(made: Any, path: Path) -> None:
    """The SQLite database of the tests, while it is empty, becomes a copy of the file."""
    if made.settings_dict["NAME"] != made.settings_dict["TEST"]["NAME"]:
        return
    if not made.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        with closing(sqlite3.connect(path)) as kept:
            kept.backup(made.connection)


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    """The default connection, for a moment to another database; migrations use it by that name."""
    before = connection.settings_dict["NAME"]
    connections.close_all()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time makes what is missing."""
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fingerprint() -> str:
    """What the schema follows from: every migration, and the version of Django that runs them."""
    found = hashlib.sha256(django.__version__.encode())
    for app in sorted(apps.get_app_configs(), key=lambda each: each.label):
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            found.update(f"{app.label}/{path.name}".encode() + path.read_bytes())
    return found.hexdigest()[:16]
