"""Uploaded files while they wait: kept under VAR_DIR for this process's user only, by the SHA-256 of their bytes.

They hold names and numbers in clear, so a file goes as soon as it is imported, and after a day in any case. The rows that
were left out are kept by job, with names and numbers masked.
"""

import os
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import File

from lending.imports.rows import Problem
from lending.imports.source import Source, inspect
from lending.imports.workbook import inspect_any
from lending.spreadsheets import csv_pieces

KEPT = timedelta(days=1)


def folder() -> Path:
    """Where uploads wait; the web process and the workers share it."""
    path = Path(settings.VAR_DIR) / "uploads"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(file: "File[bytes]", *, at: datetime, check: Callable[[Source], None]) -> Source:
    """Keep an upload under the digest of its bytes, a workbook as the text of its table; UnreadableError when it is no table
    or does not pass the check.
    """
    drop_old(at)
    name = f"{os.getpid()}-{id(file)}"
    staged, spare = folder() / f"{name}.part", folder() / f"{name}.text.part"
    try:
        with staged.open("xb") as target:
            staged.chmod(0o600)
            for block in file.chunks():
                target.write(block)
        source = inspect_any(staged, spare)
        check(source)
        path = path_of(source.sha256)
        source.path.replace(path)
        os.utime(path, (at.timestamp(), at.timestamp()))
    finally:
        for left in (staged, spare):
            left.unlink(missing_ok=True)
    return source._replace(path=path)


def path_of(sha256: str) -> Path:
    """Where the upload of that digest is, if it is still kept."""
    return folder() / f"{sha256}.upload"


def find(sha256: str) -> Source:
    """The upload of that digest; UnreadableError when it is no longer kept."""
    return inspect(path_of(sha256))._replace(sha256=sha256)


def bad_rows_of(job_id: int) -> Path:
    """The rows that a job left out."""
    return folder() / f"{job_id}.bad-rows.csv"


def drop(sha256: str) -> None:
    """Forget an upload."""
    path_of(sha256).unlink(missing_ok=True)


def drop_old(at: datetime) -> None:
    """Forget uploads that nobody imported within `KEPT`."""
    for pattern in ("*.upload", "*.part"):
        for path in folder().glob(pattern):
            if path.stat().st_mtime < (at - KEPT).timestamp():
                path.unlink(missing_ok=True)


class BadRows:
    """Appends problems to the file of a job. A slice that is worked again first cuts off what it had written."""

    def __init__(self, job_id: int, head: Iterable[str], length: int) -> None:
        self._path = bad_rows_of(job_id)
        self._head = list(head)
        self.length = length
        self._path.touch(mode=0o600)
        os.truncate(self._path, length)

    def add(self, problems: Iterable[Problem]) -> None:
        """Write these problems; `length` is then where they end."""
        rows = [(str(problem.line), problem.key, problem.reason, *problem.cells) for problem in problems]
        if not rows:
            return
        with self._path.open("a", encoding="utf-8", newline="") as file:
            file.write("".join(csv_pieces(rows, head=None if self.length else self._head)))
            self.length = file.tell()
