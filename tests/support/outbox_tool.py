"""Works on the database of a process test from a process of its own: `outbox_tool.py fill 1000 | pulse | nursery | …`."""

import os
import secrets
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
sys.path.insert(0, str(Path.cwd()))

import django

import config  # noqa: F401 - puts collections/ on the path

django.setup()

from django.db import DatabaseError, close_old_connections  # noqa: E402

from audit import failpoints  # noqa: E402
from audit.clock import now  # noqa: E402
from cases.models import Case, Stage  # noqa: E402
from config import celery, nightly  # noqa: E402
from config.lifeline import end_with_parent  # noqa: E402
from dunning import sending, tasks  # noqa: E402
from dunning.channels.http import HttpLane  # noqa: E402
from dunning.channels.interface import Outcome, Outgoing  # noqa: E402
from dunning.models import Reminder, ReminderQuerySet  # noqa: E402
from dunning.planning import plan  # noqa: E402
from lending.models import Borrower, ClosedDay  # noqa: E402
from outbox_book import DAY, MORNING, close, lend, people  # noqa: E402
from staff.models import User  # noqa: E402


def say(words: object) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def fill(number: str) -> None:
    """So many new borrowers with a reminder due."""
    close()
    lend(people(int(number), first=Borrower.objects.count()), DAY - timedelta(days=1))
    say(plan(DAY, MORNING).planned)


def book(first: str) -> None:
    """A person with a loan due on each of forty days around that one, whose clocks change twice in the time."""
    day = date.fromisoformat(first)
    close(day - timedelta(days=1))
    for number, borrower in enumerate(people(40, zone="Africa/Casablanca")):
        lend([borrower], day + timedelta(days=number - 7))


def person(role: str, password: str) -> None:
    """Somebody who may sign in."""
    User.objects.create_user(f"the-{role}", password=password, role=role)


def in_doubt() -> None:
    """Every message is in doubt, and its borrower has a case, so that a supervisor sees it."""
    Reminder.objects.update(state=Reminder.State.UNKNOWN, token=1)
    Case.objects.bulk_create(
        Case(borrower=borrower, stage=Stage.EARLY, bucket="M1", opened_on=DAY) for borrower in Borrower.objects.all()
    )


def pulse() -> None:
    """Do what the scheduler and its worker do, only faster, until killed; whatever happens to the database."""
    while True:
        try:
            celery.pulse()
        except DatabaseError as error:
            say(repr(error))
        close_old_connections()
        time.sleep(0.5)


def ring(times: str) -> None:
    """Ring the doorbell so often, as if every bell came several times."""
    say(sum(tasks.ring() for _bell in range(int(times))))


def worker(visibility_seconds: str) -> None:
    """A worker whose broker hands out again what is not acknowledged within so few seconds."""
    celery.app.conf.broker_transport_options |= {"visibility_timeout": float(visibility_seconds)}
    celery.app.worker_main(["worker", "--concurrency=2", "--loglevel=ERROR", "--without-mingle", "--without-gossip"])


def schedule(first: str, last: str) -> None:
    """A scheduler: rolls each day as soon as the one before is closed; what another one does meanwhile is seen later."""
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        try:
            list(nightly.roll(to=day, at=now()))
        except (DatabaseError, nightly.DayInThePastError) as error:
            say(f"{day}: {error!r}"[:200])
        if ClosedDay.objects.filter(day=day).exists():
            day += timedelta(days=1)
        else:
            time.sleep(0.05)


def nursery(bug: str = "") -> None:
    """For each line that is read, give birth to a sweep in a process group of its own, and tell its id; it dies at the
    failpoint that the line names. `bug` is put in.
    """
    if bug:
        BUGS[bug]()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os.setpgid(0, 0)
            end_with_parent(os.getppid())
            failpoints._WANTED, _, failpoints._NTH = line.strip().partition(":")
            sending.sweep(now)
            os._exit(0)
        say(child)


def acknowledge_early() -> None:
    """The bug: what a worker takes counts as sent from then on."""
    claim = sending.claim

    def taken_is_sent(**facts: Any) -> Any:
        found = claim(**facts)
        taken = Reminder.objects.filter(pk__in=[row.pk for row in found.rows])
        taken.update(state=Reminder.State.SENT, lease_until=None, finished_at=facts["at"])
        return found

    sending.claim = taken_is_sent
    ReminderQuerySet.held_by = lambda rows, held: rows.filter(pk__in=held)  # type: ignore[method-assign]


def forget_the_key() -> None:
    """The bug: each try bears a key of its own."""
    post = HttpLane.post

    def anew(self: HttpLane, message: Outgoing) -> Outcome:
        return post(self, message._replace(key=secrets.token_hex(16)))

    HttpLane.post = anew  # type: ignore[method-assign]


BUGS = {"early_acknowledgement": acknowledge_early, "no_key": forget_the_key}

if __name__ == "__main__":
    {
        "fill": fill, "book": book, "person": person, "in_doubt": in_doubt, "pulse": pulse, "ring": ring, "worker": worker, "schedule": schedule, "nursery": nursery
    }[sys.argv[1]](*sys.argv[2:])  # fmt: skip
