"""A short-term lender's tape: one bullet instalment a loan, no interest, no names; days as month/day/year.

`past_due_days` is the lender's own count: for a paid loan up to the day of payment, for an unpaid one up to the day of the
tape, which is the day that most unpaid rows count to. Where it disagrees with the dates, the dates count and the row is
taken with a warning.
"""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from lending.imports import fields
from lending.imports.fields import Cells, FieldError
from lending.imports.records import Record
from lending.imports.rows import LoanRow, Parsed
from lending.parties import NewBorrower
from lending.schedules import Method, Terms

COLUMNS = (
    *("loan_id", "loan_status", "principal", "terms", "effective_date", "due_date", "paid_off_time", "past_due_days"),
)
STATUSES = {"PAIDOFF", "COLLECTION", "COLLECTION_PAIDOFF"}
CURRENCY = "CNY"
FUNDER = ("payday-lender", "Payday lender")
PRODUCT = ("payday", "Payday loan")
DAYS_PAST_DUE_MAX = 36_525
_MOMENT = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})( +([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?)?", re.ASCII)


class Payday(NamedTuple):
    """Reads the rows of a tape that was drawn on `tape_on` (None: it has no unpaid row that says so)."""

    tape_on: date | None

    @classmethod
    def of(cls, records: Iterable[Record]) -> "Payday":
        """The reader for a tape, from a first look at its unpaid rows."""
        counted = Counter(day for record in records if not record.fault and (day := _counted_to(record.cells)))
        return cls(counted.most_common(1)[0][0] if counted else None)

    def read_loan(self, cells: Cells) -> Parsed[LoanRow]:
        """A loan; FieldError names the first column that makes no sense."""
        number = fields.loan_number(cells, "loan_id")
        if cells["loan_status"].upper() not in STATUSES:
            words = _("'%(value)s' is none of %(known)s")
            value = {"value": cells["loan_status"][:40], "known": ", ".join(sorted(STATUSES))}
            raise FieldError("loan_status", words % value)
        start_on, due_on = _day(cells, "effective_date"), _day(cells, "due_date")
        if due_on <= start_on:
            raise FieldError("due_date", _("must lie after the start"))
        paid_on = _day(cells, "paid_off_time") if cells["paid_off_time"] else None
        if paid_on and paid_on < start_on:
            raise FieldError("paid_off_time", _("lies before the start"))
        terms = Terms(
            principal=fields.amount(cells, "principal", CURRENCY),
            annual_rate_ppm=0,
            periods=1,
            start_on=start_on,
            currency=CURRENCY,
            method=Method.BULLET,
            first_due_on=due_on,
        )
        row = LoanRow(number, FUNDER, PRODUCT, NewBorrower(number), "", terms, due_on, paid_on)
        return row, self._warnings(cells, due_on, paid_on)

    def _warnings(self, cells: Cells, due_on: date, paid_on: date | None) -> list[str]:
        warnings = []
        if cells["loan_status"].upper() != "COLLECTION" and paid_on is None:
            words = _("loan_status: is %(status)s, but no payment is dated; taken as unpaid")
            warnings.append(words % {"status": cells["loan_status"]})
        said, counted_to = cells["past_due_days"], paid_on or self.tape_on
        found = max(0, (counted_to - due_on).days) if counted_to else None
        if found is not None and said != str(found) and (said or found):
            words = _("past_due_days: is '%(said)s', but from %(due)s to %(day)s it is %(found)s; the dates count")
            warnings.append(words % {"said": said[:40], "due": due_on, "day": counted_to, "found": found})
        return warnings


def _day(cells: Cells, column: str) -> date:
    value = fields.text(cells, column, 40)
    found = _MOMENT.fullmatch(value)
    if not found:
        raise FieldError(column, _("'%(value)s' is no date as month/day/year") % {"value": value})
    month, day, year = map(int, found.group(1, 2, 3))
    return fields.day_of(column, value, year, month, day)


def _counted_to(cells: Cells) -> date | None:
    """The day up to which an unpaid row counts, or None where it says nothing."""
    if cells["paid_off_time"] or not cells["past_due_days"].isdecimal():
        return None
    try:
        days = fields.whole(cells, "past_due_days", 1, DAYS_PAST_DUE_MAX)
        return _day(cells, "due_date") + timedelta(days=days)
    except FieldError:
        return None
