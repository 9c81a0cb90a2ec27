"""Pages by key: the next page begins after the last row of this one, so the millionth costs what the first does.

Rows are ordered by `field` and then by primary key, which makes the order total. A cursor is the value and the key of a row.
"""

from datetime import date
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import models
from django.db.models import Q

Model = TypeVar("Model", bound=models.Model)


class Page(NamedTuple, Generic[Model]):
    """Rows in order; `previous` and `next` are cursors, or None at either end."""

    rows: list[Model]
    previous: str | None
    next: str | None


def page(
    queryset: models.QuerySet[Model], field: str, *, descending: bool, after: str, before: str, size: int
) -> Page[Model]:
    """The rows after one cursor or before another; a cursor that makes no sense is passed over."""
    start, end = _read(after), _read(before)
    backwards = end is not None and start is None
    cursor = end if backwards else start
    upwards = descending == backwards
    if cursor:
        queryset = queryset.filter(_beyond(field, *cursor, upwards=upwards))
    sign = "" if upwards else "-"
    rows = list(queryset.order_by(f"{sign}{field}", f"{sign}pk")[: size + 1])
    has_more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([], None, None)
    return Page(
        rows,
        _cursor(rows[0], field) if (has_more if backwards else cursor) else None,
        _cursor(rows[-1], field) if (cursor if backwards else has_more) else None,
    )


def _beyond(field: str, value: str, key: int, *, upwards: bool) -> Q:
    beyond = "gt" if upwards else "lt"
    return Q(**{f"{field}__{beyond}": value}) | Q(**{field: value, f"pk__{beyond}": key})


def _read(cursor: str) -> tuple[str, int] | None:
    value, mark, key = cursor.rpartition("~")
    return (value, int(key)) if mark and key.isdecimal() and len(key) < 19 and value else None


def _cursor(row: models.Model, field: str) -> str:
    value: Any = row
    for name in field.split("__"):
        value = getattr(value, name)
    return f"{value.isoformat() if isinstance(value, date) else value}~{row.pk}"
