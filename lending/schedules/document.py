"""Reading terms from a JSON object; an error always names a field of the object itself, never a part of one."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from lending.daycount import DayCount
from lending.money import AMOUNT_MAX, Rounding
from lending.schedules import reading
from lending.schedules.reading import TermsError
from lending.schedules.steps import EVERY_MAX, Every, Frequency, Unit, step_of, yearly_from_period
from lending.schedules.terms import FIXED_INSTALMENT_MAX, PERIODS_MAX, RATE_MAX_PPM, Absorb, Method, MonthEnd, Terms
from lending.schedules.workdays import Move, MovedInterest, NonWorking
from lending.workdays import countries

_REQUIRED = ("principal", "periods", "start_on")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _amount(field: str, value: object) -> int:
    return reading.whole(field, value, 1, AMOUNT_MAX)


def _periods_left_out(field: str, value: object) -> int:
    return reading.whole(field, value, 0, PERIODS_MAX)


def _frequency(field: str, value: object) -> Frequency | Every:
    if not isinstance(value, Mapping):
        return reading.choice(field, value, Frequency)
    if set(value) != {"every", "unit"}:
        raise TermsError(field, "must be a word, or an object of every and unit")
    every = reading.whole(field, value["every"], 1, EVERY_MAX)
    return Every(every, reading.choice(field, value["unit"], Unit))


def _stages(field: str, value: object) -> tuple[Fraction, ...]:
    stages = reading.sequence(field, value)
    if len(stages) > PERIODS_MAX:
        raise TermsError(field, f"must be {PERIODS_MAX} at most")
    return tuple(reading.percent(field, stage) for stage in stages)


def _weekdays(field: str, value: object) -> frozenset[int]:
    """Names ("sat", "Sunday") or numbers: 0 (Monday) to 6 (Sunday), or, where a 7 is among them, 1 to 7."""
    given = reading.sequence(field, value)
    first = 1 if 7 in given else 0
    days = set()
    for day in given:
        if isinstance(day, str) and day[:3].lower() in _WEEKDAYS:
            days.add(_WEEKDAYS.index(day[:3].lower()))
        else:
            days.add(reading.whole(field, day, first, first + 6) - first)
    return frozenset(days)


def _non_working(field: str, value: object) -> NonWorking:
    given = {name: each for name, each in reading.mapping(field, value).items() if each is not None}
    if not given.keys() <= {"weekdays", "dates", "move", "interest", "calendar"}:
        raise TermsError(field, "must be an object of weekdays, dates, calendar, move and interest")
    return NonWorking(
        weekdays=_weekdays(field, given.get("weekdays", [])),
        dates=frozenset(reading.day(field, day) for day in reading.sequence(field, given.get("dates", []))),
        move=reading.choice(field, given.get("move", Move.NONE), Move),
        interest=reading.choice(field, given.get("interest", MovedInterest.KEEP), MovedInterest),
        calendar=_calendar(field, given.get("calendar", "")),
    )


def _calendar(field: str, value: object) -> str:
    if not isinstance(value, str) or (value and value not in countries()):
        raise TermsError(field, "calendar must be a country of two letters whose days off are known, such as CN")
    return value


def _currency(field: str, value: object) -> str:
    if not isinstance(value, str):
        raise TermsError(field, "must be three capital letters")
    return value


_READERS: dict[str, Callable[[str, object], Any]] = {
    "principal": _amount,
    "currency": _currency,
    "periods": lambda field, value: reading.whole(field, value, 1, PERIODS_MAX),
    "method": lambda field, value: reading.choice(field, value, Method),
    "frequency": _frequency,
    "start_on": reading.day,
    "first_due_on": reading.day,
    "day_count": lambda field, value: reading.choice(field, value, DayCount),
    "rounding": lambda field, value: reading.choice(field, value, Rounding),
    "installment_multiple": _amount,
    "absorb": lambda field, value: reading.choice(field, value, Absorb),
    "month_end": lambda field, value: reading.choice(field, value, MonthEnd),
    "principal_grace_periods": _periods_left_out,
    "interest_deferred_periods": _periods_left_out,
    "staged_percentages": _stages,
    "fixed_installment": lambda field, value: reading.whole(field, value, 1, FIXED_INSTALMENT_MAX),
    "non_working": _non_working,
}
_RATES = ("annual_rate", "period_rate")


def read_terms(document: Mapping[str, object]) -> Terms:
    """Terms from a JSON object; what is left out or null has its default; TermsError names the first wrong field."""
    given = {name: value for name, value in reading.mapping(None, document).items() if value is not None}
    for name in given:
        if name not in _READERS and name not in _RATES:
            # A misspelt field is refused, not ignored: it would change what somebody pays.
            raise TermsError(name, "is not a field of these terms")
    for name in _REQUIRED:
        if name not in given:
            raise TermsError(name, "is missing")
    values = {name: read(name, given[name]) for name, read in _READERS.items() if name in given}
    return Terms(annual_rate_ppm=_yearly_rate(given, values), **values)


def _yearly_rate(given: Mapping[str, object], values: Mapping[str, Any]) -> int | Fraction:
    match [name for name in _RATES if name in given]:
        case ["annual_rate"]:
            rate = reading.percent("annual_rate", given["annual_rate"])
        case ["period_rate"]:
            step = step_of(values.get("frequency", Frequency.MONTHLY))
            day_count = values.get("day_count", DayCount.MONTH_12)
            rate = yearly_from_period(reading.percent("period_rate", given["period_rate"]), step, day_count)
            if rate > RATE_MAX_PPM:
                raise TermsError("period_rate", f"makes more than {RATE_MAX_PPM // 10_000} percent a year")
        case []:
            raise TermsError("annual_rate", "is missing")
        case _:
            raise TermsError("period_rate", "stands instead of annual_rate, not beside it")
    return rate.numerator if rate.denominator == 1 else rate
