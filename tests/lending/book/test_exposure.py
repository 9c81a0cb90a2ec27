"""What a borrower owes over all loans."""

from datetime import date

from lending.exposure import Exposure, exposures
from tests.lending.book.books import Book

LATE = [("2025-02-01", 100_00, 5_00), ("2025-06-01", 50_00, 5_00)]
LATER = [("2025-02-20", 30_00, 1_00)]


def test_loans_of_one_borrower_are_one_exposure(book: Book) -> None:
    borrower = book.borrower()
    book.loan(LATE, borrower=borrower, penalty_rate_ppm=360_000)
    book.loan(LATER, borrower=borrower)
    book.close_through("2025-02-01", "2025-03-04")

    assert exposures(on=date(2025, 3, 4)) == {
        borrower.pk: Exposure(
            borrower_id=borrower.pk,
            currency="CNY",
            loans_in_arrears=2,
            oldest_due_on=date(2025, 2, 1),
            bucket="M2",
            overdue=136_00,
            penalty=3_10,
        )
    }


def test_a_borrower_who_is_current_is_listed_only_when_asked_for(book: Book) -> None:
    borrower = book.borrower()
    book.loan(LATE, borrower=borrower)
    book.close("2025-01-31")

    asked = exposures([borrower.pk], on=date(2025, 1, 31))[borrower.pk]

    assert exposures(on=date(2025, 3, 4)) == {}
    assert (asked.loans_in_arrears, asked.oldest_due_on, asked.bucket) == (0, None, "M0")


def test_a_borrower_without_loans_has_no_exposure(book: Book) -> None:
    assert exposures([book.borrower().pk], on=date(2025, 1, 31)) == {}


def test_amounts_of_two_currencies_are_not_added(book: Book) -> None:
    borrower = book.borrower()
    book.loan(LATER, borrower=borrower, currency="CNY")
    book.loan(LATE, borrower=borrower, currency="USD")
    book.close("2025-03-04")

    exposure = exposures(on=date(2025, 3, 4))[borrower.pk]

    assert (exposure.currency, exposure.overdue, exposure.loans_in_arrears) == ("USD", 105_00, 2)


def test_exposures_of_many_borrowers_are_three_queries(book: Book, django_assert_num_queries: object) -> None:
    for _ in range(10):
        book.loan(LATE)
    book.close("2025-03-04")

    with django_assert_num_queries(3):  # type: ignore[operator]
        assert len(exposures(on=date(2025, 3, 4))) == 10
