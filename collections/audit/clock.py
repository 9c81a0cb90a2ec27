"""The one clock. Only the edge reads it: views, commands and task bodies; services are handed `at=` and `on=`.

`CLOCK` starts it at a chosen instant, so that an old loan tape can be worked as if it were that day. The processes of one
`manage.py up` share `CLOCK_STARTED_AT`, the real second at which that clock began to run.
"""

import time
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

_PROCESS_STARTED_AT = time.time()


def now() -> datetime:
    """This instant, aware, in UTC."""
    real = time.time()
    if not settings.CLOCK:
        return datetime.fromtimestamp(real, UTC)
    elapsed = real - (settings.CLOCK_STARTED_AT or _PROCESS_STARTED_AT)
    return datetime.fromisoformat(settings.CLOCK).astimezone(UTC) + timedelta(seconds=elapsed)


def machine_now() -> datetime:
    """The machine's own clock, whatever CLOCK says: for how long a process may hold a row, never for business."""
    return datetime.fromtimestamp(time.time(), UTC)


def local_day(at: datetime) -> date:
    """The day of that instant in the business time zone."""
    return timezone.localtime(at, timezone.get_default_timezone()).date()
