"""The rows of a repayment schedule.

Invariants: a balance is the one before it less the row's principal, and the last is 0 (asserted), so the principal of the rows
sums to the principal lent; no figure is negative; due dates increase and lie after the start.
"""

from collections.abc import Sequence

from lending.schedules.dates import moved_dates, nominal_dates
from lending.schedules.methods import rows_of
from lending.schedules.periods import period_weights
from lending.schedules.row import Row
from lending.schedules.terms import Terms


def build(terms: Terms) -> tuple[Row, ...]:
    """The schedule of these terms; TermsError when an instalment does not cover its interest or the calendar ends.

    It has a row for every period, save that a bullet has only the last and a fixed instalment stops when it has repaid.
    """
    nominal = nominal_dates(terms)
    due = moved_dates(terms, nominal)
    weights, denominator = period_weights(terms, nominal, due)
    rows = rows_of(terms, due, weights, denominator)
    assert rows[-1].balance == 0
    if terms.interest_deferred_periods:
        return _deferred(rows, terms.interest_deferred_periods)
    return tuple(rows)


def _deferred(rows: Sequence[Row], periods: int) -> tuple[Row, ...]:
    """Interest of the first `periods` rows falls due with the row after them (with the last, if there is none)."""
    after = min(periods, len(rows) - 1)
    put_off = [row._replace(interest=0) for row in rows[:after]]
    bearing = rows[after]._replace(interest=sum(row.interest for row in rows[: after + 1]))
    return (*put_off, bearing, *rows[after + 1 :])
