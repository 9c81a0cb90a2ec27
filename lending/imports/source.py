"""A file as lines of text: UTF-8 with or without a BOM, else GBK. What is no text at all is refused in a plain sentence."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from django.utils.translation import gettext as _

LINE_LENGTH_MAX = 65_536
"""Longer than any row; keeps memory flat whatever the file holds."""
SIGNATURES = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"RIFF": "WebP",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
}
OTHERS = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "ZIP",
    b"\xd0\xcf\x11\xe0": "XLS",
    b"\x1f\x8b": "GZIP",
    b"SQLite f": "SQLite",
}
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
GBK = "gb18030"
"""The superset of GBK that every Chinese spreadsheet writes."""


class UnreadableError(ValueError):
    """Nothing of the file can be read; the sentence says why and what to do."""


class Source(NamedTuple):
    """A text file: its encoding, how many lines it has and the SHA-256 of its bytes."""

    path: Path
    encoding: str
    lines: int
    sha256: str


class Line(NamedTuple):
    number: int
    text: str
    is_cut: bool


def inspect(path: Path) -> Source:
    """Look at the whole file once; UnreadableError when it is empty, missing or no text."""
    try:
        with path.open("rb") as file:
            return _inspect(path, file)
    except OSError as error:
        raise UnreadableError(
            _("The file cannot be read: %(reason)s.") % {"reason": os.strerror(error.errno or 0)}
        ) from None


def _inspect(path: Path, file: IO[bytes]) -> Source:
    _refuse_foreign(file.read(8))
    file.seek(0)
    digest = hashlib.sha256()
    lines = in_utf8 = in_other = 0
    is_blank = True
    while line := file.readline(LINE_LENGTH_MAX):
        digest.update(line)
        lines += 1
        is_blank = is_blank and not line.strip(b"\xef\xbb\xbf \t\r\n,;\x00")
        if not line.isascii():
            if _is_utf8(line):
                in_utf8 += 1
            else:
                in_other += 1
    if is_blank:
        raise UnreadableError(_("The file is empty."))
    return Source(path, "utf-8-sig" if in_utf8 >= in_other else GBK, lines, digest.hexdigest())


def _refuse_foreign(start: bytes) -> None:
    for mark, name in SIGNATURES.items():
        if start.startswith(mark):
            raise UnreadableError(
                _("This is a picture (%(kind)s), not a table. Save the table as CSV.") % {"kind": name}
            )
    for mark, name in OTHERS.items():
        if start.startswith(mark):
            raise UnreadableError(_("This is a file of kind %(kind)s. Save the table as CSV.") % {"kind": name})
    if start.startswith(UTF_16_MARKS):
        raise UnreadableError(_("The file is UTF-16. Save it as CSV in UTF-8."))


def _is_utf8(line: bytes) -> bool:
    """A line cut at the length limit may end inside a character; that is no fault of the encoding."""
    try:
        line.decode()
    except UnicodeDecodeError as error:
        return len(line) == LINE_LENGTH_MAX and error.end >= len(line) - 3
    return True


def lines_of(source: Source) -> Iterator[Line]:
    """The lines with their numbers, from 1; bytes that mean nothing become U+FFFD, which no row may hold."""
    with source.path.open(encoding=source.encoding, errors="replace") as file:
        number = 0
        while text := file.readline(LINE_LENGTH_MAX):
            number += 1
            is_cut = len(text) == LINE_LENGTH_MAX and not text.endswith("\n")
            yield Line(number, text.rstrip("\n"), is_cut)
            while is_cut and not text.endswith("\n"):
                text = file.readline(LINE_LENGTH_MAX)
                if not text:
                    return
