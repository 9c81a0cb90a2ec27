"""How often an instalment falls due, and how long such a period is."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from lending.daycount import BASIS, DayCount
from lending.schedules.reading import TermsError

EVERY_MAX = 999


class Frequency(StrEnum):
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    SEMIMONTHLY = "semimonthly"


class Unit(StrEnum):
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Every:
    """A frequency without a name: every two months, every ten days."""

    every: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 1 <= self.every <= EVERY_MAX:
            raise TermsError("frequency", f"every must lie between 1 and {EVERY_MAX}")


class Step(NamedTuple):
    """A regular period: so many half-months or so many days (one of the two is 0), and its length for month/12.

    `length` over `year` is the part of a year that month/12 gives it: a month is 30 of 360, a week 7 of 364 (one of 52),
    a day 1 of 365.
    """

    half_months: int
    days: int
    length: int
    year: int

    @property
    def per_year(self) -> Fraction:
        """Periods in a year: 12 months, 24 half-months, 52 weeks, 365 days."""
        return Fraction(self.year, self.length)


def _of_months(half_months: int) -> Step:
    return Step(half_months, 0, 15 * half_months, 360)


def _of_weeks(weeks: int) -> Step:
    return Step(0, 7 * weeks, 7 * weeks, 364)


_NAMED = {
    Frequency.MONTHLY: _of_months(2),
    Frequency.QUARTERLY: _of_months(6),
    Frequency.SEMIMONTHLY: _of_months(1),
    Frequency.WEEKLY: _of_weeks(1),
    Frequency.BIWEEKLY: _of_weeks(2),
}


def step_of(frequency: Frequency | Every) -> Step:
    """The regular period of a frequency."""
    if not isinstance(frequency, Every):
        return _NAMED[frequency]
    match frequency.unit:
        case Unit.MONTHS:
            return _of_months(2 * frequency.every)
        case Unit.WEEKS:
            return _of_weeks(frequency.every)
        case Unit.DAYS:
            return Step(0, frequency.every, frequency.every, 365)


def yearly_from_period(period_rate_ppm: int | Fraction, step: Step, day_count: DayCount) -> Fraction:
    """The rate a year of a rate a period, such that a regular period costs the period rate again.

    Periods of months: times periods a year. Periods of whole days: times the year of the day count over those days, so
    2 % every 30 days under act/360 is 24 % a year. (act/act: a year of 365 days.)
    """
    if step.half_months or day_count is DayCount.MONTH_12:
        return period_rate_ppm * step.per_year
    year = 365 if day_count is DayCount.ACT_ACT else BASIS[day_count]
    return period_rate_ppm * Fraction(year, step.days)
