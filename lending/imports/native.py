"""The console's own formats, one loan or one payment a line.

A tape of loans may have further columns (`lending.imports.more_terms`); what it lacks of them is as usual.
"""

from datetime import date

from django.utils.translation import gettext as _

from lending.booking import first_due_on
from lending.daycount import DayCount
from lending.imports import fields, more_terms
from lending.imports.fields import Cells, FieldError
from lending.imports.rows import LoanRow, Parsed, PaymentRow
from lending.models import ContactPoint
from lending.parties import NewBorrower, contact_point_fault
from lending.schedules import Frequency, Method, Row, Terms, TermsError
from lending.schedules.terms import PERIODS_MAX

LOAN_COLUMNS = (
    *("number", "funder", "product", "borrower_ref", "borrower_name", "phone", "language", "time_zone", "currency"),
    *("principal", "annual_rate", "periods", "method", "frequency", "start_on", "first_due_on", "day_count"),
)
LOAN_COLUMNS_OPTIONAL = ("borrower_name", "phone", "language", "time_zone", "frequency", "first_due_on", "day_count")
PAYMENT_COLUMNS = ("reference", "loan_number", "value_on", "amount", "currency")
NAME_LENGTH_MAX = 120


def read_loan(cells: Cells) -> Parsed[LoanRow]:
    """A loan; FieldError names the first column that makes no sense. A phone that is none is only a warning."""
    phone, warnings = cells["phone"], []
    fault = contact_point_fault(ContactPoint.Kind.MOBILE, phone) if phone else None
    if fault:
        phone = ""
        warnings.append(_("phone: %(fault)s The loan is taken without it.") % {"fault": fault})
    terms = _terms(cells)
    rows = more_terms.rows(cells, terms)
    row = LoanRow(
        number=fields.loan_number(cells, "number"),
        funder=fields.code(cells, "funder"),
        product=fields.code(cells, "product"),
        borrower=NewBorrower(
            ref=fields.text(cells, "borrower_ref", 64),
            name=fields.text(cells, "borrower_name", NAME_LENGTH_MAX, required=False),
            language=fields.language(cells, "language"),
            time_zone=fields.time_zone(cells, "time_zone"),
        ),
        phone=phone,
        terms=terms,
        first_due_on=_first_due_on(terms, rows),
        rows=rows,
    )
    return row, warnings


def _first_due_on(terms: Terms, rows: tuple[Row, ...]) -> date:
    """The first due day of the schedule; FieldError when the terms give none."""
    try:
        return first_due_on(terms, rows)
    except TermsError as error:
        raise FieldError(error.field or "periods", error.message) from None


def _terms(cells: Cells) -> Terms:
    currency = fields.currency(cells, "currency")
    start_on = fields.iso_day(cells, "start_on")
    first = fields.iso_day(cells, "first_due_on") if cells["first_due_on"] else None
    if first and first <= start_on:
        raise FieldError("first_due_on", _("must lie after the start"))
    try:
        return Terms(
            principal=fields.amount(cells, "principal", currency),
            annual_rate_ppm=fields.rate(cells, "annual_rate"),
            periods=fields.whole(cells, "periods", 1, PERIODS_MAX),
            start_on=start_on,
            currency=currency,
            method=fields.choice(cells, "method", Method),
            frequency=fields.choice(cells, "frequency", Frequency, Frequency.MONTHLY),
            first_due_on=first,
            day_count=fields.choice(cells, "day_count", DayCount, DayCount.MONTH_12),
            **more_terms.read(cells, currency),
        )
    except TermsError as error:
        raise FieldError(error.field or "number", error.message) from None


def read_payment(cells: Cells) -> Parsed[PaymentRow]:
    """A payment; FieldError names the first column that makes no sense."""
    currency = fields.currency(cells, "currency")
    row = PaymentRow(
        reference=fields.text(cells, "reference", 80),
        loan_number=fields.loan_number(cells, "loan_number"),
        value_on=fields.iso_day(cells, "value_on"),
        amount=fields.amount(cells, "amount", currency),
        currency=currency,
    )
    return row, []
