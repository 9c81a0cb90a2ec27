"""When a promise is kept: a pure function.

Kept as soon as the payments with value dates from the day it was made to its due day plus grace reach the tolerance share
of its amount; judged as kept in part or broken once the grace is over, but not while "says has paid" runs. The defaults,
95 % and three days, lie in the range that the trade uses (tolerance 90 to 95 %, broken three to five days after due).
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from cases.models import Promise


class Money(NamedTuple):
    """A payment that was not reversed, in minor units."""

    value_on: date
    posted_at: datetime
    amount: int
    currency: str


def last_day(promise: Promise) -> date:
    """The last value date that still counts."""
    return promise.due_on + timedelta(days=promise.grace_days)


def paid_towards(promise: Promise, payments: Iterable[Money], on: date) -> int:
    """What was paid for the promise by the end of `on`; money posted before the promise was made is not for it."""
    until = min(last_day(promise), on)
    return sum(
        money.amount
        for money in payments
        if money.currency == promise.currency
        and promise.made_on <= money.value_on <= until
        and money.posted_at >= promise.made_at
    )


def verdict(promise: Promise, paid: int, on: date, claim_until: date | None = None) -> Promise.State | None:
    """What the promise has become as of `on`, or None while it is open."""
    if paid * 100 >= promise.amount * promise.tolerance_percent:
        return Promise.State.KEPT
    if on <= last_day(promise) or (claim_until is not None and on <= claim_until):
        return None
    return Promise.State.PART_KEPT if paid else Promise.State.BROKEN
