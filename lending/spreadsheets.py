"""Text in CSV files that spreadsheets open: no cell may be taken for a formula.

A cell that begins with one of the characters by which spreadsheets know formulas (full-width forms too) is written behind an
apostrophe; reading takes that apostrophe away again, so values come back as they went (OWASP ASVS 5.0, 1.2.10).
"""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")
APOSTROPHE = "'"
BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets take UTF-8 for something else."""


def defused(text: str) -> str:
    """The text as a cell that no spreadsheet computes."""
    inner = text.lstrip(APOSTROPHE + " ")
    return APOSTROPHE + text if inner.startswith(FORMULA_STARTS) else text


def restored(cell: str) -> str:
    """The text that `defused` made this cell of."""
    return cell[1:] if cell.startswith(APOSTROPHE) and defused(cell[1:]) != cell[1:] else cell


def csv_lines(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A CSV file piece by piece, every cell defused."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield BYTE_ORDER_MARK
    for row in chain([head], rows):
        writer.writerow([defused(cell) for cell in row])
        if buffer.tell() > 16_384:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
