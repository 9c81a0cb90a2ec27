"""Every append-only table, with a row in it, on either database: whatever would change or empty it is refused by the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

TABLES: list[type[models.Model]] = sorted(
    (model for model in apps.get_models() if getattr(model, "append_only", False)),
    key=lambda model: model._meta.db_table,
)
VALUES: list[tuple[Any, Any]] = [
    (models.BooleanField, False),
    (models.DateTimeField, datetime(2026, 7, 15, tzinfo=UTC)),
    (models.DateField, date(2026, 7, 15)),
    (models.JSONField, "{}"),
    (models.IntegerField, 1),
    (models.ForeignKey, 1),
]

pytestmark = pytest.mark.django_db


def value_of(field: Any) -> Any:
    if field.null:
        return None
    return next((value for kind, value in VALUES if isinstance(field, kind)), "x")


def insert(model: type[models.Model]) -> None:
    """A row of which nothing is asked but to be there: what it points at is nowhere, and no check looks at it."""
    fields = model._meta.concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = [1 if field.primary_key else value_of(field) for field in fields]
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(fields))
        cursor.execute(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})', values)


def raw(statement: str) -> Callable[[type[models.Model]], None]:
    def run(model: type[models.Model]) -> None:
        key, table = model._meta.pk.column, model._meta.db_table
        columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table=table, key=key, columns=columns))

    return run


def updated(model: type[models.Model]) -> None:
    field = next(each for each in model._meta.concrete_fields if not each.primary_key)
    model._default_manager.update(**{field.attname: value_of(field)})


def bulk_updated(model: type[models.Model]) -> None:
    field = next(each for each in model._meta.concrete_fields if not each.primary_key and not each.is_relation)
    row = model(pk=1, **{field.attname: value_of(field)})
    model._default_manager.bulk_update([row], [field.name])


def saved(model: type[models.Model]) -> None:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    model(pk=1, **{field.attname: value_of(field) for field in fields}).save(force_update=True)


WAYS: dict[str, Callable[[type[models.Model]], object]] = {
    "update": updated,
    "bulk_update": bulk_updated,
    "save": saved,
    "delete": lambda model: model._default_manager.filter(pk=1)._raw_delete(model._default_manager.db),
    "raw update": raw('UPDATE "{table}" SET "{key}" = 2'),
    "raw delete": raw('DELETE FROM "{table}"'),
    "upsert": raw(
        'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM "{table}" WHERE true '
        'ON CONFLICT ("{key}") DO UPDATE SET "{key}" = 2'
    ),
}
WAYS |= (
    {"replace": raw('INSERT OR REPLACE INTO "{table}" ({columns}) SELECT {columns} FROM "{table}"')}
    if connection.vendor == "sqlite"
    else {"truncate": raw('TRUNCATE "{table}"'), "truncate with all": raw('TRUNCATE "{table}" CASCADE')}
)


@contextmanager
def nothing_else_refuses() -> Iterator[None]:
    """On SQLite a row is put there that no other check would let pass; all of it is taken back. PostgreSQL's guard needs no row."""
    try:
        if connection.vendor == "sqlite":
            run("PRAGMA defer_foreign_keys = ON")
            run("PRAGMA ignore_check_constraints = ON")
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        if connection.vendor == "sqlite":
            run("PRAGMA ignore_check_constraints = OFF")


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.db_table)
def test_an_append_only_row_stays_as_it_is(model: type[models.Model], way: str) -> None:
    with nothing_else_refuses():
        if connection.vendor == "sqlite" and not model._default_manager.exists():
            insert(model)

        # what others point at PostgreSQL does not even offer to the guard, unless they are emptied with it
        with pytest.raises(DatabaseError, match=r"append-only|cannot truncate"), transaction.atomic():
            WAYS[way](model)


def test_there_are_as_many_as_there_were() -> None:
    """A model that is evidence and forgets to say so is found here: the number only grows."""
    assert len(TABLES) >= 32
