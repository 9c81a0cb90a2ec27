"""What one's own day consists of: how much there is, the page of what is due now, and what comes later; asked in two queries."""

from collections.abc import Collection
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import CharField, Count, DateTimeField, F, IntegerField, Q, QuerySet, Value

from cases.lines import Line, lines_of
from cases.models import Case
from cases.worklist import LATER_SHOWN, PAGE_SIZE, read_cursor
from staff.models import User
from staff.statements import Blank, Given, Together

AFTER, BEFORE = "after", "before"


class Day(NamedTuple):
    """`all` open cases in hand, `due` of them now, and how many by stage and by next action; the lines, and the cursors
    at either end of those that are due.
    """

    all: int
    due: int
    stages: dict[str, int]
    actions: dict[str, int]
    now: list[Line]
    later: list[Line]
    previous: str
    next: str


def own_day(
    user: User, *, at: datetime, on: date, stage: str = "", action: str = "", after: str = "", before: str = ""
) -> Day:
    """The day of this person; stage and action, if given, are known ones and narrow the lines, not the counts."""
    way = BEFORE if before else AFTER
    place = read_cursor(before or after)
    given: dict[str, Given] = {"owner": user.pk, "at": at}
    if place:
        given |= {"priority": place[0], "place": place[1]}
    counts, due, later = _asked(stage, action, way if place else "").rows(**given)
    found = sorted(((-priority, pk) for _stage, _action, pk, priority in due), reverse=way == BEFORE)
    keys = [pk for _priority, pk in found[:PAGE_SIZE]]
    lines = {line.pk: line for line in lines_of([*keys, *(row[2] for row in later)], on)}
    now = [lines[pk] for pk in (keys[::-1] if way == BEFORE else keys) if pk in lines]
    has_more = len(found) > PAGE_SIZE
    has_previous, has_next = (has_more, bool(place)) if way == BEFORE else (bool(place), has_more)
    return Day(
        *_counted(counts),
        now=now,
        later=sorted((lines[row[2]] for row in later if row[2] in lines), key=lambda line: (line.next_at, line.pk)),
        previous=_cursor(now[0]) if now and has_previous else "",
        next=_cursor(now[-1]) if now and has_next else "",
    )


def _cursor(line: Line) -> str:
    return f"{line.priority}_{line.pk}"


def _counted(rows: Collection[tuple[Any, ...]]) -> tuple[int, int, dict[str, int], dict[str, int]]:
    stages: dict[str, int] = {}
    actions: dict[str, int] = {}
    for stage, action, number, _ready in rows:
        stages[stage] = stages.get(stage, 0) + number
        actions[action] = actions.get(action, 0) + number
    return sum(stages.values()), sum(row[3] for row in rows), stages, actions


@lru_cache(maxsize=256)
def _asked(stage: str, action: str, way: str) -> Together:
    """The counts, the page and what comes later, whoever asks; each row has a stage, an action and two numbers."""
    mine = Case.objects.open().filter(owner=Blank("owner"))
    at = Blank("at", DateTimeField())
    is_due = Q(next_at=None) | Q(next_at__lte=at)
    counts = (
        mine.order_by().values_list("stage", "next_action").annotate(n=Count("pk"), ready=Count("pk", filter=is_due))
    )
    chosen = mine.filter(**{name: value for name, value in (("stage", stage), ("next_action", action)) if value})
    due = chosen.filter(is_due)
    if way:
        priority, place = Blank("priority", IntegerField()), Blank("place")
        beyond = "lt" if way == AFTER else "gt"
        same = Q(priority=priority, **{"pk__gt" if way == AFTER else "pk__lt": place})
        due = due.filter(Q(**{f"priority__{beyond}": priority}) | same)
    order = ("priority", "-pk") if way == BEFORE else ("-priority", "pk")
    later = chosen.filter(next_at__gt=at).order_by("next_at", "pk")
    return Together([counts, _rows(due.order_by(*order))[: PAGE_SIZE + 1], _rows(later)[:LATER_SHOWN]])


def _rows(cases: QuerySet[Case]) -> QuerySet[Case, tuple[Any, ...]]:
    nothing = Value("", CharField())
    return cases.annotate(none=nothing, nil=nothing, key=F("pk"), points=F("priority")).values_list(
        "none", "nil", "key", "points"
    )
