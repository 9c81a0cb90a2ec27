"""Hours of the house's own day, in the business time zone."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

MORNING = time(9, 0)
LAST_CALL = time(19, 30)
RETRY_HOURS = 3
"""House rule, where the outcome of the call says nothing else."""


def morning_of(day: date) -> datetime:
    """When work begins on that day."""
    return timezone.make_aware(datetime.combine(day, MORNING), timezone.get_default_timezone())


def local_time(at: datetime) -> datetime:
    return timezone.localtime(at, timezone.get_default_timezone())


def retry_after(at: datetime, hours: int = RETRY_HOURS) -> datetime:
    """When to try again after nobody answered: so many hours later, or in the morning after when that is too late or too early to call."""
    later = local_time(at + timedelta(hours=hours))
    if later.time() > LAST_CALL:
        return morning_of(later.date() + timedelta(days=1))
    return max(later, morning_of(later.date()))
