"""What the views of this floor know of a request."""

from datetime import date, datetime

from django.http import HttpRequest

from audit.clock import local_day
from staff.models import User


class StaffRequest(HttpRequest):
    """A signed-in person's request, with the instant and the business date that the middleware sets."""

    user: User
    now: datetime
    business_date: date


def first_day_of_a_hold(request: StaffRequest) -> date:
    """Today; the business date where the book has not reached today yet, so that the book's own floors see the hold."""
    return min(local_day(request.now), date.fromordinal(request.business_date.toordinal()))
