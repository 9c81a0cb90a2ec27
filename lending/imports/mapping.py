"""A lender's own columns: which of them gives which of ours, what every row has, and in which order its days are written.

A mapping changes what a cell is called and how a day or a well-known word is spelt; what the cell must be is for the format
to say. Files are known again by their header, whatever the order of its columns.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, Self

from lending.imports.columns import SYNONYMS, WORDS
from lending.imports.records import Record

DAY_COLUMNS = ("start_on", "first_due_on", "value_on")
_NUMBERS = re.compile(r"\d+", re.ASCII)
_COMPACT = re.compile(r"\d{8}", re.ASCII)


class DayOrder(StrEnum):
    """How the lender writes a day: 2026-1-31, 2026年1月31日 or 20260131; 31/1/2026; 1/31/2026."""

    YEAR = "year"
    DAY = "day"
    MONTH = "month"


class Mapping(NamedTuple):
    """Our column to theirs, our column to a text that every row has, and the order of days."""

    columns: dict[str, str]
    always: dict[str, str]
    days: DayOrder

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        """The mapping as a job or the book keeps it."""
        return cls(dict(kept["columns"]), dict(kept["always"]), DayOrder(kept["days"]))

    @property
    def theirs(self) -> list[str]:
        """The columns that the file must have."""
        return sorted(set(self.columns.values()))

    def translated(self, record: Record, wanted: Iterable[str]) -> Record:
        """The record under our names; what is neither mapped nor given is empty."""
        cells = {ours: self._cell(ours, record.cells) for ours in wanted}
        return Record(record.line, cells, record.fault)

    def _cell(self, ours: str, cells: dict[str, str]) -> str:
        value = cells.get(self.columns[ours], "") if ours in self.columns else self.always.get(ours, "")
        if ours in DAY_COLUMNS:
            return iso_text(value, self.days)
        return WORDS.get(ours, {}).get(value.lower(), value)


def iso_text(text: str, order: DayOrder) -> str:
    """A day of that order as 2026-01-31; what is none stays as it is, for the format to refuse. A time of day is cut off."""
    day = text.partition(" ")[0].partition("T")[0]
    numbers = [day[:4], day[4:6], day[6:]] if _COMPACT.fullmatch(day) else _NUMBERS.findall(day)
    if len(numbers) != 3:
        return text
    places = {DayOrder.YEAR: (0, 1, 2), DayOrder.DAY: (2, 1, 0), DayOrder.MONTH: (2, 0, 1)}
    year, month, day_of_month = (numbers[place] for place in places[order])
    return f"{year}-{month:0>2}-{day_of_month:0>2}" if len(year) == 4 else text


def fingerprint(header: Iterable[str]) -> str:
    """By which a lender's next file is known."""
    return hashlib.sha256("\n".join(sorted(header)).encode()).hexdigest()


def guess(header: Sequence[str], wanted: Iterable[str]) -> Mapping:
    """What the names of the columns suggest; each of theirs is used once."""
    columns: dict[str, str] = {}
    for ours in wanted:
        known = {ours, *SYNONYMS.get(ours, ())}
        found = next((name for name in header if name in known and name not in columns.values()), None)
        if found:
            columns[ours] = found
    return Mapping(columns, {}, DayOrder.YEAR)
