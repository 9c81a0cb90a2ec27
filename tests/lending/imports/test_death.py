"""An import killed in the middle, again and again, ends as one clean run: real processes, a database of their own.

R19: 1,600 rows and two deaths in every run; TESTS_AT_SIZE=1 takes 100,000 rows and ten deaths.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from running_console import ROOT, fresh_database
from sizes import sized
from tapes import loan, write

ROWS, DEATHS = sized(1_600, 100_000), sized(2, 10)
CHUNK_ROWS = 500
CHUNKS_BETWEEN = ROWS // CHUNK_ROWS // DEATHS if DEATHS > 2 else 2
"""Each death comes some chunks after the last one; small, the first leaves one chunk and the second three."""
Manage = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def manage(tmp_path: Path, db: None) -> Iterator[Manage]:
    """Run a command on a fresh, migrated database."""
    with fresh_database(tmp_path) as address:
        base = {"PATH": os.environ["PATH"], "SECRET_KEY": "k" * 50, "VAR_DIR": str(tmp_path), "DATABASE_URL": address}

        def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, "manage.py", *arguments]
            env = base | environment
            return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

        assert run("migrate", "--verbosity", "0").returncode == 0
        yield run


@pytest.mark.processes
def test_a_killed_import_run_again_ends_as_one_clean_run(manage: Manage, tmp_path: Path) -> None:
    rows = [loan(number=f"n{i:05}", **({"periods": "0"} if i % 50 == 0 else {})) for i in range(ROWS)]
    command = ["import_loans", str(write(tmp_path, *rows)), "--format", "native", "--json"]

    deadly = [CHUNKS_BETWEEN * (n + 1) for n in range(DEATHS)]
    died = [manage(*command, FAILPOINT=f"lending.import.before_commit:{chunk}").returncode for chunk in deadly]
    last, again = manage(*command), manage(*command)

    bad, in_before = ROWS // 50, (deadly[-1] - 1) * CHUNK_ROWS * 49 // 50
    report, repeated = json.loads(last.stdout), json.loads(again.stdout)
    assert died == [137] * DEATHS
    assert (last.returncode, again.returncode) == (3, 3)
    assert (report["already_there"], report["new"], report["bad"]) == (in_before, ROWS - bad - in_before, bad)
    assert (repeated["new"], repeated["already_there"]) == (0, ROWS - bad)
    assert manage("verify_ledger").returncode == 0
    assert len(manage("export_state", "--json").stdout.splitlines()) == ROWS - bad
