"""The rows of a repayment schedule.

Invariants, asserted: the principal of the rows sums to the principal lent, the last balance is 0, no figure is negative;
due dates increase and lie after the start.
"""

from datetime import date
from itertools import count, repeat
from typing import NamedTuple

from lending.schedules.columns import columns
from lending.schedules.dates import moved_dates, nominal_dates
from lending.schedules.periods import period_weights
from lending.schedules.terms import Method, Terms


class Row(NamedTuple):
    """One instalment in minor units; `balance` is the principal left after it."""

    n: int
    due_on: date
    principal: int
    interest: int
    balance: int

    @property
    def total(self) -> int:
        """What falls due."""
        return self.principal + self.interest


def build(terms: Terms) -> tuple[Row, ...]:
    """The schedule of these terms; TermsError when an instalment does not cover its interest or the calendar ends.

    It has a row for every period, save that a bullet has only the last and a fixed instalment stops when it has repaid.
    """
    nominal = nominal_dates(terms)
    due = moved_dates(terms, nominal)
    weights, denominator = period_weights(terms, nominal, due)
    if terms.method is Method.BULLET:
        due, weights = due[-1:], [sum(weights)]
    principal, interest, balance = columns(terms, weights, denominator)
    if terms.interest_deferred_periods:
        _defer(interest, terms.interest_deferred_periods)
    assert sum(principal) == terms.principal
    assert balance[-1] == 0
    assert min(principal) >= 0
    assert min(interest) >= 0
    # `tuple.__new__` makes the same rows as `Row(...)` in half the time, which is a third of the whole.
    return tuple(map(tuple.__new__, repeat(Row), zip(count(1), due, principal, interest, balance)))


def _defer(interest: list[int], periods: int) -> None:
    """Interest of the first `periods` rows falls due with the row after them (with the last, if there is none)."""
    after = min(periods, len(interest) - 1)
    interest[after] += sum(interest[:after])
    interest[:after] = [0] * after
