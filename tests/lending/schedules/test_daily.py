"""Borrow and repay on any day."""

from datetime import date, timedelta
from itertools import accumulate

import pytest

from lending.schedules.daily import Repayment, daily_interest, daily_rows

START = date(2026, 6, 1)


def test_v12_pays_interest_on_what_is_left_for_the_real_days() -> None:
    days = [START + timedelta(days=n) for n in accumulate((30, 31, 31, 30, 31))]

    rows = daily_rows(1_000_000, 350, START, [Repayment(day, 200_000) for day in days])

    assert [row.interest for row in rows] == [10_500, 8_680, 6_510, 4_200, 2_170]
    assert sum(row.interest for row in rows) == 32_060
    assert rows[-1].balance == 0


def test_a_day_of_interest_is_rounded_half_up() -> None:
    assert daily_interest(1_000, 500, 1) == 1
    assert daily_interest(998, 500, 1) == 0


@pytest.mark.parametrize(
    "repayment",
    [
        pytest.param(Repayment(START - timedelta(days=1), 1), id="before the start"),
        pytest.param(Repayment(START, 101), id="more than is owed"),
        pytest.param(Repayment(START, -1), id="negative"),
    ],
)
def test_a_repayment_that_does_not_fit_is_refused(repayment: Repayment) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        daily_rows(100, 350, START, [repayment])
