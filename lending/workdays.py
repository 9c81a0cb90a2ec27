"""Working days of a country, days off and make-up working days as its government published them.

Source: the `holidays` package (for mainland China the State Council's yearly notices; the next year is estimated until then).
"""

from datetime import date
from functools import lru_cache

import holidays

HOUSE_COUNTRY = "CN"


@lru_cache(maxsize=16)
def _calendar(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """Those whose days off are known, by their two letters."""
    return frozenset(holidays.list_supported_countries())


def is_working_day(day: date, country: str = HOUSE_COUNTRY) -> bool:
    """Saturday 2026-02-14 is one in China (it makes up for the Spring Festival), Monday 2026-02-16 is none."""
    return bool(_calendar(country).is_working_day(day))


def working_days_after(day: date, count: int, country: str = HOUSE_COUNTRY) -> date:
    """The `count`-th working day after `day`, `day` itself not counted."""
    assert count > 0
    return _calendar(country).get_nth_working_day(day, count)
