"""What a row of a file says once it makes sense, and what is to be said about the others."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple, TypeVar

from lending.booking import frequency_text
from lending.contracts import more_terms
from lending.imports.fields import FieldError
from lending.imports.records import Record
from lending.parties import NewBorrower
from lending.personal import PersonName, PhoneNumber
from lending.schedules import Row, Terms

Row_co = TypeVar("Row_co", covariant=True)
Parsed = tuple[Row_co, list[str]]
"""A row, and what is to be said about it although it is taken."""


class LoanRow(NamedTuple):
    """A loan of a tape. `paid_on` is the value day of a payment in full, where the tape knows of one; `rows` were written by hand."""

    number: str
    funder: tuple[str, str]
    product: tuple[str, str]
    borrower: NewBorrower
    phone: str
    terms: Terms
    first_due_on: date
    paid_on: date | None = None
    rows: tuple[Row, ...] = ()

    @property
    def key(self) -> str:
        return self.number

    @property
    def content(self) -> dict[str, object]:
        """What must agree for a loan in the book to be the same one; names and numbers may have changed since."""
        terms = self.terms
        return {
            "funder": self.funder[0],
            "product": self.product[0],
            "borrower_ref": self.borrower.ref,
            "currency": terms.currency,
            "principal": terms.principal,
            "annual_rate": terms.annual_rate_ppm,
            "periods": terms.periods,
            "method": str(terms.method),
            "frequency": frequency_text(terms),
            "start_on": terms.start_on,
            "first_due_on": self.first_due_on,
            "day_count": str(terms.day_count),
            "more_terms": more_terms(terms, self.rows),
        }


class PaymentRow(NamedTuple):
    """A payment: amount in minor units."""

    reference: str
    loan_number: str
    value_on: date
    amount: int
    currency: str

    @property
    def key(self) -> str:
        return self.reference

    @property
    def content(self) -> dict[str, object]:
        return self._asdict()


AnyRow = LoanRow | PaymentRow


class Problem(NamedTuple):
    """A row that was left out, or taken with a warning: its line, what it is about and the reason in words."""

    line: int
    key: str
    reason: str
    cells: tuple[str, ...] = ()


class Read(NamedTuple):
    """A record of the file: a row with warnings, or the problem with it."""

    line: int
    row: AnyRow | None
    warnings: list[str]
    problem: Problem | None
    record: Record


class Taken(NamedTuple):
    """What became of a chunk of rows; `bad` and `warnings` name the rows by their lines."""

    new: int
    already_there: int
    suspended: int
    bad: list[Problem]
    warnings: list[Problem]

    def plus(self, other: "Taken") -> "Taken":
        """What became of two chunks, one after the other."""
        return Taken(
            self.new + other.new,
            self.already_there + other.already_there,
            self.suspended + other.suspended,
            self.bad + other.bad,
            self.warnings + other.warnings,
        )


PERSONAL_COLUMNS = {"borrower_name": PersonName, "phone": PhoneNumber}


def shown(record: Record) -> tuple[str, ...]:
    """The cells as a report may keep them: names and numbers masked."""
    return tuple(
        str(PERSONAL_COLUMNS[name](cell)) if name in PERSONAL_COLUMNS else cell for name, cell in record.cells.items()
    )


def read(record: Record, key_column: str, parse: Callable[[dict[str, str]], Parsed[AnyRow]]) -> Read:
    """The record as a row, or the reason why it is none."""
    reason = record.fault
    if not reason:
        try:
            row, warnings = parse(record.cells)
        except FieldError as error:
            reason = str(error)
        else:
            return Read(record.line, row, warnings, None, record)
    key = record.cells.get(key_column, "")[:80]
    return Read(record.line, None, [], Problem(record.line, key, reason, shown(record)), record)


def in_chunks(found: Iterator[Read], size: int) -> Iterator[list[Read]]:
    """The records in lists of at most `size`."""
    chunk: list[Read] = []
    for each in found:
        chunk.append(each)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
