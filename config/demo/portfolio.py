"""The demo from the first borrower to the last day of work."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from config.demo.book import write_book
from config.demo.days import Days, instant
from config.demo.lives import lives
from config.demo.team import send_on_leave, write_team
from config.nightly import close

DAYS_LIVED = 4
"""Days of work before the last closed day."""

Told = Callable[[str, int, int], None]


def write_portfolio(*, loans: int, seed: int, day: date, told: Told) -> None:
    """Fill an empty book with `loans` loans whose last closed day is `day`."""
    first = day - timedelta(days=DAYS_LIVED)
    write_book(lives(loans, seed, day), to=first, at=instant(first, 1), told=lambda done: told("loans", done, loans))
    supervisor, agents = write_team()
    days = Days(supervisor, agents, Random(seed))
    for past in range(DAYS_LIVED + 1):
        today = first + timedelta(days=past)
        close(today, at=instant(today, 2))
        if today < day:
            days.live(today)
        else:
            send_on_leave(by=supervisor, day=day, at=instant(day, 8))
            days.begin(day)
        told("days", past + 1, DAYS_LIVED + 1)
