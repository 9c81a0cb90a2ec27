"""On which days instalments fall due.

Every date is counted from one anchor, never from the date before it: a loan made on 31 January falls due on 28 February
and on 31 March again. The anchor is the start of the loan, or the first due date where the first period is broken.
"""

from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from lending.schedules.reading import TermsError
from lending.schedules.steps import Step
from lending.schedules.terms import MonthEnd, Terms

_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_EVERY_MONTH_HAS = 28
_CALENDAR_FROM, _CALENDAR_MONTHS = 1990, 12 * 160


def add_months(day: date, n: int, month_end: MonthEnd = MonthEnd.CLAMP) -> date:
    """The same day `n` months on; where the month lacks it, its last day or the first of the next month."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return _on_day(year, month + 1, day.day, month_end)


def _on_day(year: int, month: int, day: int, month_end: MonthEnd) -> date:
    if day <= _EVERY_MONTH_HAS:
        return date(year, month, day)
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    last = 29 if month == 2 and is_leap else _MONTH_DAYS[month - 1]
    if day <= last:
        return date(year, month, day)
    if month_end is MonthEnd.CLAMP:
        return date(year, month, last)
    return date(year, month, last) + timedelta(days=1)


@lru_cache(maxsize=2 * 31)
def _calendar(day: int, month_end: MonthEnd) -> tuple[date, ...]:
    """That day in every month in which loans run; some hundred kilobytes a day of the month."""
    months = [divmod(n, 12) for n in range(_CALENDAR_MONTHS)]
    return tuple([_on_day(_CALENDAR_FROM + year, month + 1, day, month_end) for year, month in months])


def add_half_months(day: date, n: int, month_end: MonthEnd = MonthEnd.CLAMP) -> date:
    """`n` half-months on; the half after a day up to the 15th is 15 days later in the month, else 15 earlier in the next."""
    months, odd = divmod(n, 2)
    if not odd:
        return add_months(day, months, month_end)
    is_early = day.day <= 15
    year, month = divmod(day.year * 12 + day.month - 1 + months + (not is_early), 12)
    return _on_day(year, month + 1, day.day + 15 if is_early else day.day - 15, month_end)


def regular_first(terms: Terms) -> date:
    """The first due date when none is given: one period after the start."""
    return regular_dates(terms.start_on, terms.step, 1, 1, terms.month_end)[0]


def has_broken_first_period(terms: Terms) -> bool:
    """Whether the first due date is another than one period after the start."""
    return terms.first_due_on is not None and terms.first_due_on != regular_first(terms)


def regular_dates(anchor: date, step: Step, first: int, count: int, month_end: MonthEnd) -> tuple[date, ...]:
    """`count` dates from `first` steps after the anchor; TermsError when the calendar ends before them."""
    every, is_half = divmod(step.half_months, 2)
    since = (anchor.year - _CALENDAR_FROM) * 12 + anchor.month - 1 + first * every
    until = since + count * every
    if every and not is_half and since >= 0 and until <= _CALENDAR_MONTHS:
        return _calendar(anchor.day, month_end)[since:until:every]
    steps = range(first, first + count)
    try:
        if not step.half_months:
            return tuple([anchor + timedelta(days=step.days * k) for k in steps])
        return tuple([add_half_months(anchor, step.half_months * k, month_end) for k in steps])
    except (ValueError, OverflowError):
        raise TermsError("periods", "the schedule runs past the year 9999") from None


def nominal_dates(terms: Terms) -> tuple[date, ...]:
    """Due dates before any is moved off a closed day."""
    if terms.first_due_on is not None and has_broken_first_period(terms):
        return regular_dates(terms.first_due_on, terms.step, 0, terms.periods, terms.month_end)
    return regular_dates(terms.start_on, terms.step, 1, terms.periods, terms.month_end)


def moved_dates(terms: Terms, nominal: tuple[date, ...]) -> tuple[date, ...]:
    """Due dates off closed days, strictly increasing and after the start; TermsError when closed days leave no room."""
    if not terms.non_working.moves:
        return nominal
    try:
        moved = tuple([terms.non_working.working_day(day) for day in nominal])
    except OverflowError:
        raise TermsError("periods", "the schedule runs past the year 9999") from None
    if any(later <= earlier for earlier, later in pairwise((terms.start_on, *moved))):
        raise TermsError("non_working", "moves two due dates onto one day, or one onto the start")
    return moved


def due_dates(terms: Terms) -> list[date]:
    """The days on which the instalments of these terms fall due."""
    return list(moved_dates(terms, nominal_dates(terms)))
