"""Borrow and repay on any day."""

from datetime import date, timedelta

import pytest

from lending.schedules.daily import Repayment, daily_interest, daily_rows

START = date(2026, 6, 1)


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
