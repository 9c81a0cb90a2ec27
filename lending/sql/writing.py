"""Many rows at once, several times as fast as through model instances; no row is read back."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import connection, models

Row = Sequence[int | str | bool | date | datetime | None]


def insert_many(model: type[models.Model], fields: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows of numbers, texts, booleans, dates and `moment`s, given in the order of `fields`. No other column has a value.

    PostgreSQL takes them as one stream (COPY), at which the database's own checks still look.
    """
    columns = [_column(model, name) for name in fields]
    into = f"{_table(model)} ({', '.join(columns)})"
    if connection.vendor == "postgresql":
        _stream(f"COPY {into} FROM STDIN", rows)
    else:
        _run(f"INSERT INTO {into} VALUES ({_places(columns)})", rows)  # noqa: S608 - our own names


def update_many(model: type[models.Model], fields: Sequence[str], rows: Iterable[Row]) -> None:
    """Set `fields` of single rows; each row gives their values and then the primary key."""
    settings = ", ".join(f"{_column(model, name)} = %s" for name in fields)
    _run(f"UPDATE {_table(model)} SET {settings} WHERE {_column(model, 'pk')} = %s", rows)  # noqa: S608 - our own names


def moment(at: datetime) -> datetime | str:
    """An instant as this database keeps it, for `insert_many`."""
    kept: datetime | str | None = connection.ops.adapt_datetimefield_value(at)
    assert kept
    return kept


def next_key(model: type[models.Model]) -> int:
    """The primary key after the last one of the table."""
    last = models.QuerySet(model).aggregate(last=models.Max("pk"))["last"]
    return (last or 0) + 1


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


def _run(statement: str, rows: Iterable[Row]) -> None:
    listed = list(rows)
    if listed:
        with connection.cursor() as cursor:
            cursor.executemany(statement, listed)


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _column(model: type[models.Model], name: str) -> str:
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    assert isinstance(field, models.Field)
    assert field.column
    return connection.ops.quote_name(field.column)


def _places(columns: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(columns))
