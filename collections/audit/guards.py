"""Append-only tables: the database itself refuses UPDATE, DELETE and TRUNCATE.

A model says `append_only = True`; one idempotent function puts the triggers in place after each `migrate`, because Django
rebuilds SQLite tables on some migrations and drops triggers silently.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

_VERBS = ("update", "delete")
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME; END $$
"""


def guarded_tables() -> list[str]:
    """The tables of every model that declares itself append-only."""
    return sorted(model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False))


def install_after_migrate(using: str = "default", **_: Any) -> None:
    install(connections[using])


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the guards on every append-only table that exists; safe to run again."""
    existing = set(connection.introspection.table_names())
    tables = [table for table in guarded_tables() if table in existing]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and tables:
            cursor.execute(_POSTGRES_FUNCTION)
        for statement in (s for table in tables for s in _create(connection.vendor, table)):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the guards away: for the flush of test databases only."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in guarded_tables():
            if table in existing:
                for statement in _drop(connection.vendor, table):
                    cursor.execute(statement)


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Lift the guards around a block: for the flush of test databases only."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Append-only tables that lack a guard, or a part of one: empty when all is well."""
    if connection.vendor == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        there = {row[0] for row in cursor.fetchall()}
    return [table for table in guarded_tables() if not there.issuperset(_names(connection.vendor, table))]


def _names(vendor: str, table: str) -> list[str]:
    """The names of the triggers that guard a table."""
    if vendor == "sqlite":
        return [f"append_only_{verb}_{table}" for verb in _VERBS]
    return [f"append_only_{table}"]


def _create(vendor: str, table: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS append_only_{verb}_{table} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'table {table} is append-only'); END"
            for verb in _VERBS
        ]
    return [
        *_drop(vendor, table),
        f"CREATE TRIGGER append_only_{table} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ]


def _drop(vendor: str, table: str) -> list[str]:
    of_table = f" ON {table}" if vendor == "postgresql" else ""
    return [f"DROP TRIGGER IF EXISTS {name}{of_table}" for name in _names(vendor, table)]
