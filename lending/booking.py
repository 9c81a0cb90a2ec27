"""Loans enter the book with the schedule that follows from their terms: version 1 and its instalments.

A loan whose first days lie before the day the book has reached is brought to that day in the same transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol

from django.db import IntegrityError, transaction

from audit.record import record
from lending.contracts import contracted, more_terms
from lending.horizon import reached_day
from lending.models import Borrower, Funder, Instalment, Loan, Product, ScheduleVersion
from lending.schedules import Every, Frequency, Row, Terms, Unit, build
from lending.schedules.steps import Step, step_of
from lending.settling import settle
from lending.signals import loans_booked
from lending.sql.writing import insert_many
from staff.models import User

ROWS_MAX = 500


class DuplicateLoanError(ValueError):
    """A loan of that number is in the book already."""


class NewRow(Protocol):
    """An instalment of a schedule, in minor units: a `schedules.Row` is one."""

    @property
    def n(self) -> int: ...
    @property
    def due_on(self) -> date: ...
    @property
    def principal(self) -> int: ...
    @property
    def interest(self) -> int: ...


class NewLoan(NamedTuple):
    """A loan as it enters; TermsError comes from `schedules.build` when its terms give no schedule.

    `rows` were written by hand: they are the schedule, whatever the method says.
    """

    number: str
    funder: Funder
    product: Product
    borrower: Borrower
    terms: Terms
    rows: tuple[Row, ...] = ()

    @property
    def schedule(self) -> tuple[Row, ...]:
        """The rows written by hand, or those that follow from the terms."""
        return self.rows or build(contracted(self.terms, self.product))


@transaction.atomic
def register_loan(
    *,
    number: str,
    funder: Funder,
    product: Product,
    borrower: Borrower,
    terms: Terms,
    at: datetime,
    by: User | None = None,
) -> Loan:
    """Enter one loan; DuplicateLoanError when its number is taken, TermsError when its terms give no schedule."""
    loan = book_many([NewLoan(number, funder, product, borrower, terms)], at=at, by=by)[0]
    record("lending.loan_registered", by=by, at=at, subject=loan, loan=number, principal=loan.principal)
    return loan


@transaction.atomic
def book_many(rows: Sequence[NewLoan], *, at: datetime, by: User | None = None) -> list[Loan]:
    """Enter loans in bulk, all or none, and return them in the order given; whoever imports them writes the audit entry.

    Callers give up to some hundred rows at a time. DuplicateLoanError when a number is taken or stands twice.
    """
    schedules = [row.schedule for row in rows]
    loans = [_loan(row, schedule) for row, schedule in zip(rows, schedules, strict=True)]
    try:
        with transaction.atomic():
            Loan.objects.bulk_create(loans, batch_size=ROWS_MAX)
    except IntegrityError:
        taken = Loan.objects.filter(number__in=[row.number for row in rows]).values_list("number", flat=True)
        raise DuplicateLoanError(", ".join(sorted(taken)) or "a number stands twice") from None
    versions = [
        ScheduleVersion(loan=loan, number=1, effective_on=loan.start_on, made_by=by, made_at=at) for loan in loans
    ]
    ScheduleVersion.objects.bulk_create(versions, batch_size=ROWS_MAX)
    write_rows(zip(versions, schedules, strict=True))
    _bring_up(loans, schedules)
    loans_booked.send(Loan, loans=loans)
    return loans


def write_rows(versions: Iterable[tuple[ScheduleVersion, Iterable[NewRow]]]) -> None:
    """Write the instalments of schedule versions in force."""
    insert_many(
        Instalment,
        ["version", "loan", "is_current", "n", "due_on", "principal", "interest", "paid_principal", "paid_interest"],
        (
            (version.pk, version.loan_id, True, row.n, row.due_on, row.principal, row.interest, 0, 0)
            for version, rows in versions
            for row in rows
        ),
    )


def first_due_on(terms: Terms, rows: Sequence[Row] = ()) -> date:
    """The first due day by the terms themselves; TermsError when they give no schedule."""
    return (rows or build(terms))[0].due_on


def frequency_text(terms: Terms) -> str:
    """The frequency as the loan keeps it: its name, or "every 2 weeks"."""
    frequency = terms.frequency
    return f"every {frequency.every} {frequency.unit}" if isinstance(frequency, Every) else str(frequency)


def frequency_of(text: str) -> Frequency | Every:
    """The frequency behind what `frequency_text` says."""
    if not text.startswith("every "):
        return Frequency(text)
    _every, count, unit = text.split()
    return Every(int(count), Unit(unit))


def step_of_loan(frequency: str) -> Step:
    """The regular period behind what `frequency_text` says."""
    return step_of(frequency_of(frequency))


def _loan(row: NewLoan, schedule: Sequence[Row]) -> Loan:
    terms = row.terms
    return Loan(
        number=row.number,
        borrower=row.borrower,
        funder=row.funder,
        product=row.product,
        currency=terms.currency,
        principal=terms.principal,
        annual_rate_ppm=round(terms.annual_rate_ppm),
        periods=terms.periods,
        method=str(terms.method),
        frequency=frequency_text(terms),
        day_count=str(terms.day_count),
        start_on=terms.start_on,
        first_due_on=first_due_on(terms, row.rows),
        more_terms=more_terms(terms, row.rows),
    )


def _bring_up(loans: Sequence[Loan], schedules: Sequence[Sequence[Row]]) -> None:
    """Settle the loans that fell due before the day the book has reached."""
    on = reached_day()
    if on:
        settle((loan.pk for loan, rows in zip(loans, schedules, strict=True) if rows[0].due_on <= on), on=on)
