"""What the database itself refuses, whoever asks: changing append-only tables, and deciding twice what two people decide.

A model says `append_only = True`, or `decided_once` (`audit.decided`). One idempotent function puts the triggers in place after each
`migrate`, because Django rebuilds SQLite tables on some migrations and drops triggers silently.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from audit.decided import what_is_refused

APPEND_ONLY, DECIDED_ONCE = "is append-only", "keeps what was asked for and decided"
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'table % %', TG_TABLE_NAME, TG_ARGV[0]; END $$
"""


class Guard(NamedTuple):
    """One trigger: its table, its name, what puts it there, and whether it knows the table's columns."""

    table: str
    name: str
    create: str
    knows_columns: bool = False


def guarded_tables() -> list[str]:
    """The tables of every model that declares itself append-only."""
    return sorted(model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False))


def guards_of(vendor: str) -> list[Guard]:
    """Every trigger that should be there."""
    verbs = ["UPDATE", "DELETE"] if vendor == "sqlite" else ["UPDATE OR DELETE OR TRUNCATE"]
    found = [_always(vendor, table, verb, "append_only", APPEND_ONLY) for table in guarded_tables() for verb in verbs]
    removal = "DELETE" if vendor == "sqlite" else "DELETE OR TRUNCATE"
    for model in apps.get_models():
        if hasattr(model, "decided_once") and not model._meta.abstract:
            table = model._meta.db_table
            found.append(_always(vendor, table, removal, "decided_once", DECIDED_ONCE))
            found.append(_of_rows(vendor, table, what_is_refused(model, vendor)))
    return found


def install_after_migrate(using: str = "default", **_: Any) -> None:
    install(connections[using])


def step_aside_before_migrate(using: str = "default", plan: Sequence[Any] = (), **_: Any) -> None:
    """Where something is to be migrated: a column that a trigger knows could not be taken away."""
    connection = connections[using]
    if plan:
        _drop(connection, [guard for guard in guards_of(connection.vendor) if guard.knows_columns])


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the guards on every table that exists, all at once; safe to run again."""
    guards = guards_of(connection.vendor)
    existing = set(connection.introspection.table_names())
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        _drop(connection, guards)
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_FUNCTION)
        for guard in guards:
            if guard.table in existing:
                cursor.execute(guard.create)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the guards away: for the flush of test databases only."""
    _drop(connection, guards_of(connection.vendor))


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Lift the guards around a block: for the flush of test databases only."""
    if connection.vendor == "postgresql":
        connection.check_constraints()  # no trigger goes from a table on which a check still waits
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Tables that lack a guard, or a part of one: empty when all is well."""
    if connection.vendor == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        there = {row[0] for row in cursor.fetchall()}
    return sorted({guard.table for guard in guards_of(connection.vendor) if guard.name not in there})


def _always(vendor: str, table: str, verbs: str, kind: str, words: str) -> Guard:
    """Refuses these statements, whatever they say."""
    name = f"{kind}_{verbs.lower()}_{table}" if vendor == "sqlite" else f"{kind}_{table}"
    if vendor == "sqlite":
        return Guard(table, name, f"CREATE TRIGGER {name} BEFORE {verbs} ON {table} {_raise(table, words)}")
    call = f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('{words}')"
    return Guard(table, name, f"CREATE TRIGGER {name} BEFORE {verbs} ON {table} {call}")


def _of_rows(vendor: str, table: str, refused: str) -> Guard:
    """Refuses an update of rows under a condition."""
    name = f"decided_once_update_{table}"
    if vendor == "sqlite":
        create = f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN {refused} {_raise(table, DECIDED_ONCE)}"
    else:
        create = (
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({refused}) "
            f"EXECUTE FUNCTION refuse_change('{DECIDED_ONCE}')"
        )
    return Guard(table, name, create, knows_columns=True)


def _raise(table: str, words: str) -> str:
    return f"BEGIN SELECT RAISE(ABORT, 'table {table} {words}'); END"


def _drop(connection: BaseDatabaseWrapper, guards: Iterable[Guard]) -> None:
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for guard in guards:
            if guard.table in existing:
                of_table = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}{of_table}")
