"""Works on the database of a process test from a process of its own: `outbox_tool.py fill 1000 | age | pulse | report`."""

import json
import os
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
sys.path.insert(0, str(Path.cwd()))

import django

import config  # noqa: F401 - puts collections/ on the path

django.setup()

from audit.clock import machine_now, now  # noqa: E402
from dunning.models import Reminder  # noqa: E402
from dunning.planning import plan  # noqa: E402
from lending.models import Borrower  # noqa: E402
from outbox_book import DAY, MORNING, close, lend, people  # noqa: E402


def say(words: object) -> None:
    sys.stdout.write(f"{words}\n")


def fill(number: str) -> None:
    """So many new borrowers with a reminder due."""
    close()
    lend(people(int(number), first=Borrower.objects.count()), DAY - timedelta(days=1))
    say(plan(DAY, MORNING).planned)


def age() -> None:
    """Let the leases of those who were killed run out, as half a minute would."""
    long_ago = machine_now() - timedelta(hours=1)
    say(Reminder.objects.filter(state=Reminder.State.SENDING).update(lease_until=long_ago))


def pulse() -> None:
    """Ring the doorbell as the scheduler would, only faster, until killed."""
    from dunning import tasks

    while True:
        tasks.pulse(now())
        time.sleep(0.5)


def report() -> None:
    """How many reminders of the last `fill` are in each state."""
    newest = Reminder.objects.order_by("pk").values_list("run", flat=True).last()
    say(json.dumps(Counter(Reminder.objects.filter(run=newest).values_list("state", flat=True))))


if __name__ == "__main__":
    {"fill": fill, "age": age, "pulse": pulse, "report": report}[sys.argv[1]](*sys.argv[2:])
