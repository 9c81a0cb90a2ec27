"""What has run out is forgotten: sessions past their end, counters that say nothing any more."""

from datetime import datetime

from audit.clock import machine_now
from staff import doors
from staff.models import Session


def pulse(at: datetime) -> None:
    """Both count by the machine's clock, whatever the business instant `at` is. Asked first: a pulse seldom has to write."""
    real = machine_now()
    ended = Session.objects.filter(expire_date__lte=real)
    if ended.exists():
        ended.delete()
    if doors.stale(real).exists():
        doors.stale(real).delete()
