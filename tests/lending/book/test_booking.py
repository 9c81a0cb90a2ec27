"""Loans enter with the schedule of their terms."""

from datetime import date
from fractions import Fraction

import pytest

from audit.models import Entry
from lending.booking import DuplicateLoanError, NewLoan, book_many, register_loan
from lending.models import Instalment, Loan, ScheduleVersion
from lending.schedules import Every, Terms, TermsError, Unit
from tests.lending.book.books import AT, Book, arrears

TERMS = Terms(principal=12_000_00, annual_rate_ppm=240_000, periods=12, start_on=date(2025, 1, 1))


def register(book: Book, number: str = "L1", terms: Terms = TERMS) -> Loan:
    return register_loan(
        number=number, funder=book.funder(), product=book.product(), borrower=book.borrower(), terms=terms, at=AT
    )


def test_a_loan_has_the_rows_of_its_terms(book: Book) -> None:
    loan = register(book)

    rows = Instalment.objects.filter(loan=loan, is_current=True).order_by("n")
    assert [row.principal + row.interest for row in rows] == [1_134_72] * 11 + [1_134_67]
    assert sum(row.principal for row in rows) == loan.principal
    assert loan.first_due_on == rows[0].due_on == date(2025, 2, 1)
    assert ScheduleVersion.objects.get(loan=loan).number == 1


def test_a_loan_is_recorded(book: Book) -> None:
    register(book)

    assert Entry.objects.get().action == "lending.loan_registered"


def test_a_number_is_taken_once(book: Book) -> None:
    register(book)

    with pytest.raises(DuplicateLoanError, match="L1"):
        register(book)

    assert Loan.objects.count() == ScheduleVersion.objects.count() == 1


def test_a_bulk_with_a_bad_row_enters_nothing(book: Book) -> None:
    common = book.funder(), book.product(), book.borrower()
    impossible = Terms(principal=10, annual_rate_ppm=0, periods=12, start_on=date(9999, 1, 1))

    with pytest.raises(TermsError):
        book_many([NewLoan("L1", *common, TERMS), NewLoan("L2", *common, impossible)], at=AT)

    assert not Loan.objects.exists()


def test_a_frequency_without_a_name_and_an_inexact_rate_are_kept(book: Book) -> None:
    terms = Terms(
        principal=1_000_00,
        annual_rate_ppm=Fraction(365_000, 7),
        periods=3,
        start_on=date(2025, 1, 1),
        frequency=Every(10, Unit.DAYS),
    )

    loan = register(book, terms=terms)

    assert (loan.frequency, loan.annual_rate_ppm) == ("every 10 days", 52_143)


def test_a_loan_entered_late_is_brought_to_the_day_the_book_has_reached(book: Book) -> None:
    book.closed("2025-02-11")

    loan = register(book)

    assert arrears(loan).oldest_due_on == date(2025, 2, 1)
    assert arrears(loan).as_of == date(2025, 2, 11)


def test_a_thousand_rows_are_booked_in_few_queries(book: Book, django_assert_max_num_queries: object) -> None:
    common = book.funder(), book.product(), book.borrower()

    with django_assert_max_num_queries(30):  # type: ignore[operator]
        book_many([NewLoan(f"L{n}", *common, TERMS) for n in range(100)], at=AT)

    assert Instalment.objects.count() == 1_200
