"""A query that is put together once and asked many times, with keys filled in where it was left blank.

Of a small query the ORM spends most of its time on making the SQL, which is the same each time. A page that everybody opens all
day asks so; elsewhere the ORM as it is reads better.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, Expression, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from staff.models import User


class Blank(Expression):
    """The place of a key that is filled in when the statement is asked."""

    def __init__(self, name: str) -> None:
        super().__init__(output_field=BigIntegerField())
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class Statement:
    """The statement of a queryset of `values_list`; rows come back as the queryset would give them."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        self._compiler = queryset.query.get_compiler(queryset.db)
        self._sql, self._params = self._compiler.as_sql()

    def rows(self, **keys: int) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(self._sql, _filled(self._params, keys))
            found = cursor.fetchall()
        return list(self._compiler.results_iter([found], tuple_expected=True))


_COUNT = "SELECT count(*) FROM ({}) AS counted"


class Answers:
    """Several questions asked in one statement: of each queryset its first value as the database gives it, or None; or, where
    they are `counted`, how many rows it has.
    """

    def __init__(self, questions: Iterable[QuerySet[Any, Any]], *, counted: bool = False) -> None:
        columns: list[str] = []
        self._params: list[Any] = []
        for question in questions:
            try:
                sql, params = question.query.sql_with_params()
            except EmptyResultSet:
                columns.append("0" if counted else "NULL")
            else:
                columns.append(f"({_COUNT.format(sql)})" if counted else f"({sql})")
                self._params += params
        self._sql = f"SELECT {', '.join(columns)}" if columns else ""

    def values(self, **keys: int) -> tuple[Any, ...]:
        if not self._sql:
            return ()
        with connection.cursor() as cursor:
            cursor.execute(self._sql, _filled(self._params, keys))
            found: tuple[Any, ...] = cursor.fetchone()
        return found


def _filled(params: Iterable[Any], keys: dict[str, int]) -> list[Any]:
    return [keys[each.name] if isinstance(each, Blank) else each for each in params]


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


def forget_people() -> None:
    """Put the statements of people together anew, as after a change of who sees what."""
    _for_person.cache_clear()


@lru_cache(maxsize=2048)
def _for_person(make: Callable[[User], Answers], pk: int, role: str, team_id: int | None) -> Answers:
    return make(User(pk=pk, role=role, team_id=team_id))
