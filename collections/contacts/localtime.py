"""Local clocks and what daylight saving does to them: pure functions of a zone and instants (aware, UTC).

A wall time may happen twice, or never. So the moment at which a rule lets go is searched among the instants that really
show the wanted wall time and the instants at which the zone's offset changes, and is exact in both cases.
"""

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SEARCH_DAYS = 3
"""A wall time comes again within two days, also where a whole day is skipped (Samoa, 30 December 2011)."""


def zone_of(name: str) -> ZoneInfo | None:
    """The zone of that name, or None when nobody knows it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def wall(zone: ZoneInfo, at: datetime) -> datetime:
    """What a clock on the wall there shows, without a zone."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


@lru_cache(maxsize=8192)
def instants_of(zone: ZoneInfo, shown: datetime) -> tuple[datetime, ...]:
    """The instants at which clocks there show that wall time: one, two when they go back over it, none when they skip it."""
    found = {shown.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(instant for instant in found if wall(zone, instant) == shown))


@lru_cache(maxsize=8192)
def changes_on(zone: ZoneInfo, day: date) -> tuple[datetime, ...]:
    """The instants of that UTC day at which the zone's offset changes, to the second."""
    start = datetime.combine(day, time(), UTC)
    hours = [start + timedelta(hours=hour) for hour in range(25)]
    return tuple(
        _change_between(zone, before, after)
        for before, after in itertools.pairwise(hours)
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset()
    )


def _change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    old = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)


def next_moment(zone: ZoneInfo, after: datetime, clock: time, wanted: Callable[[time], bool]) -> datetime | None:
    """The first instant later than `after` at which the wall time is `wanted`, where `wanted` turns true at `clock`."""
    first = after.astimezone(UTC).date() - DAY
    days = [first + offset * DAY for offset in range(SEARCH_DAYS + 2)]
    candidates = {instant for day in days for instant in instants_of(zone, datetime.combine(day, clock))}
    candidates |= {change for day in days for change in changes_on(zone, day)}
    later = sorted(instant for instant in candidates if instant > after)
    return next((instant for instant in later if wanted(wall(zone, instant).time())), None)


def start_of_day(zone: ZoneInfo, day: date) -> datetime:
    """The first instant at which the date there is that day or later: midnight, unless clocks skip it."""
    midnights = instants_of(zone, datetime.combine(day, time()))
    if midnights:
        return midnights[0]
    near = (change for offset in (-1, 0, 1) for change in changes_on(zone, day + offset * DAY))
    return next(change for change in near if wall(zone, change).date() >= day)


def local_date(zone: ZoneInfo, at: datetime) -> date:
    """The date there at that instant."""
    return wall(zone, at).date()
