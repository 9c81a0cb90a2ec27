"""Many rows at once, several times as fast as through model instances; no row is read back."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, connections, models
from psycopg.types.json import Jsonb

Row = Sequence[int | str | bool | date | datetime | None]
"""What `storing` makes stands for a value too."""


def insert_many(model: type[models.Model], fields: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows of numbers, texts, booleans, dates and `moment`s, given in the order of `fields`. No other column has a value.

    PostgreSQL takes them as one stream (COPY), at which the database's own checks still look.
    """
    insert_rows(_table(model), [_column(model, name) for name in fields], rows)


def insert_rows(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """The same for a table of any kind, by names as SQL writes them."""
    into = f"{table} ({', '.join(columns)})"
    if connection.vendor == "postgresql":
        _stream(f"COPY {into} FROM STDIN", rows)
    else:
        _run(f"INSERT INTO {into} VALUES ({_places(columns)})", rows)  # noqa: S608 - our own names


def insert_from(model: type[models.Model], fields: Sequence[str], rows: "models.QuerySet[Any, Any]") -> int:
    """Insert what a query of values yields, column by column in the order of `fields`; how many rows."""
    columns = ", ".join(_column(model, name) for name in fields)
    query, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {_table(model)} ({columns}) {query}", params)
        return int(cursor.rowcount)


def update_many(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Row], where: Sequence[str] = ()
) -> int:
    """Set `fields` of single rows; says how many were found.

    Each row gives their values, then the primary key, then what the fields of `where` must still hold: a row of which they do
    not is left alone. PostgreSQL gets one statement, and takes the rows in an order of its own: lock them before, where others
    may write several of them as well.
    """
    listed = list(rows)
    if not listed:
        return 0
    keys = ["pk", *where]
    if connection.vendor == "postgresql":
        return _update_in_one(model, fields, keys, listed)
    settings = ", ".join(f"{_column(model, name)} = %s" for name in fields)
    found = " AND ".join(f"{_column(model, name)} = %s" for name in keys)
    return _run(f"UPDATE {_table(model)} SET {settings} WHERE {found}", listed)  # noqa: S608 - our own names


def _update_in_one(model: type[models.Model], fields: Sequence[str], keys: Sequence[str], rows: Sequence[Row]) -> int:
    """The rows travel as one JSON text, which costs a fraction of an array for each column."""
    given = [f"v{number}" for number in range(len(fields) + len(keys))]
    types = ", ".join(f"{value} {_type(model, name)}" for value, name in zip(given, [*fields, *keys], strict=True))
    settings = ", ".join(f"{_column(model, name)} = given.{value}" for value, name in zip(given, fields, strict=False))
    found = " AND ".join(
        f"here.{_column(model, name)} = given.{value}" for value, name in zip(given[len(fields) :], keys, strict=True)
    )
    statement = (
        f"UPDATE {_table(model)} AS here SET {settings} "  # noqa: S608 - our own names
        f"FROM json_to_recordset(%s) AS given ({types}) WHERE {found}"
    )
    text = json.dumps([dict(zip(given, row, strict=True)) for row in rows], default=_in_json)
    with connection.cursor() as cursor:
        cursor.execute(statement, [text])
        return int(cursor.rowcount)


def _in_json(value: object) -> object:
    """A value that JSON has no word for: what is itself JSON unwrapped, a day or an instant as its text."""
    if isinstance(value, Jsonb):
        return value.obj
    if isinstance(value, date):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no value of a row")


def storing(model: type[models.Model], fields: Sequence[str]) -> Callable[[Iterable[object]], list[Any]]:
    """What turns values of these fields into what this database keeps; of a row that one points to, the key."""
    database = connections[connection.alias]
    prepare = [_field(model, name).get_db_prep_save for name in fields]

    def stored(values: Iterable[object]) -> list[Any]:
        keys = (value.pk if isinstance(value, models.Model) else value for value in values)
        return [each(key, database) for each, key in zip(prepare, keys, strict=True)]

    return stored


def moment(at: datetime) -> datetime | str:
    """An instant as this database keeps it, for `insert_many`."""
    kept: datetime | str | None = connection.ops.adapt_datetimefield_value(at)
    assert kept
    return kept


def next_key(model: type[models.Model]) -> int:
    """The primary key after the last one of the table."""
    last = models.QuerySet(model).aggregate(last=models.Max("pk"))["last"]
    return (last or 0) + 1


def take_keys(model: type[models.Model], count: int) -> Sequence[int]:
    """So many primary keys in rising order that nobody else will use, to be written in the transaction that is open."""
    if connection.vendor == "sqlite":  # one writer: the next keys are nobody else's until the transaction ends
        first = next_key(model)
        return range(first, first + count)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [_table(model), "id", count]
        )
        return [row[0] for row in cursor.fetchall()]


def keys_given_out(model: type[models.Model], last: int) -> None:
    """Tell the database that keys up to `last` were given out by hand; SQLite sees for itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [_table(model), "id", last])


def _stream(statement: str, rows: Iterable[Row]) -> None:
    listed = list(rows)
    if listed:
        with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
            for row in listed:
                copy.write_row(row)


def _run(statement: str, rows: Iterable[Row]) -> int:
    listed = list(rows)
    if not listed:
        return 0
    with connection.cursor() as cursor:
        cursor.executemany(statement, listed)
        return int(cursor.rowcount)


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field


def _column(model: type[models.Model], name: str) -> str:
    column = _field(model, name).column
    assert column
    return connection.ops.quote_name(column)


def _type(model: type[models.Model], name: str) -> str:
    """The type of a column, without the length that the column itself holds to."""
    kind = _field(model, name).rel_db_type(connection) if name == "pk" else _field(model, name).db_type(connection)
    assert kind
    return kind.partition("(")[0]


def _places(columns: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(columns))
