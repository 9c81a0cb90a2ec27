"""One import from its first row to its entry in the record: short transactions, kept places, never a row half done.

Each chunk is a transaction of its own that also keeps how far the import has come, so it may die anywhere and go on. A dry
run takes the same way and rolls every chunk back.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.failpoints import failpoint
from audit.record import record
from lending.imports.formats import Format, Rows
from lending.imports.rows import AnyRow, Problem, Read, Taken, in_chunks, shown
from lending.imports.source import Source
from lending.sql.vendor import has_many_writers
from staff.models import User

CHUNK_ROWS = 500
PAUSE_SECONDS = 0.025
"""Between two chunks on SQLite, which has one writer: it lets the others write (a third of a second at most to wait)."""
PROBLEMS_KEPT_MAX = 100
"""The first problems stay with the import; all of them go to whoever listens."""
ROW_ERRORS = (ArithmeticError, DataError, IntegrityError, LookupError, ValueError)
"""What a single row can bring about in spite of every check; the rest of its chunk is taken without it."""


@dataclass(slots=True)
class Progress:
    """How far an import has come; JSON-able. rows = new + already_there + suspended + bad."""

    rows: int = 0
    new: int = 0
    already_there: int = 0
    suspended: int = 0
    bad: int = 0
    warned: int = 0
    errors: list[list[Any]] = field(default_factory=list)
    warnings: list[list[Any]] = field(default_factory=list)
    is_done: bool = False

    def plus(self, rows: int, taken: Taken, bad: list[Problem], warned: list[Problem]) -> "Progress":
        """The progress after a chunk of so many rows."""
        return Progress(
            rows=self.rows + rows,
            new=self.new + taken.new,
            already_there=self.already_there + taken.already_there,
            suspended=self.suspended + taken.suspended,
            bad=self.bad + len(bad),
            warned=self.warned + len(warned),
            errors=_kept(self.errors, bad),
            warnings=_kept(self.warnings, warned),
        )

    @property
    def counts(self) -> dict[str, int]:
        """The counts by the names that reports use."""
        return {name: value for name, value in asdict(self).items() if type(value) is int}


class Import(NamedTuple):
    """A file to take in, and by whom."""

    source: Source
    format: Format
    name: str
    is_dry_run: bool
    by: User | None


Listener = Callable[[list[Problem], list[Problem]], None]
"""Is told the problems and the warnings of each chunk, before its transaction commits."""
Keeper = Callable[[Progress], None]
"""Keeps the progress in the transaction of the chunk."""


class _RolledBackError(Exception):
    """Ends the transaction of a dry run."""


class Run:
    """An import at work: `listen` and `keep` are called once a chunk, in its transaction."""

    def __init__(self, work: Import, *, at: datetime, listen: Listener, keep: Keeper) -> None:
        self.work = work
        self.at = at
        self.listen = listen
        self.keep = keep
        self.seen: dict[str, int] = {}

    def go_on(self, progress: Progress, until: float = math.inf) -> Progress:
        """Go on from `progress` until `time.monotonic()` passes `until` or the file ends; returns how far it came.

        UnreadableError when the file's header makes no sense.
        """
        found = self.work.format.read(self.work.source)
        for each in islice(found, progress.rows):
            if self.work.is_dry_run and each.row:
                self.seen.setdefault(each.row.key, _print_of(each.row))
        size = CHUNK_ROWS * (self.work.format.times if has_many_writers() else 1)
        for chunk in in_chunks(found, size):
            progress = self._take_in(progress, chunk)
            if time.monotonic() > until:
                return progress
            if not has_many_writers():
                time.sleep(PAUSE_SECONDS)
        return self._finish(progress)

    def _take_in(self, progress: Progress, chunk: list[Read]) -> Progress:
        lines = [(each.line, each.row) for each in chunk if each.row]
        with transaction.atomic():
            taken = self._try(lines) if self.work.is_dry_run else self._take(lines)
            bad = sorted([*(each.problem for each in chunk if each.problem), *_with_cells(chunk, taken.bad)])
            warned = sorted([*_warnings_of(chunk), *taken.warnings])
            after = progress.plus(len(chunk), taken, bad, warned)
            self.listen(bad, warned)
            self.keep(after)
            failpoint("lending.import.before_commit")
        return after

    def _take(self, lines: Rows) -> Taken:
        """The rows at once, or half and half when one of them does not go in, down to that one."""
        try:
            with transaction.atomic():
                return self.work.format.take(lines, at=self.at, by=self.work.by)
        except ROW_ERRORS as error:
            if len(lines) <= 1:
                words = _("the book does not take it: %(reason)s") % {"reason": error}
                return Taken(0, 0, 0, [Problem(line, row.key, words) for line, row in lines], [])
        middle = len(lines) // 2
        return self._take(lines[:middle]).plus(self._take(lines[middle:]))

    def _try(self, lines: Rows) -> Taken:
        """What taking the chunk would do. Earlier chunks were rolled back, so repeats in the file are found by `seen`."""
        fresh, repeated, bad = [], 0, []
        for line, row in lines:
            kept = self.seen.get(row.key)
            if kept is None:
                fresh.append((line, row))
            elif kept == _print_of(row):
                repeated += 1
            else:
                bad.append(Problem(line, row.key, _("stands earlier in the file with other content")))
        for _line, row in fresh:
            self.seen.setdefault(row.key, _print_of(row))
        taken = self._rolled_back(fresh)
        return taken._replace(already_there=taken.already_there + repeated, bad=[*bad, *taken.bad])

    def _rolled_back(self, lines: Rows) -> Taken:
        taken = Taken(0, 0, 0, [], [])
        try:
            with transaction.atomic():
                taken = self._take(lines)
                raise _RolledBackError
        except _RolledBackError:
            return taken

    def _finish(self, progress: Progress) -> Progress:
        """The last word: the entry in the record, once, with the counts of the whole file."""
        progress.is_done = True
        work = self.work
        with transaction.atomic():
            if not work.is_dry_run:
                record(
                    "lending.file_imported",
                    by=work.by,
                    at=self.at,
                    file=work.name,
                    format=work.format.code,
                    sha256=work.source.sha256,
                    counts=progress.counts,
                )
            self.keep(progress)
        return progress


def _print_of(row: AnyRow) -> int:
    """The content in one number: a dry run remembers every row of the file."""
    return hash(repr(list(row.content.values())))


def _warnings_of(chunk: Sequence[Read]) -> list[Problem]:
    return [Problem(each.line, each.row.key, words) for each in chunk if each.row for words in each.warnings]


def _with_cells(chunk: Sequence[Read], problems: list[Problem]) -> list[Problem]:
    """The problems with the cells of their rows."""
    records = {each.line: each.record for each in chunk} if problems else {}
    return [problem._replace(cells=shown(records[problem.line])) for problem in problems]


def _kept(earlier: list[list[Any]], later: list[Problem]) -> list[list[Any]]:
    room = PROBLEMS_KEPT_MAX - len(earlier)
    return earlier + [[problem.line, problem.key, problem.reason] for problem in later[: max(0, room)]]
