"""Borrow and repay on any day (随借随还): daily simple interest on what is owed, none on what has been repaid."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from lending.money import PPM, Rounding, divide
from lending.schedules.row import Row


class Repayment(NamedTuple):
    """Principal given back on a day, in minor units."""

    on: date
    principal: int


def daily_interest(balance: int, daily_rate_ppm: int, days: int, rounding: Rounding = Rounding.HALF_UP) -> int:
    """Interest of so many days on a balance; 0.035 % a day is 350 parts per million."""
    return divide(balance * daily_rate_ppm * days, PPM, rounding)


def daily_rows(
    principal: int,
    daily_rate_ppm: int,
    start_on: date,
    repayments: Sequence[Repayment],
    rounding: Rounding = Rounding.HALF_UP,
) -> tuple[Row, ...]:
    """A row for each repayment, with the interest since the one before; the first day counts, the last does not.

    Repayments come in order of their days, none is negative and together they are no more than the principal; ValueError
    otherwise. What they leave stays as the last balance.
    """
    rows = []
    left, since = principal, start_on
    for n, (on, amount) in enumerate(repayments, start=1):
        if on < since or not 0 <= amount <= left:
            raise ValueError(f"repayment {n} of {amount} on {on} does not fit a balance of {left} since {since}")
        interest = daily_interest(left, daily_rate_ppm, (on - since).days, rounding)
        left, since = left - amount, on
        rows.append(Row(n, on, amount, interest, left))
    return tuple(rows)
