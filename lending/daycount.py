"""Day counts: which part of a year lies between two days, the first day in, the last day out.

Every count is additive, fraction(a, b) + fraction(b, c) = fraction(a, c), so a term may be cut into periods anywhere.
A fraction is a pair of integers, never a float: the numerator of a period over the fixed basis of its day count.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise


class DayCount(StrEnum):
    """MONTH_12 knows no days: it counts periods of equal months (see `lending.schedules.periods`)."""

    MONTH_12 = "month/12"
    THIRTY_360 = "30/360"
    ACT_365 = "act/365"
    ACT_360 = "act/360"
    ACT_ACT = "act/act"


BASIS = {
    DayCount.THIRTY_360: 360,
    DayCount.ACT_365: 365,
    DayCount.ACT_360: 360,
    DayCount.ACT_ACT: 365 * 366,
}
"""What a numerator of `numerator` stands over; 365 x 366 lets days of both kinds of year share one denominator."""

_REAL_DAYS = frozenset({DayCount.ACT_365, DayCount.ACT_360})


def days_30_360(start: date, end: date) -> int:
    """Days between two days in a year of twelve months of thirty days; a 31st counts as the 30th (30E/360)."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return 30 * months + min(end.day, 30) - min(start.day, 30)


def days_in_leap_years(start: date, end: date) -> int:
    """How many of the days from `start` to the day before `end` lie in leap years."""
    return _leap_days_before(end) - _leap_days_before(start)


def _leap_days_before(day: date) -> int:
    """Days of leap years before `day`, since the year 1."""
    past = day.year - 1
    leap_years = past // 4 - past // 100 + past // 400
    is_leap = day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)
    return 366 * leap_years + (day.timetuple().tm_yday - 1 if is_leap else 0)


def numerator(day_count: DayCount, start: date, end: date) -> int:
    """The part of a year from `start` to `end`, over `BASIS[day_count]`.

    act/act is the ISDA reading: days in leap years over 366, the others over 365.
    """
    match day_count:
        case DayCount.THIRTY_360:
            return days_30_360(start, end)
        case DayCount.ACT_365 | DayCount.ACT_360:
            return (end - start).days
        case DayCount.ACT_ACT:
            leap = days_in_leap_years(start, end)
            return leap * 365 + ((end - start).days - leap) * 366
        case DayCount.MONTH_12:
            raise ValueError("month/12 counts periods, not days")


def numerators(day_count: DayCount, days: Sequence[date]) -> list[int]:
    """`numerator` of each period between neighbouring days."""
    if day_count in _REAL_DAYS:
        ordinals = [day.toordinal() for day in days]
        return [end - start for start, end in pairwise(ordinals)]
    return [numerator(day_count, start, end) for start, end in pairwise(days)]


def fraction(day_count: DayCount, start: date, end: date) -> Fraction:
    """The part of a year from `start` to `end`; ValueError for month/12."""
    return Fraction(numerator(day_count, start, end), BASIS[day_count])
