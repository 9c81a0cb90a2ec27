"""What the command line refuses."""

import subprocess
import sys
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path

import pytest

from config.arguments import DAY_FIRST, DAY_LAST, day_argument
from lending.imports import fields

ROOT = Path(__file__).resolve().parents[2]


def test_a_day_is_read() -> None:
    assert day_argument("2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize("text", ["2026-02-29", "today", "", "9999-12-31", "1979-12-31"])
def test_what_is_no_day_of_a_book_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        day_argument(text)


def test_the_book_has_the_days_that_an_import_takes() -> None:
    assert (DAY_FIRST, DAY_LAST) == (fields.DAY_FIRST, fields.DAY_LAST)


def test_a_command_on_an_empty_database_says_what_to_do(tmp_path: Path) -> None:
    own = {"SECRET_KEY": "k", "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", "VAR_DIR": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "manage.py", "export_state", "--json"],
        cwd=ROOT,
        env=own,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "The database is behind the code: run `manage.py migrate` first.\n"
