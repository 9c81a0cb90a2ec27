"""When lateness begins: the due day and the end of the grace, where closed days count. Days are ordinals.

Where the product follows a calendar, what falls due on a closed day can be paid on the next working day without being late
(Civil Code, 203: the last day of a period that is a day off is the day after it ends); the schedule keeps its due day. Grace
may be counted in working days.
"""

from datetime import date
from functools import lru_cache

from lending.loan_facts import Conventions
from lending.workdays import is_working_day, working_days_after


def due_by(due: int, terms: Conventions) -> int:
    """The day that lateness counts from: the due day, or the next working day."""
    return _next_open(due, terms.calendar) if terms.calendar else due


def grace_ends(counted_from: int, terms: Conventions) -> int:
    """The last day of the grace of what is due by that day."""
    if terms.grace_days and terms.calendar and terms.grace_in_working_days:
        return _working_days_after(counted_from, terms.grace_days, terms.calendar)
    return counted_from + terms.grace_days


@lru_cache(maxsize=8192)
def _next_open(day: int, country: str) -> int:
    while not is_working_day(date.fromordinal(day), country):
        day += 1
    return day


@lru_cache(maxsize=8192)
def _working_days_after(day: int, count: int, country: str) -> int:
    return working_days_after(date.fromordinal(day), count, country).toordinal()
