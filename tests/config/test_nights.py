"""Nights missed, nights killed, clocks set anywhere: the book ends byte by byte as if every day had been closed in time.

R18 and R25. Small in every run; TESTS_AT_SIZE=1 takes 20,000 loans and 50 deaths.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from audit.failpoints import EXIT_STATUS
from exported import comparable
from running_console import ROOT, fresh_database
from sizes import sized

pytestmark = pytest.mark.processes

LOANS, DAYS, DEATHS = sized(90, 20_000), 60, sized(5, 50)
FIRST = date(2023, 12, 29)
"""The sixty days hold the end of a year and a leap day."""
PLACES = ["lending.loans_settled", "lending.block_rolled", "nightly.step.done", "audit.recorded"]
TOOL = "tests/support/nights_tool.py"
EVE, NIGHTS = date(2016, 2, 19), 12
"""These nights hold the one in which São Paulo set its clocks back, 20 to 21 February 2016, and the 29th."""
CLOCKS = {
    "UTC": "2016-02-29T23:59+00:00",
    "Asia/Shanghai": "2015-12-31T23:59+08:00",
    "America/Sao_Paulo": "2016-02-20T23:30-02:00",  # the hour before midnight comes twice
    "Pacific/Kiritimati": "2016-03-01T00:00+14:00",  # the first place of the day
    "America/New_York": "2016-03-13T03:00-04:00",  # clocks have jumped from 02:00 to 03:00
}


class Book:
    """A book in a database and a folder of its own, worked by processes of their own."""

    def __init__(self, folder: Path, database: str) -> None:
        self.environment = {
            "PATH": os.environ["PATH"],
            "VAR_DIR": str(folder),
            "SECRET_KEY": "k" * 50,
            "DATABASE_URL": database,
        }

    def call(self, *words: object, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *map(str, words)]
        env = self.environment | environment
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    def work(self, *words: object, **environment: str) -> str:
        """What the tool prints, which must succeed: the state of the book."""
        done = self.call(TOOL, *words, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout


Copy = Callable[..., Book]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Iterator[Copy]:
    """Copies, by name, of a book that was seeded on the eve of a day."""
    parent, seeded = tmp_path_factory.mktemp("nights"), dict[date, str]()
    with ExitStack() as opened, django_db_blocker.unblock():

        def make(name: str, first: date = FIRST) -> Book:
            source, folder = parent / first.isoformat(), parent / name
            if first not in seeded:
                source.mkdir()
                seeded[first] = opened.enter_context(fresh_database(source))
                Book(source, seeded[first]).work("seed", LOANS, first)
            shutil.copytree(source, folder, ignore=shutil.ignore_patterns("*.sqlite3*"))
            return Book(folder, opened.enter_context(fresh_database(folder, like=seeded[first])))

        yield make


def deaths(seed: int) -> list[str]:
    """Where to die, some nights further on each time: a book of one block passes most places about once a night."""
    chance = Random(seed)
    return [f"{PLACES[n % len(PLACES)]}:{chance.randint(2, 12)}" for n in range(DEATHS)]


def test_sixty_days_closed_one_by_one_are_one_catch_up_killed_again_and_again(copy: Copy) -> None:
    wanted = copy("daily").work("live", FIRST, DAYS)
    late = copy("late")

    died = [late.call(TOOL, "catch_up", FIRST, DAYS, FAILPOINT=place).returncode for place in deaths(seed=1)]
    caught_up, again = late.work("catch_up", FIRST, DAYS), late.work("catch_up", FIRST, DAYS)

    assert set(died) <= {EXIT_STATUS, 0}
    assert died.count(EXIT_STATUS) >= min(DEATHS, 20) * 4 // 5
    assert comparable(caught_up) == comparable(wanted)
    assert again == caught_up
    assert len(wanted.splitlines()) == LOANS + 1
    for proof in ("verify_ledger", "verify_audit"):
        assert late.call("manage.py", proof).returncode == 0


def test_a_clock_and_a_time_zone_of_the_machine_change_nothing(copy: Copy) -> None:
    states = {
        zone: copy(zone.replace("/", "-"), EVE).work("live", EVE, NIGHTS, TZ=zone, CLOCK=clock)
        for zone, clock in CLOCKS.items()
    }

    assert len(set(states.values())) == 1
    assert len(states["UTC"].splitlines()) == LOANS + 1
    assert '"as_of":"2016-03-01"' in states["UTC"]
