"""What the tables held before the first test, put back after each test that commits.

Django's own way, to empty every table and to do anew all that follows a migration, takes one to two seconds of a hundred and thirty
tables, and hundreds of tests commit. On SQLite the whole file is copied back, on PostgreSQL the rows are, table by table, while the
guards of append-only tables and the foreign keys look away.
"""

import sqlite3
from typing import Any

from django.db import connection, transaction

_kept: dict[str, bytes] = {}
_file: list[sqlite3.Connection] = []


def keep() -> None:
    """Remember what is there: to be called once, before the first test."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(copy)
        _file[:] = [copy]
        return
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            with cursor.copy(f'COPY "{table}" TO STDOUT') as rows:
                _kept[table] = b"".join(rows)


def put_back(*_: Any) -> None:
    """Everything as it was kept, whatever has been committed since."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        _file[0].backup(connection.connection)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("; ".join(f'DELETE FROM "{table}"' for table in _kept))
        for table, rows in _kept.items():
            if rows:
                with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                    copy.write(rows)
