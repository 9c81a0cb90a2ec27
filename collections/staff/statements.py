"""A query that is put together once and asked many times, with keys filled in where it was left blank.

Of a small query the ORM spends most of its time on making the SQL, and PostgreSQL on planning it, which is the same each time. A
page that everybody opens all day asks so; elsewhere the ORM as it is reads better.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models import BigIntegerField, Expression, Field, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

from staff.models import User

Given = int | str | date | datetime
KEY_END = 2**63
Made = TypeVar("Made", bound=Callable[..., Any])


class Blank(Expression):
    """The place of a key, or of another value where a field says so, that is filled in when the statement is asked."""

    def __init__(self, name: str, field: "Field[Any, Any] | None" = None) -> None:
        super().__init__(output_field=field or BigIntegerField())
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class Statement:
    """The statement of a queryset; what it finds comes back as the queryset would give it."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        self._compiler = queryset.query.get_compiler(queryset.db)
        self._sql, self._params = self._compiler.as_sql()

    def rows(self, **keys: Given) -> list[tuple[Any, ...]]:
        """Of a queryset of `values_list`."""
        return list(self._compiler.results_iter([self._found(keys)], tuple_expected=True))

    def objects(self, **keys: Given) -> list[Any]:
        """Of a queryset of models, each with what `select_related` reads along."""
        made, select = self._compiler.klass_info, self._compiler.select
        first, last = made["select_fields"][0], made["select_fields"][-1] + 1
        names = [column[0].target.attname for column in select[first:last]]
        related = get_related_populators(made, select, self._compiler.using)  # type: ignore[call-arg] # of a later Django
        found = []
        for row in self._compiler.results_iter([self._found(keys)]):
            one = made["model"].from_db(self._compiler.using, names, row[first:last])
            for each in related:
                each.populate(row, one)
            found.append(one)
        return found

    def _found(self, keys: Mapping[str, Given]) -> list[tuple[Any, ...]]:
        """A number that no column holds, as somebody may type it into an address, finds nothing."""
        if any(isinstance(value, int) and not -KEY_END <= value < KEY_END for value in keys.values()):
            return []
        with planned_cursor() as cursor:
            cursor.execute(self._sql, filled(self._params, keys))
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


class PlannedCursor(ServerBindingCursor):
    """Knows its statement also once that is prepared, for Django's record of what was asked."""

    def _convert_query(self, query: Any, params: Any = None) -> Any:
        self._query = super()._convert_query(query, params)  # type: ignore[misc]
        return self._query


@contextmanager
def planned_cursor() -> Iterator[CursorWrapper]:
    """A cursor with values that travel beside the statement, which PostgreSQL so plans once a connection (decision 59)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.cursor.close()
            cursor.cursor = PlannedCursor(connection.connection)  # type: ignore[call-arg] # its mixin hides psycopg's
        yield cursor


_COUNT = "SELECT count(*) FROM ({}) AS counted"


class Answers:
    """Several questions asked in one statement: of each queryset its first value as the database gives it, or None; or, where
    they are `counted`, how many rows it has, or how many up to `most`.
    """

    def __init__(
        self, questions: Iterable[QuerySet[Any, Any]], *, counted: bool = False, most: Blank | None = None
    ) -> None:
        columns: list[str] = []
        self._params: list[Any] = []
        for question in questions:
            try:
                sql, params = question.query.sql_with_params()
            except EmptyResultSet:
                columns.append("0" if counted else "NULL")
            else:
                sql = f"{sql} LIMIT %s" if most else sql
                columns.append(f"({_COUNT.format(sql)})" if counted else f"({sql})")
                self._params += [*params, most] if most else params
        self._sql = f"SELECT {', '.join(columns)}" if columns else ""

    def values(self, **keys: Given) -> tuple[Any, ...]:
        if not self._sql:
            return ()
        with planned_cursor() as cursor:
            cursor.execute(self._sql, filled(self._params, keys))
            found: tuple[Any, ...] = cursor.fetchone()
        return found


class Together:
    """Several querysets of `values_list`, whose columns are of like types, asked in one statement; rows as the database gives
    them, for each queryset by itself, in whatever order.
    """

    def __init__(self, querysets: Iterable[QuerySet[Any, Any]]) -> None:
        parts: list[str] = []
        self._params: list[Any] = []
        for queryset in querysets:
            sql, params = queryset.query.sql_with_params()
            parts.append(f"SELECT {len(parts)}, part.* FROM ({sql}) AS part")  # noqa: S608 - the querysets' own
            self._params += params
        self._count, self._sql = len(parts), " UNION ALL ".join(parts)

    def rows(self, **keys: Given) -> list[list[tuple[Any, ...]]]:
        found: list[list[tuple[Any, ...]]] = [[] for _ in range(self._count)]
        with planned_cursor() as cursor:
            cursor.execute(self._sql, filled(self._params, keys))
            for number, *row in cursor.fetchall():
                found[number].append(tuple(row))
        return found


def filled(params: Iterable[Any], keys: Mapping[str, Given]) -> list[Any]:
    """The parameters of a statement with its blanks filled in."""
    return [_kept(keys[each.name]) if isinstance(each, Blank) else each for each in params]


def _kept(value: Given) -> Any:
    """The value as this database keeps it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


@lru_cache(maxsize=64)
def statement(make: Callable[[], QuerySet[Any, Any]]) -> Statement:
    """The statement of `make()`, put together at its first use."""
    return Statement(make())


@lru_cache(maxsize=64)
def answers(questions: tuple[Callable[[], QuerySet[Any, Any]], ...]) -> Answers:
    """The answers to what each of `questions` gives, put together at their first use."""
    return Answers(question() for question in questions)


def for_person(make: Callable[[User], Answers], user: User) -> Answers:
    """`make(person)`, put together once for each person; it may look at no more of them than key, role and team."""
    return _for_person(make, user.pk, user.role, user.team_id)


_of_people: list[Any] = []


def kept_for_people(make: Made) -> Made:
    """Remember what `make` puts together of a person's key, role and team, and of what else it is given."""
    kept = lru_cache(maxsize=2048)(make)
    _of_people.append(kept)
    return cast("Made", kept)


def forget_people() -> None:
    """Put the statements of people together anew, as after a change of who sees what."""
    for kept in _of_people:
        kept.cache_clear()


@kept_for_people
def _for_person(make: Callable[[User], Answers], pk: int, role: str, team_id: int | None) -> Answers:
    return make(User(pk=pk, role=role, team_id=team_id))
