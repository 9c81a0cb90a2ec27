"""The case list: what may be asked of it, and the keys of a page, at a cost that neither book nor depth changes.

A few rows of every bucket are read in the order asked for, each from an index of its own, and the first of them all are the
page (on PostgreSQL; SQLite, at a tenth of the size, reads as it likes). What a person's team, stages or buckets leave to be read is
then read in order, and so is what other filters let through, as long as they let through more than a few in a hundred.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, QuerySet, TextField

from cases.filters import CaseFilter
from cases.finding import SEARCHES, Sought
from cases.lines import Line, lines_of
from cases.models import Case, CaseQuerySet
from cases.models.cases import ORDERS
from cases.order import FIRST, Beyond, Order
from lending.buckets import BUCKETS
from staff.models import Role, User
from staff.statements import Answers, Blank, Given, filled, kept_for_people, planned_cursor

PAGE_ROWS = 50
COUNT_MAX = 200
"""Matches are counted up to here: nobody works a list by its last digit."""
EXPORT_ROWS_MAX = 100_000
"""A file of more rows is no list to work from; narrow the filters."""
CHUNK_ROWS = 1_000
FILTERS = tuple(name for name in CaseFilter.get_filters() if name != "state")
BOUNDED = frozenset({"owner", "borrower", *SEARCHES})
"""Filters after which few rows are left, which are sorted rather than found in order."""


class Asked(NamedTuple):
    """The filters that are set, in the order of `FILTERS`, the order asked for, and who is sought where that is looked up."""

    filters: tuple[tuple[str, str], ...]
    sort: str
    sought: tuple[Sought, ...] = ()

    def looked_up(self) -> "Asked":
        """The same, with whoever is sought looked up, once for all that is asked of the list."""
        return self._replace(sought=tuple(SEARCHES[name](value) for name, value in self.filters if name in SEARCHES))

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Asked":
        """Of a page's query; what is empty is not set."""
        found = ((name, given.get(name, "").strip()[:200]) for name in FILTERS)
        return cls(tuple((name, value) for name, value in found if value), given.get("sort", "") or FIRST)

    @property
    def names(self) -> set[str]:
        return {name for name, _value in self.filters}

    @property
    def is_search(self) -> bool:
        return not self.names.isdisjoint(SEARCHES)

    @property
    def order(self) -> Order:
        return Order.of(self.sort)


class Page(NamedTuple):
    """Lines in order; `previous` and `next` are cursors, or None at either end."""

    lines: list[Line]
    previous: str | None
    next: str | None


def cases_of(asked: Asked, user: User) -> QuerySet[Case]:
    """The open cases that match, of those that this person sees."""
    filters = {name: value for name, value in asked.filters if not (asked.sought and name in SEARCHES)}
    matching: QuerySet[Case] = CaseFilter(filters, queryset=Case.objects.visible_to(user).open()).qs
    for sought in asked.sought:
        matching = sought.among(cast(CaseQuerySet, matching))
    return matching.filter(behind_since__isnull=False) if asked.order.name == "days" else matching


def page_of(asked: Asked, user: User, on: date, *, after: str = "", before: str = "", size: int = PAGE_ROWS) -> Page:
    """The lines after one cursor or before another, in two queries; a search that is not looked up yet asks one more."""
    order = asked.order
    start, end = order.read(after), order.read(before)
    backwards = end is not None and start is None
    place = end if backwards else start
    keys = _keys(asked, user, backwards=backwards, place=place, size=size + 1)
    has_more, keys = len(keys) > size, keys[:size]
    lines = lines_of(keys[::-1] if backwards else keys, on)
    if not lines:
        return Page([], None, None)
    return Page(
        lines,
        order.place_of(lines[0]) if (has_more if backwards else place) else None,
        order.place_of(lines[-1]) if (place if backwards else has_more) else None,
    )


def count_of(asked: Asked, user: User, most: int = COUNT_MAX) -> int:
    """How many match, up to one more than `most`."""
    made = (_count if asked.is_search else _counted)(asked, user.pk, user.role, user.team_id)
    return int(made.values(size=most + 1)[0])


def _count(asked: Asked, pk: int, role: str, team_id: int | None) -> Answers:
    cases = cases_of(asked, User(pk=pk, role=role, team_id=team_id)).order_by().values_list("pk")
    return Answers([cases], counted=True, most=Blank("size"))


_counted = kept_for_people(_count)


class _Made(NamedTuple):
    """The statement of one bucket's rows, or of all; with its blanks."""

    sql: str
    params: tuple[Any, ...]
    buckets: tuple[str, ...]


def _keys(asked: Asked, user: User, *, backwards: bool, place: dict[str, Given] | None, size: int) -> list[int]:
    """The keys of a page in the order in which they are read."""
    make = _make if asked.is_search else _made
    made = make(asked, user.pk, user.role, user.team_id, backwards, place is not None)
    if made is None:
        return []
    way = "ASC" if asked.order.is_ascending(backwards=backwards) else "DESC"
    given: dict[str, Given] = {"size": size, **(place or {})}
    if not made.buckets:
        sql, params = made.sql, filled(made.params, given)
    else:
        parts = " UNION ALL ".join([f"({made.sql})"] * len(made.buckets))
        sql = f"SELECT id FROM ({parts}) AS part (id, place) ORDER BY place {way}, id {way} LIMIT %s"  # noqa: S608 - our own
        params = [each for code in made.buckets for each in filled(made.params, {**given, "bucket": code})]
        params.append(size)
    with planned_cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]


def _make(asked: Asked, pk: int, role: str, team_id: int | None, backwards: bool, has_place: bool) -> _Made | None:
    """What is asked is put together once for each person's key, role and team; None where nothing can match."""
    cases, order = cases_of(asked, User(pk=pk, role=role, team_id=team_id)), asked.order
    buckets = _buckets(asked, role)
    if buckets:
        cases = cases.filter(bucket=Blank("bucket", TextField()))
        cases = _where_there_are_some(cases, asked)
    if has_place:
        cases = cases.filter(Beyond(order.name, ">" if order.is_ascending(backwards=backwards) else "<"))
    sign = "" if order.is_ascending(backwards=backwards) else "-"
    rows = cases.annotate(place=ORDERS[order.name]).order_by(f"{sign}place", f"{sign}pk").values_list("pk", "place")
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    return _Made(f"{sql} LIMIT %s", (*params, Blank("size")), buckets)


_made = kept_for_people(_make)


def _buckets(asked: Asked, role: str) -> tuple[str, ...]:
    """The buckets to be read side by side; none where few rows are left, or another index holds the order."""
    by_itself = asked.names & {"action", "hold", "promise"} and asked.order.name in {"priority", "next"}
    if connection.vendor != "postgresql" or role == Role.AGENT or asked.names & BOUNDED or by_itself:
        return ()
    codes = tuple(each.code for each in BUCKETS)
    wanted = dict(asked.filters).get("bucket")
    return (wanted,) if wanted in codes else codes


def _where_there_are_some(cases: QuerySet[Case], asked: Asked) -> QuerySet[Case]:
    """A bucket is passed by without being read where it has no case of that stage, or behind since those days: both go with the bucket."""
    of_bucket = Case.objects.open().filter(bucket=Blank("bucket", TextField()))
    for names in ({"stage"}, {"behind_from", "behind_to"}):
        some = {name: value for name, value in asked.filters if name in names}
        cases = cases.filter(Exists(CaseFilter(some, queryset=of_bucket).qs)) if some else cases
    return cases
