"""The kinds of files that the console understands."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lending.imports import loans, native, payday, receipts
from lending.imports.fields import Cells
from lending.imports.payday import Payday
from lending.imports.records import Record, records_of
from lending.imports.rows import AnyRow, Parsed, Read, Taken, read
from lending.imports.source import Source

Parse = Callable[[Cells], Parsed[Any]]


class Take(Protocol):
    """Writes a chunk of rows, each with its line, in the caller's transaction."""

    def __call__(self, lines: Sequence[tuple[int, Any]], /, *, at: Any, by: Any) -> Taken: ...


class Format(NamedTuple):
    """A kind of file: its columns, which of them names a row, how rows are read and what takes them."""

    code: str
    label: str | Promise
    columns: tuple[str, ...]
    key: str
    parser: Callable[[Iterator[Record]], Parse]
    take: Take

    def check(self, source: Source) -> None:
        """UnreadableError when the header lacks a column."""
        next(records_of(source, self.columns), None)

    def read(self, source: Source) -> Iterator[Read]:
        """Every record of the file as a row or a problem; UnreadableError when the header lacks a column."""
        parse = self.parser(records_of(source, self.columns))
        return (read(record, self.key, parse) for record in records_of(source, self.columns))


LOAN_FORMATS = {
    "native": Format(
        "native", _("Loans"), native.LOAN_COLUMNS, "number", lambda _records: native.read_loan, loans.take
    ),
    "payday": Format(
        "payday",
        _("Loans: payday tape"),
        payday.COLUMNS,
        "loan_id",
        lambda records: Payday.of(records).read_loan,
        loans.take,
    ),
}
PAYMENTS = Format(
    "payments", _("Payments"), native.PAYMENT_COLUMNS, "reference", lambda _records: native.read_payment, receipts.post
)
FORMATS = {**LOAN_FORMATS, "payments": PAYMENTS}
Rows = Sequence[tuple[int, AnyRow]]
