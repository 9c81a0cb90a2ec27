"""What a piece of work costs: seconds, write-ahead log, rows written."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection, transaction


class Cost(NamedTuple):
    """Seconds of wall clock, bytes of write-ahead log, rows inserted, updated and deleted in tables that stay."""

    seconds: float
    wal: int
    rows: int


def cost_of(work: Callable[[], object]) -> Cost:
    """Do the work after a checkpoint, so that each way pays for its own full-page images."""
    sql("CHECKPOINT")
    rows, wal, since = _rows(), _wal(), time.perf_counter()
    work()
    seconds = time.perf_counter() - since
    return Cost(seconds, _wal() - wal, _rows() - rows)


def sql(statement: str) -> int:
    """Run one statement; says how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


def one(query: str) -> int:
    """A query's only number."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0] or 0)


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is rolled back, which spares whoever is measured the commits."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _wal() -> int:
    return one("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")


def _rows() -> int:
    sql("SELECT pg_stat_force_next_flush()")
    sql("SELECT pg_stat_clear_snapshot()")
    return one(
        "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables WHERE schemaname NOT LIKE 'pg_temp%'"
    )
