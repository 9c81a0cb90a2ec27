"""The kinds of files that the console understands."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lending.imports import loans, more_terms, native, payday, receipts
from lending.imports.fields import Cells
from lending.imports.mapping import Mapping
from lending.imports.payday import Payday
from lending.imports.records import Record, header_of, records_of
from lending.imports.rows import AnyRow, Parsed, Read, Taken, read
from lending.imports.source import Source

MAPPABLE = ("native", "payments")
"""What a file of other columns than ours may hold."""
MAPPED_COLUMNS_MIN = 2
Parse = Callable[[Cells], Parsed[Any]]


class Take(Protocol):
    """Writes a chunk of rows, each with its line, in the caller's transaction."""

    def __call__(self, lines: Sequence[tuple[int, Any]], /, *, at: Any, by: Any) -> Taken: ...


class Format(NamedTuple):
    """A kind of file: its columns, which of them names a row, how rows are read and what takes them.

    `optional` columns may be empty, `more` may be missing altogether; a file of a lender's own columns is read through a
    `mapping`. `times` is how many times as many rows as usual go at once where nobody waits for them.
    """

    code: str
    label: str | Promise
    columns: tuple[str, ...]
    key: str
    parser: Callable[[Iterator[Record]], Parse]
    take: Take
    optional: tuple[str, ...] = ()
    mapping: Mapping | None = None
    times: int = 1
    more: tuple[str, ...] = ()

    @property
    def mappable(self) -> tuple[str, ...]:
        """What a lender's own columns may give."""
        return (*self.columns, *self.more)

    def is_needed(self, column: str) -> bool:
        return column not in self.optional and column not in self.more

    def check(self, source: Source) -> None:
        """UnreadableError when the header lacks a column."""
        next(self._records(source), None)

    def check_or_map(self, source: Source) -> None:
        """UnreadableError when the header lacks a column and a mapping cannot help: there must be something to choose from."""
        if self.code not in MAPPABLE or len(header_of(source)) < MAPPED_COLUMNS_MIN:
            self.check(source)

    def needs_mapping(self, source: Source) -> bool:
        """Whether the file has other columns than ours."""
        return self.mapping is None and not set(self.columns) <= set(header_of(source))

    def read(self, source: Source) -> Iterator[Read]:
        """Every record of the file as a row or a problem; UnreadableError when the header lacks a column."""
        parse = self.parser(self._records(source))
        return (read(record, self.key, parse) for record in self._records(source))

    def _records(self, source: Source) -> Iterator[Record]:
        if self.mapping is None:
            return records_of(source, self.columns)
        translated = self.mapping.translated
        return (translated(record, self.mappable) for record in records_of(source, self.mapping.theirs))


LOAN_FORMATS = {
    "native": Format(
        "native",
        _("Loans"),
        native.LOAN_COLUMNS,
        "number",
        lambda _records: native.read_loan,
        loans.take,
        native.LOAN_COLUMNS_OPTIONAL,
        more=more_terms.COLUMNS,
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
    "payments",
    _("Payments"),
    native.PAYMENT_COLUMNS,
    "reference",
    lambda _records: native.read_payment,
    receipts.post,
    times=4,
)
FORMATS = {**LOAN_FORMATS, "payments": PAYMENTS}
Rows = Sequence[tuple[int, AnyRow]]


def format_of(code: str, mapping: dict[str, Any] | None) -> Format:
    """The format of that code, read through the mapping that a job keeps."""
    return FORMATS[code]._replace(mapping=Mapping.of(mapping) if mapping else None)
