"""When a promise is kept: a pure function.

Kept as soon as the payments with value dates from the day it was made to its due day plus grace reach the tolerance share
of its amount; judged as kept in part or broken once the grace is over, but not while "says has paid" runs. The defaults,
95 % and three days, lie in the range that the trade uses (tolerance 90 to 95 %, broken three to five days after due).

Of several parts each is judged so by what all parts up to it sum to: money that came early serves the next part, and the
first part that is missed decides for the whole.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from cases.models import Promise


class Money(NamedTuple):
    """A payment that was not reversed, in minor units."""

    value_on: date
    posted_at: datetime
    amount: int
    currency: str


class Sum(NamedTuple):
    """So much by that day."""

    amount: int
    due_on: date


class Judged(NamedTuple):
    """What the promise has become, None while it is open; what was paid for it, and how many parts are met."""

    state: Promise.State | None
    paid: int
    met: int


def judged(
    promise: Promise, payments: Iterable[Money], on: date, claim_until: date | None = None, *, parts: Sequence[Sum] = ()
) -> Judged:
    """The promise as of `on`, by its parts in the order of their days; without any it is one sum."""
    received, due, paid = list(payments), 0, 0
    for met, part in enumerate(parts or [Sum(promise.amount, promise.due_on)]):
        due += part.amount
        last = part.due_on + timedelta(days=promise.grace_days)
        paid = _paid_by(promise, received, min(last, on))
        if paid * 100 >= due * promise.tolerance_percent:
            continue
        if on <= last or (claim_until is not None and on <= claim_until):
            return Judged(None, paid, met)
        return Judged(Promise.State.PART_KEPT if paid else Promise.State.BROKEN, paid, met)
    return Judged(Promise.State.KEPT, paid, max(len(parts), 1))


def _paid_by(promise: Promise, payments: Iterable[Money], until: date) -> int:
    """What was paid for the promise by the end of a day; money posted before the promise was made is not for it."""
    return sum(
        money.amount
        for money in payments
        if money.currency == promise.currency
        and promise.made_on <= money.value_on <= until
        and money.posted_at >= promise.made_at
    )
