"""What stands in the way of a direct debit: pure, facts in, the first obstacle out. House rules unless a mandate is stricter.

Floors above add what they know (holds, an open dispute) by registering here.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WINDOW = (time(8), time(20))
"""On the borrower's own clock; a debit at night would fail unseen (house rule)."""


class Obstacle(StrEnum):
    NO_MANDATE = "no_mandate"
    STOPPED = "stopped"
    NO_ZONE = "no_zone"
    OUTSIDE_HOURS = "outside_hours"
    OPEN_DEBIT = "open_debit"
    TODAY_ALREADY = "today_already"
    MONTH_IS_FULL = "month_is_full"
    NOTHING_DUE = "nothing_due"
    ABOVE_DUE = "above_due"


class DebitFacts(NamedTuple):
    """What is known when a debit is asked for, and again before it is sent; amounts in minor units.

    `has_mandate`: consent stands and its first day has come. `clock` is the borrower's own, None where their zone is not known.
    `tries` count debits of the loan in the calendar month, this one left out; `due` is all that is due by today.
    """

    amount: int
    due: int
    has_mandate: bool
    clock: time | None
    is_stopped: bool
    has_open: bool
    tried_today: bool
    tries: int
    tries_max: int


def obstacle(facts: DebitFacts) -> Obstacle | None:
    """The weightiest reason against the debit, or None."""
    stands_in_the_way = {
        Obstacle.NO_MANDATE: not facts.has_mandate,
        Obstacle.STOPPED: facts.is_stopped,
        Obstacle.NO_ZONE: facts.clock is None,
        Obstacle.OUTSIDE_HOURS: facts.clock is not None and not WINDOW[0] <= facts.clock < WINDOW[1],
        Obstacle.OPEN_DEBIT: facts.has_open,
        Obstacle.TODAY_ALREADY: facts.tried_today,
        Obstacle.MONTH_IS_FULL: facts.tries >= facts.tries_max,
        Obstacle.NOTHING_DUE: facts.due <= 0,
        Obstacle.ABOVE_DUE: facts.amount > facts.due,
    }
    return next((each for each, stands in stands_in_the_way.items() if stands), None)


def local_moment(at: datetime, zone: str) -> datetime | None:
    """That instant where the borrower lives; None when nobody knows where that is."""
    try:
        return at.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return None


Stop = Callable[[int, date], str]
_stops: list[Stop] = []


def register_stop(stop: Stop) -> Stop:
    """`stop(borrower_id, on)` says in words why nothing may be debited from this borrower that day; empty for no reason."""
    _stops.append(stop)
    return stop


def stopped_by(borrower_id: int, on: date) -> str:
    """Why nothing may be debited, in words; empty when nothing is in the way."""
    return next(filter(None, (stop(borrower_id, on) for stop in _stops)), "")
