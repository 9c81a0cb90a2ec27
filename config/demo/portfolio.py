"""The demo from the first borrower to the last day of work."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from config.demo.approvals import Approvals
from config.demo.book import write_book
from config.demo.creditors import Agreements
from config.demo.days import Days, instant
from config.demo.desk import Desk
from config.demo.lives import lives
from config.demo.money import Money
from config.demo.past import Past
from config.demo.referrals import Referrals
from config.demo.team import send_on_leave, write_team
from config.demo.training import train
from config.demo.voices import Voices
from config.nightly import close

DAYS_LIVED = 4
"""Days of work before the last closed day."""
LOANS_LIVED_MAX = 20_000
"""A larger book is loaded on the eve of its last closed day, and only that morning is worked."""

Told = Callable[[str, int, int], None]


def write_portfolio(*, loans: int, seed: int, day: date, told: Told, days_lived: int | None = None) -> None:
    """Fill an empty book with `loans` loans whose last closed day is `day`."""
    if days_lived is None:
        days_lived = DAYS_LIVED if loans <= LOANS_LIVED_MAX else 0
    first = day - timedelta(days=days_lived)
    eve = first - timedelta(days=1)
    before = Past(eve)
    write_book(
        lives(loans, seed, day),
        to=eve,
        at=instant(first, 1),
        told=lambda done: told("loans", done, loans),
        loaded=before.take if days_lived else None,
    )
    before.write()
    supervisor, agents = write_team()
    days = Days(supervisor, agents, Random(seed))
    agreements, money = Agreements(supervisor), Money(supervisor, agents[0])
    referrals, approvals = Referrals(supervisor, agents), Approvals(supervisor, agents)
    for past in range(days_lived + 1):
        today = first + timedelta(days=past)
        close(today, at=instant(today, 2), progress=told)
        if today == first:
            agreements.make(first)
            train(supervisor, first)
        if today < day:
            days.live(today)
            money.live(today)
            if today == first:
                referrals.make(first)
                approvals.begin(first)
            referrals.live(today)
        else:
            send_on_leave(by=supervisor, day=day, at=instant(day, 8))
            days.begin(day, has_past=days_lived > 0)
            Desk(supervisor, agents).leave_waiting(day)
            agreements.leave_waiting(day)
            money.leave_waiting(day)
            Voices(supervisor, agents).leave_waiting(day)
            referrals.leave_waiting(day)
            approvals.leave_waiting(day)
        told("days", past + 1, days_lived + 1)
