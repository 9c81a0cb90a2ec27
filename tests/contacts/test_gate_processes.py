"""Many processes at once on one borrower: no cap is passed on any day or in any seven days, however they interleave."""

import os
import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from contacts.localtime import local_date, wall
from contacts.models import Contact, Verdict
from reachable import SHANGHAI, make_borrower
from sizes import sized

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = sized(4, 20)
TRIES = sized(120, 10_000) // PROCESSES
ZONE = ZoneInfo(SHANGHAI)


def database_of_the_test() -> str:
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def _most_in(days: Counter[date], length: int) -> int:
    return max(sum(days[first + timedelta(days=ahead)] for ahead in range(length)) for first in days)


@pytest.mark.django_db(transaction=True)
def test_processes_never_pass_a_cap_together() -> None:
    borrower = make_borrower()
    environment = {**os.environ, "DATABASE_URL": database_of_the_test(), "PYTHONPATH": str(ROOT / "tests" / "support")}
    tool = [sys.executable, "tests/support/gate_tool.py", str(borrower.pk), str(TRIES), str(time.time() + 2)]

    workers = [
        subprocess.Popen(tool, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) for _n in range(PROCESSES)
    ]
    allowed = sum(int(worker.communicate(timeout=1200)[0]) for worker in workers)

    made = list(Contact.objects.counted())
    texts = Counter(local_date(ZONE, each.at) for each in made if each.channel == "sms")
    calls = Counter(local_date(ZONE, each.at) for each in made if each.channel == "call")
    talks = Counter(
        local_date(ZONE, each.at)
        for each in made
        if each.channel == "call" and (each.connected or each.outcome in {"", "unknown"})
    )
    assert (len(made), Verdict.objects.count()) == (allowed, PROCESSES * TRIES)
    assert texts
    assert calls
    assert (max(texts.values()) <= 2, _most_in(texts, 7) <= 7) == (True, True)
    assert (max(calls.values()) <= 6, max(talks.values(), default=0) <= 3) == (True, True)
    assert all(8 <= wall(ZONE, each.at).hour < (20 if each.channel == "call" else 22) for each in made)
