"""What SQLite and PostgreSQL say differently, each in one function."""

from collections.abc import Iterable
from datetime import date

from django.db import connection

_LOANS = 0x10A5
"""The first half of the advisory lock's key; the second is the block of loans."""


def day_literal(day: date) -> str:
    """A day as a constant; SQLite compares days as texts."""
    return f"'{day.isoformat()}'" if connection.vendor == "sqlite" else f"DATE '{day.isoformat()}'"


def days_between(later: str, earlier: str) -> str:
    """An expression for the whole days from one day to another."""
    if connection.vendor == "sqlite":
        return f"CAST(julianday({later}) - julianday({earlier}) AS integer)"
    return f"({later} - {earlier})"


def days_after(day: str, days: str) -> str:
    """An expression for the day so many whole days after another; NULL after NULL days."""
    return f"date({day}, ({days}) || ' days')" if connection.vendor == "sqlite" else f"({day} + ({days}))"


def smaller(one: str, other: str) -> str:
    """An expression for the smaller of two numbers."""
    return f"MIN({one}, {other})" if connection.vendor == "sqlite" else f"LEAST({one}, {other})"


def emptying(table: str) -> str:
    """The statement that empties a table at once."""
    return f"DELETE FROM {table}" if connection.vendor == "sqlite" else f"TRUNCATE {table}"  # noqa: S608 - our own name


def has_many_writers() -> bool:
    """Whether two connections can write at once."""
    return connection.vendor == "postgresql"


def lock_blocks(blocks: Iterable[int], *, exclusive: bool) -> None:
    """Hold blocks of loans until the transaction ends: many writers of single loans, or one who closes the whole block.

    SQLite has one writer at a time, so there is nothing to hold.
    """
    if connection.vendor == "sqlite":
        return
    verb = "pg_advisory_xact_lock" if exclusive else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        for block in sorted(set(blocks)):
            cursor.execute(f"SELECT {verb}(%s, %s)", [_LOANS, block])


def wait_for_locks() -> None:
    """Until the transaction ends: wait for others longer than a page would."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '15s'")


def look_up_by_key() -> None:
    """Until the transaction ends: thousands of rows of large tables are best found by their keys, not by reading the tables.

    PostgreSQL takes every page for one on a turning disk unless told; SQLite always goes by the keys.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL random_page_cost = 1")


def refresh_statistics(table: str) -> None:
    """Tell the planner how big a table has become; SQLite plans well enough from its indexes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {table}")
