"""Day counts."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.daycount import DayCount, days_30_360, fraction

DAYS = st.dates(min_value=date(1970, 1, 1), max_value=date(2120, 12, 31))
REAL = [count for count in DayCount if count is not DayCount.MONTH_12]


@pytest.mark.parametrize(
    ("end", "days"),
    [pytest.param(date(2026, 2, 28), 28, id="V32-february"), pytest.param(date(2026, 3, 31), 60, id="V32-march")],
)
def test_v32_both_31sts_count_as_30ths(end: date, days: int) -> None:
    assert days_30_360(date(2026, 1, 31), end) == days


@pytest.mark.parametrize(
    ("day_count", "expected"),
    [
        (DayCount.ACT_365, Fraction(60, 365)),
        (DayCount.ACT_360, Fraction(60, 360)),
        (DayCount.THIRTY_360, Fraction(59, 360)),
        (DayCount.ACT_ACT, Fraction(31, 365) + Fraction(29, 366)),
    ],
)
def test_a_fraction_over_a_change_into_a_leap_year(day_count: DayCount, expected: Fraction) -> None:
    assert fraction(day_count, date(2027, 12, 1), date(2028, 1, 30)) == expected


def test_month_12_knows_no_days() -> None:
    with pytest.raises(ValueError, match="counts periods"):
        fraction(DayCount.MONTH_12, date(2026, 1, 1), date(2026, 2, 1))


@given(days=st.lists(DAYS, min_size=3, max_size=3).map(sorted), day_count=st.sampled_from(REAL))
def test_every_day_count_adds_up_over_neighbouring_periods(days: list[date], day_count: DayCount) -> None:
    start, middle, end = days

    whole = fraction(day_count, start, end)

    assert fraction(day_count, start, middle) + fraction(day_count, middle, end) == whole


@given(day=DAYS)
def test_a_calendar_year_is_one_year_of_act_act(day: date) -> None:
    assert fraction(DayCount.ACT_ACT, date(day.year, 1, 1), date(day.year + 1, 1, 1)) == 1
