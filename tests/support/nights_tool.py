"""Works on a book of its own from a process of its own: `nights_tool.py seed LOANS DAY`, then `live DAY DAYS` or `catch_up DAY DAYS`.

Money comes in on each day. `live` posts it in the morning of its value day and closes that day; `catch_up` posts all of it and
closes all days at once. Both may be killed anywhere and started again.
"""

import hashlib
import os
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
sys.path.insert(0, str(Path.cwd()))

import django

import config  # noqa: F401 - puts collections/ on the path

django.setup()

from django.core.management import call_command  # noqa: E402

from audit.clock import now  # noqa: E402
from config.demo.book import chunks, write_book  # noqa: E402
from config.demo.lives import lives  # noqa: E402
from config.nightly import roll  # noqa: E402
from lending.models import Loan, Payment  # noqa: E402
from lending.posting import NewPayment, post_many  # noqa: E402
from risk.models import Flow, MonthEnd, Roll, Snapshot  # noqa: E402

SEED = 11
PAYING_SHARE = 0.02
AMOUNTS = (1, 50_00, 400_00, 3_000_00)
"""A tolerance's worth, a part, an instalment or so, some ahead."""


def seed(loans: int, day: date) -> None:
    """A book closed on the eve of `day`, about a third of it in arrears."""
    call_command("migrate", verbosity=0)
    write_book(lives(loans, SEED, day), to=day - timedelta(days=1), at=now(), told=lambda _done: None)


def live(first: date, days: int) -> None:
    for offset in range(days):
        today = first + timedelta(days=offset)
        post(list(money(today)), on=today)
        list(roll(to=today, at=now()))


def catch_up(first: date, days: int) -> None:
    last = first + timedelta(days=days - 1)
    for offset in range(days):
        post(list(money(first + timedelta(days=offset))), on=last)
    list(roll(to=last, at=now()))


def money(day: date) -> Iterator[NewPayment]:
    """The payments of that value day, the same whenever they are asked for."""
    chance = Random(day.toordinal())
    for number, currency in Loan.objects.order_by("number").values_list("number", "currency"):
        if chance.random() < PAYING_SHARE:
            yield NewPayment(number, f"{number}-{day}", day, chance.choice(AMOUNTS), currency)


def written_down() -> str:
    """What nights have written of the portfolio, in a line."""
    rows = [sorted(str(row[1:]) for row in model.objects.values_list()) for model in (Snapshot, Flow, MonthEnd, Roll)]
    assert all(rows)
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def post(payments: list[NewPayment], *, on: date) -> None:
    for chunk in chunks(payments, 500):
        posted = post_many(chunk, channel=Payment.Channel.IMPORT, on=on, at=now())
        assert not any(one.error for one in posted), posted


if __name__ == "__main__":
    name, *given = sys.argv[1:]
    if name == "seed":
        seed(int(given[0]), date.fromisoformat(given[1]))
    else:
        {"live": live, "catch_up": catch_up}[name](date.fromisoformat(given[0]), int(given[1]))
        call_command("export_state", "--json")
        sys.stdout.write(f"{written_down()}\n")
