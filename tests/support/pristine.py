"""What the tables hold at a moment, put back later: before the first test, and after each test that commits.

Django's own way, to empty every table and to do anew all that follows a migration, takes one to two seconds of a hundred and thirty
tables, and hundreds of tests commit. On SQLite the whole file is copied back, on PostgreSQL the rows are, table by table, while the
guards of append-only tables and the foreign keys look away.
"""

import sqlite3

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

Kept = sqlite3.Connection | dict[str, bytes]


def take() -> Kept:
    """All that the tables hold now."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(copy)
        return copy
    kept = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            with cursor.copy(f'COPY "{table}" TO STDOUT') as rows:
                kept[table] = b"".join(rows)
    return kept


def put_back(kept: Kept) -> None:
    """Everything as it was taken, whatever has been committed since."""
    connection.ensure_connection()
    if isinstance(kept, sqlite3.Connection):
        kept.backup(connection.connection)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("; ".join(f'DELETE FROM "{table}"' for table in kept))
        for table, rows in kept.items():
            if rows:
                with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                    copy.write(rows)
        # a test may have begun the keys anew: those of the rows that are back must not be given out again
        held = [model for model in apps.get_models(include_auto_created=True) if kept.get(model._meta.db_table)]
        for statement in connection.ops.sequence_reset_sql(no_style(), held):
            cursor.execute(statement)
