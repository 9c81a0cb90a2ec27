"""The request as the middleware hands it to a view of this floor."""

from datetime import date, datetime

from django.http import HttpRequest

from cases.facts import LoanNow
from staff.models import User


class StaffRequest(HttpRequest):
    """A signed-in person's request. `loans_now` is set by the case page, for its panels."""

    user: User
    now: datetime
    business_date: date
    htmx: bool
    loans_now: list[LoanNow]


def day_of(request: StaffRequest) -> date:
    """The business date as a plain date (the middleware's is lazy, and lazy dates do no arithmetic)."""
    lazy = request.business_date
    return date(lazy.year, lazy.month, lazy.day)
