"""The import commands as a shell sees them: exit status, what they print, what they complain of."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command


class Ran(NamedTuple):
    """What a command said and how it ended."""

    status: int
    report: dict[str, Any]
    complaints: list[str]

    @property
    def reasons(self) -> dict[int, str]:
        """The reason for each line that was left out."""
        return {error["line"]: error["reason"] for error in self.report["errors"]}


Command = Callable[..., Ran]


def _run(command: str, path: Path, *options: str) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    status = 0
    try:
        call_command(command, str(path), "--json", *options, stdout=out, stderr=err)
    except SystemExit as ended:
        status = int(ended.code or 0)
    return Ran(status, json.loads(out.getvalue()), err.getvalue().splitlines())


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lending.imports.run.PAUSE_SECONDS", 0)


@pytest.fixture
def import_loans(db: None) -> Command:
    return lambda path, *options, form="native": _run("import_loans", path, "--format", form, *options)


@pytest.fixture
def import_payments(db: None) -> Command:
    return lambda path, *options: _run("import_payments", path, *options)
