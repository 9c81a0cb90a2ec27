"""The table of a workbook (XLSX) as CSV text, a row a line: from there on it is read like any other file.

A workbook is a ZIP of XML, and may be made to hurt: what it claims to unpack to is looked at before anything is unpacked, every
part is walked through once, without entities and counted, and only then is it opened. Values become text as their column reads:
days as 2026-01-31, numbers with the fifteen digits that spreadsheets keep.
"""

import csv
import hashlib
import time
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from xml.sax import ContentHandler, SAXException

from django.utils.translation import gettext as _

from lending.imports.records import INEXACT
from lending.imports.source import Source, UnreadableError, inspect
from lending.spreadsheets import defused, restored
from lending.workbooks import unescaped

SIGNATURE = b"PK\x03\x04"
PARTS_MAX = 500
BYTES_MAX = 64 * 1024 * 1024
"""Of everything unpacked; more than any table of so many cells."""
RATIO_MAX, RATIO_FREE_BYTES = 100, 1024 * 1024
"""XML of tables packs to a tenth or a thirtieth; small parts may be what they like."""
ELEMENTS_MAX, ELEMENTS_BESIDE_MAX = 2_000_000, 100_000
"""Of a sheet or its texts, and of any other part, which is kept in memory whole."""
CELLS_IN_A_ROW_MAX = 200
ROWS_MAX, SECONDS_MAX = 50_000, 30.0
DIGITS_MAX = 15
CHARACTERS_IN_A_CELL_MAX = 40_000
"""Spreadsheets take 32,767."""
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
TABLES = ("xl/worksheets/", "xl/sharedstrings")


class _TooMuchError(Exception):
    """A part that goes on for longer than any table."""


def is_workbook(path: Path) -> bool:
    """Whether it may be one: a ZIP."""
    try:
        with path.open("rb") as file:
            return file.read(len(SIGNATURE)) == SIGNATURE
    except OSError:
        return False


def inspect_any(path: Path, spare: Path) -> Source:
    """`inspect` for any file: of a workbook the text is put at `spare`, and its digest is the workbook's. UnreadableError."""
    if not is_workbook(path):
        return inspect(path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    spare.touch(mode=0o600)
    write_text(path, spare)
    return inspect(spare)._replace(sha256=digest)


@contextmanager
def inspected(path: Path) -> Iterator[Source]:
    """The source of any file for as long as it is read."""
    with TemporaryDirectory(prefix="table-") as folder:
        yield inspect_any(path, Path(folder) / "table.csv")


def write_text(path: Path, target: Path) -> None:
    """Write the workbook's one table to `target`; UnreadableError when there is none, or several, or it is no plain workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_claims(archive.infolist())
            for part in archive.infolist():
                _walk(archive, part.filename)
        _write(path, target)
    except _TooMuchError:
        raise UnreadableError(_("This workbook is too large. Save the table as CSV.")) from None
    except UnreadableError:
        raise
    # what a broken or hostile workbook can bring about in the libraries that read it
    except (zipfile.BadZipFile, zlib.error, SAXException, ArithmeticError, AttributeError, EOFError, LookupError, OSError,
            RuntimeError, SyntaxError, TypeError, ValueError) as error:  # fmt: skip
        raise UnreadableError(_("This is no workbook that can be read. Save the table as CSV.")) from error


def _check_claims(parts: Sequence[zipfile.ZipInfo]) -> None:
    """What the archive says of itself; no part can unpack to more than it says."""
    names = [part.filename.lower() for part in parts]
    if "xl/workbook.xml" not in names:
        raise UnreadableError(_("This is a file of kind %(kind)s. Save the table as CSV.") % {"kind": "ZIP"})
    if any("vbaproject" in name for name in names):
        raise UnreadableError(_("This workbook has macros. Save it as a plain workbook (XLSX) or as CSV."))
    if any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names):
        raise zipfile.BadZipFile("a part would lie outside")
    if len(set(names)) < len(names) or any(part.flag_bits & 1 or part.compress_type not in PACKED for part in parts):
        raise zipfile.BadZipFile("a part stands twice, is encrypted or packed as spreadsheets never do")
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > BYTES_MAX:
        raise _TooMuchError
    if any(part.file_size > max(RATIO_FREE_BYTES, part.compress_size * RATIO_MAX) for part in parts):
        raise _TooMuchError


class _Counter(ContentHandler):
    """Counts what a part holds; a row as wide as no table is too much."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.left, self.cells, self.length = most, 0, 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - the parser's word
        self.left -= 1
        self.cells = 0 if name == "row" else self.cells + (name == "c")
        self.length = 0
        if self.left < 0 or self.cells > CELLS_IN_A_ROW_MAX:
            raise _TooMuchError

    def characters(self, content: str) -> None:
        self.length += len(content)
        if self.length > CHARACTERS_IN_A_CELL_MAX:
            raise _TooMuchError


def _walk(archive: zipfile.ZipFile, name: str) -> None:
    """Read a part of XML from end to end, as nothing but elements; entities and document types are refused."""
    from defusedxml.sax import parse

    if not name.lower().endswith((".xml", ".rels")):
        return
    most = ELEMENTS_MAX if name.lower().startswith(TABLES) else ELEMENTS_BESIDE_MAX
    with archive.open(name) as part:
        parse(part, _Counter(most), forbid_dtd=True)


def _write(path: Path, target: Path) -> None:
    from openpyxl import load_workbook

    with path.open("rb") as packed, target.open("w", encoding="utf-8", newline="") as file:
        book = load_workbook(packed, read_only=True, data_only=True, keep_links=False)
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        tables = [sheet for sheet in shown if any(map(_has_text, islice(_rows(sheet), ROWS_MAX)))]
        if len(tables) > 1:
            names = ", ".join(sheet.title for sheet in tables)
            raise UnreadableError(_("Several sheets hold rows (%(names)s). Keep one of them.") % {"names": names})
        for table in tables:
            _write_rows(_rows(table), file)


def _rows(sheet: Any) -> Iterator[Sequence[object]]:
    sheet.reset_dimensions()  # a sheet may claim any
    rows: Iterator[Sequence[object]] = sheet.iter_rows(values_only=True)
    return rows


def _write_rows(rows: Iterator[Sequence[object]], file: IO[str]) -> None:
    """The rows as lines, each as wide as the first that holds anything; an empty row is an empty line."""
    until = time.monotonic() + SECONDS_MAX
    writer, width = csv.writer(file, lineterminator="\n"), 0
    for number, row in enumerate(rows):
        if number > ROWS_MAX or time.monotonic() > until:
            raise _TooMuchError
        if len(row) > CELLS_IN_A_ROW_MAX:
            raise _TooMuchError
        cells = [_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        width = width or len(cells)
        writer.writerow(cells + [""] * (width - len(cells)) if cells else [])


def _has_text(row: Sequence[object]) -> bool:
    return any(value is not None and str(value).strip() for value in row)


def _text(value: object) -> str:
    """A cell as text in one line."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case int() | float():
            return _number(value)
        case datetime():
            return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ", "seconds")
        case date():
            return value.isoformat()
        case _:
            return defused(" ".join(restored(unescaped(str(value))).splitlines()))


def _number(value: float) -> str:
    """A number as it was typed. Longer ones than spreadsheets keep have lost their last digits: no row may hold them."""
    if abs(value) >= 10**DIGITS_MAX or value != value:  # noqa: PLR0124 - not a number
        return INEXACT
    shown = format(Decimal(f"{value:.{DIGITS_MAX}g}"), "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
