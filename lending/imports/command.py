"""What the import commands share: problems on stderr with line and reason, the counts on stdout, the exit status."""

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from audit.clock import now
from lending.imports.formats import Format
from lending.imports.remembering import as_remembered
from lending.imports.rows import Problem
from lending.imports.run import Import, Progress, Run
from lending.imports.source import Source, UnreadableError
from lending.imports.workbook import inspected

NOTHING_READABLE, ROWS_LEFT_OUT = 2, 3
Entry = dict[str, object]


class ImportCommand(BaseCommand):
    """Imports the file named on the command line."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--json", action="store_true", dest="as_json")
        parser.add_argument("--lender", help="read the file by the columns remembered for this lender (its code)")

    def take_in(self, wanted: Format, options: dict[str, Any]) -> None:
        """Import; exits with 2 or 3 where not every row is in."""
        path: Path = options["file"]
        problems: list[Entry] = []
        warnings: list[Entry] = []
        try:
            with inspected(path) as source:
                if options["lender"]:
                    wanted = as_remembered(wanted, source, options["lender"])
                work = Import(source, wanted, path.name[:120], options["dry_run"], None)
                with _Meter(self.stderr, source, shown=not options["as_json"]) as meter:

                    def listen(bad: list[Problem], warned: list[Problem]) -> None:
                        meter.clear()
                        if options["as_json"]:
                            problems.extend(map(_entry, bad))
                            warnings.extend(map(_entry, warned))
                        self._say(path, bad, warned)

                    progress = Run(work, at=now(), listen=listen, keep=meter.move).go_on(Progress())
        except UnreadableError as error:
            self.stderr.write(f"{path}: {error}")
            if options["as_json"]:
                self.stdout.write(json.dumps({"file": path.name, "error": str(error)}, ensure_ascii=False))
            sys.exit(NOTHING_READABLE)
        self.stdout.write(_json(work, progress, problems, warnings) if options["as_json"] else _words(work, progress))
        if progress.bad:
            sys.exit(ROWS_LEFT_OUT)

    def _say(self, path: Path, bad: list[Problem], warned: list[Problem]) -> None:
        for problem in bad:
            self.stderr.write(f"{path.name}:{problem.line}: {problem.key}: {problem.reason}")
        for warning in warned:
            self.stderr.write(f"{path.name}:{warning.line}: warning: {warning.key}: {warning.reason}")


class _Meter:
    """One line on a terminal that says how far the import is; nothing where nobody looks."""

    def __init__(self, stream: Any, source: Source, *, shown: bool) -> None:
        self._stream, self._lines, self._began = stream, source.lines, time.monotonic()
        self._is_shown = shown and stream.isatty()

    def __enter__(self) -> "_Meter":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.clear()

    def move(self, progress: Progress) -> None:
        rate = progress.rows / max(time.monotonic() - self._began, 0.001)
        self._write(f"\r{progress.rows:,} of about {self._lines:,} rows, {rate:,.0f} a second ")

    def clear(self) -> None:
        self._write("\r\033[K")

    def _write(self, text: str) -> None:
        if self._is_shown:
            self._stream.write(text, ending="")


def _words(work: Import, progress: Progress) -> str:
    counts = progress.counts
    said = ", ".join(f"{counts[name]:,} {name.replace('_', ' ')}" for name in counts if counts[name] or name == "rows")
    return f"{'dry run, nothing changed: ' if work.is_dry_run else ''}{said}"


def _json(work: Import, progress: Progress, problems: list[Entry], warnings: list[Entry]) -> str:
    return json.dumps(
        {
            "file": work.name,
            "format": work.format.code,
            "sha256": work.source.sha256,
            "dry_run": work.is_dry_run,
            **progress.counts,
            "errors": problems,
            "warnings": warnings,
        },
        ensure_ascii=False,
    )


def _entry(problem: Problem) -> Entry:
    return {"line": problem.line, "key": problem.key, "reason": problem.reason}
