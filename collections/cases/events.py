"""The rows that tell what happened to cases, written many at a time."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from cases.models import Case, CaseEvent
from lending.sql.writing import insert_many, storing
from staff.models import User

Happened = tuple[Case, str, dict[str, Any]]
"""To which case, the event, and its facts."""


def keep_events(happened: Iterable[Happened], *, by: User | None, at: datetime, on: date) -> None:
    """Keep what happened at one instant."""
    fields = ["case", "event", "at", "on", "by", "facts"]
    stored = storing(CaseEvent, fields)
    insert_many(CaseEvent, fields, (stored([case, event, at, on, by, facts]) for case, event, facts in happened))
