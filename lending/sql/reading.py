"""Expressions for the ORM: what an arrears row says of a day (`Arrears.penalty_on` and `overdue_on` over many rows), and rows
of many keys.
"""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, BooleanField, DateField, F, Func, TextField, Value
from django.db.models.expressions import Combinable

from lending.money import PPM


class _DaysSince(Func):
    """Whole days from a day to a later one; none where it comes before."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "MAX(0, CAST(julianday(%(expressions)s) AS integer))"
        return self.as_sql(compiler, connection, template=template, arg_joiner=") - julianday(", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "GREATEST(0, %(expressions)s)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" - ", **context)


def penalty_on(on: date | Combinable, arrears: str = "") -> Combinable:
    """Penalty accrued up to that day, neither paid nor waived; `arrears` leads to the row, as in "arrears__"."""
    days = _DaysSince(Value(on, DateField()) if isinstance(on, date) else on, F(f"{arrears}as_of"))
    whole = F(f"{arrears}penalty_day_basis") * PPM
    penalty, compound = (
        (F(f"{arrears}{name}_numerator") + F(f"{arrears}{name}_growth") * days + whole / 2) / whole
        for name in ("penalty", "compound")
    )
    return penalty + compound - F(f"{arrears}penalty_paid") - F(f"{arrears}penalty_waived")


def overdue_on(on: date, arrears: str = "") -> Combinable:
    """Everything past due on that day, penalty with it."""
    return F(f"{arrears}overdue_principal") + F(f"{arrears}overdue_interest") + penalty_on(on, arrears)


class MonthOf(Func):
    """The first day of a day's month."""

    output_field = DateField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="date(%(expressions)s, 'start of month')", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="date_trunc('month', %(expressions)s)::date", **context)


class _Among(Func):
    """Whether a value is in a list that travels as one text; PostgreSQL takes it for an array of whatever the value is."""

    output_field = BooleanField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "%(expressions)s))"
        return self.as_sql(
            compiler, connection, template=template, arg_joiner=" IN (SELECT value FROM json_each(", **context
        )

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s)", arg_joiner=" = ANY(", **context)


def among(name: str, keys: Iterable[int] | Iterable[str] | Combinable) -> Func:
    """The condition `name`__in=keys for thousands of keys, each of which would cost as much as its row if it went by itself.

    An expression stands for a text that `listed` made.
    """
    return _Among(F(name), keys if isinstance(keys, Combinable) else Value(listed(keys), TextField()))


def listed(keys: Iterable[int] | Iterable[str]) -> str:
    """The keys as the text in which they travel."""
    if connection.vendor == "sqlite":
        return json.dumps(list(keys), ensure_ascii=False, separators=(",", ":"))
    return _as_array(keys)


def _as_array(values: Iterable[int | str]) -> str:
    """The values as PostgreSQL writes an array."""
    quoted = (
        str(value) if isinstance(value, int) else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for value in values
    )
    return "{" + ",".join(quoted) + "}"
