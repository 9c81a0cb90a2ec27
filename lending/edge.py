"""The request as the middleware hands it to a view of this floor."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from staff.models import User


class StaffRequest(HttpRequest):
    """A signed-in person's request; `known` is set by the loan page for its links (`lending.pages`)."""

    user: User
    now: datetime
    business_date: date
    known: dict[str, Any]
    htmx: HtmxDetails


def day_of(request: StaffRequest) -> date:
    """The business date as a plain date (the middleware's is lazy, and lazy dates do no arithmetic)."""
    return date.fromordinal(request.business_date.toordinal())
