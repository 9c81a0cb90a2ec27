"""Text in CSV files that spreadsheets open: no cell may be taken for a formula.

A cell that begins with one of the characters by which spreadsheets know formulas (full-width forms too) is written behind an
apostrophe; reading takes that apostrophe away again, so values come back as they went (OWASP ASVS 5.0, 1.2.10). Every cell is
quoted, so that none falls apart where a spreadsheet parts columns by semicolons or tabs.
"""

import csv
import io
from collections.abc import Iterable, Iterator

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")
APOSTROPHE = "'"
BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets take UTF-8 for something else."""
PIECE_LENGTH = 16_384


def defused(text: str) -> str:
    """The text as a cell that no spreadsheet computes."""
    inner = text.lstrip(APOSTROPHE + " ")
    return APOSTROPHE + text if inner.startswith(FORMULA_STARTS) else text


def restored(cell: str) -> str:
    """The text that `defused` made this cell of."""
    return cell[1:] if cell.startswith(APOSTROPHE) and defused(cell[1:]) != cell[1:] else cell


def csv_pieces(rows: Iterable[Iterable[str]], head: Iterable[str] | None = None) -> Iterator[str]:
    """Rows of a CSV file piece by piece, every cell defused; with `head` from the beginning of the file."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    if head is not None:
        buffer.write(BYTE_ORDER_MARK)
        writer.writerow([defused(cell) for cell in head])
    for row in rows:
        writer.writerow([defused(cell) for cell in row])
        if buffer.tell() > PIECE_LENGTH:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
