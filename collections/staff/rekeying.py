"""Stored values under the newest key: read with the key that they name and written again, a chunk at a time, until none is left under another.

Each chunk is a transaction of its own, each value goes by compare-and-set, and what has been done is not done again: a run that was stopped goes on
where it stopped. A value that cannot be read stays as it is and is counted. Files are told by the floor that keeps them (`register_files`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.apps import apps
from django.db import connection, transaction

from audit.record import record
from staff.sealing import KeyMissingError, decrypt, encrypt, newest_key, seal, unseal

CHUNK = 500
Progress = Callable[[str, int, int], None]
Files = Callable[[], Iterable[Path]]
_SEALED: dict[tuple[str, str], None] = {}
_FILES: list[Files] = []


class Column(NamedTuple):
    """A column whose values are sealed, with the key of its table."""

    table: str
    key: str
    name: str

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


def register_column(label: str, field: str) -> None:
    """Name a column that is sealed without a field type of its own, as "staff.Factor" and "secret"."""
    _SEALED[label, field] = None


def register_files(files: Files) -> None:
    """Name files that are sealed whole."""
    if files not in _FILES:
        _FILES.append(files)


def columns() -> list[Column]:
    """Every sealed column of the database: fields that say so, and those registered."""
    found = [
        Column(model._meta.db_table, str(model._meta.pk.column), str(field.column))
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if getattr(field, "is_sealed", False) or (model._meta.label, field.name) in _SEALED
    ]
    return sorted(found)


def left(column: Column) -> Counter[str]:
    """How many values stand under which key id."""
    name = connection.ops.quote_name(column.name)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {name} FROM {connection.ops.quote_name(column.table)} WHERE {name} <> ''"  # noqa: S608 - names of our own tables
        )
        return Counter(str(value).partition(":")[0] for (value,) in cursor)


def rotate(*, at: datetime, progress: Progress | None = None, chunk: int = CHUNK) -> dict[str, Counter[str]]:
    """Write everything under the newest key; per column what was written, unreadable, and still under which key."""
    told: dict[str, Counter[str]] = {}
    for column in columns():
        told[str(column)] = _rotate_column(column, chunk, progress)
    files = [path for each in _FILES for path in each()]
    told["files"] = Counter(_rotate_file(path) for path in files)
    with transaction.atomic():
        counts = {name: dict(count) for name, count in told.items() if count["written"]}
        record("staff.keys_rotated", by=None, at=at, key=newest_key(), counts=counts)
    return told


def _rotate_column(column: Column, chunk: int, progress: Progress | None) -> Counter[str]:
    counts: Counter[str] = Counter()
    total = sum(number for key, number in left(column).items() if key != newest_key())
    for rows in _chunks(column, chunk):
        with transaction.atomic():
            for key, value in rows:
                counts[_rewrite(column, key, value)] += 1
        if progress:
            progress(str(column), sum(counts.values()), total)
    return counts


def _chunks(column: Column, chunk: int) -> Iterator[list[tuple[int, str]]]:
    """Values under another key than the newest, by the key of their rows."""
    table, key, name = map(connection.ops.quote_name, column)
    mark = f"{newest_key()}:"
    first = f"SELECT {key}, {name} FROM {table} WHERE {name} <> '' AND substr({name}, 1, {len(mark)}) <> %s"  # noqa: S608
    last: int | None = None
    while True:
        after = f" AND {key} > %s" if last is not None else ""
        with connection.cursor() as cursor:
            cursor.execute(f"{first}{after} ORDER BY {key} LIMIT {chunk:d}", [mark] if last is None else [mark, last])
            rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        yield rows


def _rewrite(column: Column, key: int, value: str) -> str:
    try:
        again = encrypt(decrypt(value))
    except KeyMissingError:
        return "unreadable"
    table, row, name = map(connection.ops.quote_name, column)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {name} = %s WHERE {row} = %s AND {name} = %s", [again, key, value])  # noqa: S608
        return "written" if cursor.rowcount == 1 else "changed meanwhile"


def _rotate_file(path: Path) -> str:
    """Beside the file and then in its place, so that a death leaves one whole file."""
    content = path.read_bytes()
    if content.startswith(newest_key().encode() + b":"):
        return "in place"
    try:
        again = seal(unseal(content))
    except KeyMissingError:
        return "unreadable"
    beside = path.with_suffix(".rekeyed")
    beside.write_bytes(again)
    beside.chmod(path.stat().st_mode)
    beside.replace(path)
    return "written"


def remaining() -> dict[str, dict[str, int]]:
    """What still stands under another key than the newest, by column and key id; empty: the older keys may go."""
    newest = newest_key()
    counts = {str(column): left(column) for column in columns()}
    counts["files"] = Counter(_key_of(path) for each in _FILES for path in each())
    others = {name: {key: n for key, n in sorted(count.items()) if key != newest} for name, count in counts.items()}
    return {name: count for name, count in others.items() if count}


def _key_of(path: Path) -> str:
    return path.read_bytes().partition(b":")[0].decode(errors="replace")[:40]
