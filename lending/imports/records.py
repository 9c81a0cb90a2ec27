"""Lines to records: a header, then one record a line, or a fault. One broken record never swallows those after it.

Cells may be quoted and then hold commas and line breaks. A quotation mark that never closes is a fault of its own line:
reading goes on with the next one.
"""

import csv
from collections import deque
from collections.abc import Collection, Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from lending.imports.source import Line, Source, UnreadableError, lines_of
from lending.spreadsheets import restored

RECORD_LINES_MAX = 20
"""A record in quotation marks may run over so many lines."""
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
INEXACT = "\uffff"
"""Stands for a number of which a workbook has lost digits; no text holds this character."""
_CONTROLS = frozenset(map(chr, range(32))) - set("\t\r\n") | {"\x7f"}


class Record(NamedTuple):
    """A row of the file by its column names, or why it is none."""

    line: int
    cells: dict[str, str]
    fault: str = ""


class _Lines:
    """The lines with a look ahead."""

    def __init__(self, source: Source) -> None:
        self._lines = lines_of(source)
        self._ahead: deque[Line] = deque()

    def next(self) -> Line | None:
        return self._ahead.popleft() if self._ahead else next(self._lines, None)

    def peek(self, count: int) -> list[Line]:
        """Up to `count` lines that come next, left where they are."""
        while len(self._ahead) < count and (line := next(self._lines, None)):
            self._ahead.append(line)
        return list(self._ahead)[:count]


def records_of(source: Source, columns: Collection[str]) -> Iterator[Record]:
    """The records of a file that must have these columns (further ones are passed over).

    UnreadableError when there is no header or it lacks one of them.
    """
    lines = _Lines(source)
    header = _header(lines, columns)
    while line := lines.next():
        if line.text.strip(" \t,"):
            yield _record(line, lines, header)


def header_of(source: Source) -> list[str]:
    """The names of the file's columns."""
    return _header(_Lines(source), ())


def _header(lines: _Lines, columns: Collection[str]) -> list[str]:
    while (line := lines.next()) and not line.text.strip():
        continue
    names = [column_name(cell) for cell in _split(line.text) or []] if line else []
    missing = [column for column in columns if column not in names]
    if missing:
        raise UnreadableError(
            _("The file lacks these columns: %(missing)s. Its first line must name: %(columns)s.")
            % {"missing": ", ".join(missing), "columns": ",".join(columns)}
        )
    twice = sorted({name for name in columns if names.count(name) > 1})
    if twice:
        raise UnreadableError(_("The file names a column twice: %(columns)s.") % {"columns": ", ".join(twice)})
    return names


def column_name(cell: str) -> str:
    """A cell of the header as columns are known: in small letters, with underscores for spaces."""
    return "_".join(cell.strip().strip("\ufeff").lower().split())


def _split(text: str) -> list[str] | None:
    """The cells of a record, or None where a quotation mark is open or misplaced."""
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error:
        return None


def _record(line: Line, lines: _Lines, header: list[str]) -> Record:
    if line.is_cut:
        return Record(line.number, {}, _("the line is too long"))
    cells = _split(line.text)
    if cells is None:
        cells = _joined(line, lines, len(header))
        if cells is None:
            return Record(line.number, _first_cell(line, header), _("a quotation mark is misplaced or never closed"))
    while len(cells) > len(header) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(header):
        words = _("has %(found)s cells where the header has %(wanted)s") % {"found": len(cells), "wanted": len(header)}
        return Record(line.number, _first_cell(line, header), words)
    named = {name: restored(cell.strip()) for name, cell in zip(header, cells, strict=True)}
    return Record(line.number, named, _fault("".join(cells)))


def _joined(line: Line, lines: _Lines, width: int) -> list[str] | None:
    """The record that begins in this line and ends in one of the next; those lines are then used up."""
    text = line.text
    for count, following in enumerate(lines.peek(RECORD_LINES_MAX), start=1):
        text = f"{text}\n{following.text}"
        if '"' in following.text and (cells := _split(text)) is not None:
            if len(cells) != width:
                return None
            for _used in range(count):
                lines.next()
            return cells
    return None


def _first_cell(line: Line, header: list[str]) -> dict[str, str]:
    """What a record that cannot be split may still show: its first cell."""
    return {header[0]: line.text.split(",", 1)[0].strip().strip('"')[:80]}


def _fault(text: str) -> str:
    if UNREADABLE in text:
        return _("holds bytes that are no text in the file's encoding")
    if INEXACT in text:
        return _("holds a number of more than 15 digits, of which a spreadsheet keeps no more: make the column text")
    if "\x00" in text:
        return _("holds a NUL character")
    return _("holds a control character") if not _CONTROLS.isdisjoint(text) else ""
