"""A CSV file as rows of texts, for models: UTF-8 (with or without its mark) or GBK, a header, every row as long as it."""

import csv
from collections.abc import Iterator
from pathlib import Path

ENCODINGS = ("utf-8-sig", "gbk")


class TableError(ValueError):
    """A file that is no table; says where and why."""


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows, one at a time; TableError."""
    with path.open(encoding=_encoding_of(path), newline="") as file:
        reader = csv.reader(file)
        header = [name.strip() for name in next(reader, [])]
        if not header or not all(header) or len(set(header)) < len(header):
            raise TableError("the first line has to name every column once")
        for line, cells in enumerate(reader, start=2):
            if not cells:
                continue
            if len(cells) != len(header):
                raise TableError(f"line {line} has {len(cells)} cells, the header {len(header)}")
            yield dict(zip(header, cells, strict=True))


def columns_of(path: Path) -> dict[str, list[str]]:
    """The whole table by columns; TableError, also where it has no rows."""
    columns: dict[str, list[str]] = {}
    for row in rows_of(path):
        for name, cell in row.items():
            columns.setdefault(name, []).append(cell)
    if not columns:
        raise TableError("there are no rows")
    return columns


def _encoding_of(path: Path) -> str:
    for encoding in ENCODINGS:
        try:
            with path.open(encoding=encoding) as file:
                while file.read(1 << 20):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise TableError("it is neither UTF-8 nor GBK")
