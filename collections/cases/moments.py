"""Hours of the house's own day, in the business time zone."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

MORNING = time(9, 0)
LAST_CALL = time(19, 30)
RETRY_AFTER = timedelta(hours=3)


def morning_of(day: date) -> datetime:
    """When work begins on that day."""
    return timezone.make_aware(datetime.combine(day, MORNING), timezone.get_default_timezone())


def local_time(at: datetime) -> datetime:
    return timezone.localtime(at, timezone.get_default_timezone())


def retry_after(at: datetime) -> datetime:
    """When to try again after nobody answered: three hours later, or the next morning when that is too late to call."""
    later = local_time(at + RETRY_AFTER)
    same_day = later.date() == local_time(at).date()
    return later if same_day and later.time() <= LAST_CALL else morning_of(local_time(at).date() + timedelta(days=1))
