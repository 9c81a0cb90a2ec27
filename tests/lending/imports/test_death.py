"""An import killed in the middle, again and again, ends as one clean run: real processes, a database of their own.

R19: 1,600 rows and two deaths in every run; TESTS_AT_SIZE=1 takes 100,000 rows and ten deaths.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from running_console import ROOT, fresh_database
from sizes import sized
from tapes import loan, write

ROWS, DEATHS = sized(1_600, 100_000), sized(2, 10)
CHUNK_ROWS = 500
CHUNKS_BETWEEN = ROWS // CHUNK_ROWS // DEATHS if DEATHS > 2 else 2
"""Each death comes some chunks after the last one; small, the first leaves one chunk and the second three."""
CLOCK = "2026-03-20T10:00+08:00"
Manage = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def consoles(tmp_path: Path, db: None) -> Iterator[tuple[Manage, Manage]]:
    """Run commands on either of two fresh, migrated databases."""
    with _console(tmp_path / "killed") as killed, _console(tmp_path / "clean") as clean:
        yield killed, clean


@contextmanager
def _console(folder: Path) -> Iterator[Manage]:
    folder.mkdir()
    with fresh_database(folder) as address:
        base = {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": "k" * 50,
            "VAR_DIR": str(folder),
            "DATABASE_URL": address,
            "CLOCK": CLOCK,
        }

        def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, "manage.py", *arguments]
            env = base | environment
            return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

        assert run("migrate", "--verbosity", "0").returncode == 0
        yield run


def tape(folder: Path) -> tuple[Path, list[int]]:
    """A file in which every fiftieth row makes no sense, and the principal of each of the others in minor units."""
    amounts = [100_000 + 137 * n for n in range(ROWS)]
    rows = [
        loan(number=f"n{n:05}", principal=f"{amount / 100:.2f}", **({"periods": "0"} if n % 50 == 0 else {}))
        for n, amount in enumerate(amounts)
    ]
    return write(folder, *rows), [amount for n, amount in enumerate(amounts) if n % 50]


@pytest.mark.processes
def test_a_killed_import_run_again_ends_as_one_clean_run(consoles: tuple[Manage, Manage], tmp_path: Path) -> None:
    manage, clean = consoles
    path, good = tape(tmp_path)
    command = ["import_loans", str(path), "--format", "native", "--json"]

    deadly = [CHUNKS_BETWEEN * (n + 1) for n in range(DEATHS)]
    died = [manage(*command, FAILPOINT=f"lending.import.before_commit:{chunk}").returncode for chunk in deadly]
    last, again, whole = manage(*command), manage(*command), clean(*command)

    in_before = (deadly[-1] - 1) * CHUNK_ROWS * 49 // 50
    report, repeated, at_once = (json.loads(each.stdout) for each in (last, again, whole))
    assert died == [137] * DEATHS
    assert [each.returncode for each in (last, again, whole)] == [3, 3, 3]
    assert (report["already_there"], report["new"]) == (in_before, len(good) - in_before)
    assert (repeated["already_there"], repeated["new"]) == (len(good), 0)
    assert report["errors"] == repeated["errors"] == at_once["errors"] == bad_rows()
    assert manage("verify_ledger").returncode == 0
    state, wanted = manage("export_state", "--json").stdout, clean("export_state", "--json").stdout
    assert state == wanted
    lines = [json.loads(line) for line in state.splitlines()]
    assert [line["outstanding_principal"] for line in lines] == good


def bad_rows() -> list[dict[str, object]]:
    """Every one of them by its line (the header is the first), its number and the reason."""
    return [
        {"line": n + 2, "key": f"n{n:05}", "reason": "periods: '0' is no whole number from 1 to 1200"}
        for n in range(0, ROWS, 50)
    ]
