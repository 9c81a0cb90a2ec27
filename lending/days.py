"""The business date: the last day closed."""

from datetime import date, datetime

from django.db.models import QuerySet

from audit.clock import local_day
from lending.models import ClosedDay
from staff.statements import statement


def last_closed_day() -> date | None:
    """The newest day that every floor has closed, or None for a book that was never closed."""
    rows = statement(_newest).rows()
    return rows[0][0] if rows else None


def _newest() -> QuerySet[ClosedDay, tuple[date]]:
    return ClosedDay.objects.order_by("-day").values_list("day")[:1]


def business_date(at: datetime) -> date:
    """The last day closed; before the first close, the day that the clock at the edge shows."""
    return last_closed_day() or local_day(at)
