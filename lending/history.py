"""The daily history of a loan: where it stood at the end of each day, recomputed from the facts whenever it is asked for."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from lending.loan_facts import LoanFacts
from lending.standing import standing

DAYS_MAX = 732
"""The most days told at once: two years."""


class HistoryDay(NamedTuple):
    """The end of a day; amounts in minor units, `overdue` without the penalty, `own_bucket` the product's."""

    on: date
    days_past_due: int
    bucket: str
    own_bucket: str
    overdue: int
    penalty: int


def history(facts: LoanFacts, from_on: date, to_on: date) -> list[HistoryDay]:
    """Every day from `from_on` to `to_on`, both counted; at most `DAYS_MAX`."""
    assert 0 <= (to_on - from_on).days < DAYS_MAX
    days = (from_on + timedelta(days=n) for n in range((to_on - from_on).days + 1))
    return [
        HistoryDay(
            on,
            state.days_past_due,
            state.bucket,
            state.own_bucket,
            state.overdue_principal + state.overdue_interest,
            state.penalty,
        )
        for on in days
        for state in [standing(facts, on)]
    ]


def turns(days: Sequence[HistoryDay]) -> Iterator[HistoryDay]:
    """The first and the last day, and those on which more happened than a day passing."""
    before: HistoryDay | None = None
    for day in days:
        if before is None or day is days[-1] or _turns(before, day):
            yield day
        before = day


def _turns(before: HistoryDay, day: HistoryDay) -> bool:
    waits = before.days_past_due == day.days_past_due == 0
    goes_on = waits or day.days_past_due == before.days_past_due + 1
    is_paused = before.days_past_due == day.days_past_due
    return (
        (day.own_bucket, day.overdue) != (before.own_bucket, before.overdue)
        or day.penalty < before.penalty
        or not (goes_on or is_paused)
    )
