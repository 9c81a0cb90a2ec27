"""Asks the gate from a process of its own: `gate_tool.py BORROWER TRIES STARTED`, a day of contact passing each second.

Says how many were allowed. The instant is read under the borrower's lock, so that all processes agree on what is earlier.
"""

import os
import random
import sys
import time
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
sys.path.insert(0, str(Path.cwd()))

import django

import config  # noqa: F401 - puts collections/ on the path

django.setup()

from django.db import transaction  # noqa: E402

from contacts import gate  # noqa: E402
from contacts.models import Contact  # noqa: E402
from lending.models import Borrower  # noqa: E402
from reachable import local  # noqa: E402

MORNING = local("2026-11-09 09:00")
OUTCOMES = [Contact.Outcome.NO_ANSWER, Contact.Outcome.RIGHT_PARTY, Contact.Outcome.BUSY, Contact.Outcome.UNKNOWN]


def attempt(borrower: Borrower, started: float) -> bool:
    channel = random.choice(["call", "sms"])
    with transaction.atomic():
        Borrower.objects.select_for_update(no_key=True).get(pk=borrower.pk)
        at = MORNING + timedelta(days=time.time() - started)
        slot = gate.reserve(borrower=borrower, channel=channel, purpose="demand", at=at, by=None).contact
    if slot is None:
        return False
    if channel == "call":
        gate.complete(slot.pk, outcome=random.choice(OUTCOMES), at=at)
    return True


if __name__ == "__main__":
    pk, tries, started = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    theirs = Borrower.objects.get(pk=pk)
    sys.stdout.write(f"{sum(attempt(theirs, started) for _try in range(tries))}\n")
