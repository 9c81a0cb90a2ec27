"""A fresh book for every test, and loans that a guarantor answers for."""

import pytest

from changed import guarantee
from lending.models import Funder, Loan
from lending.parties import get_funder
from tests.lending.book.books import Book
from tests.lending.creditors.guaranteed import QUARTER


@pytest.fixture
def book(db: None) -> Book:
    return Book()


@pytest.fixture
def surety(db: None) -> Funder:
    return get_funder("surety", "Surety Co")


@pytest.fixture
def late(book: Book, surety: Funder) -> Loan:
    """Three instalments of 110.00, nothing paid by 15 February, guaranteed from 30 days past due beside one not yet due."""
    loan = book.loan(QUARTER)
    book.loan([("2026-12-01", 100_00, 0)])
    guarantee(guarantor=surety, funder=loan.funder)
    book.closed("2025-12-31")
    book.close_through("2026-01-01", "2026-02-15")
    return loan


@pytest.fixture
def own_rate(book: Book, surety: Funder) -> Loan:
    """The product charges 36 % on principal, the guarantor 12 % on all that it pays for; closed up to 15 February."""
    loan = book.loan(QUARTER, penalty_rate_ppm=360_000)
    guarantee(guarantor=surety, funder=loan.funder, penalty_rate_ppm=120_000)
    book.closed("2025-12-31")
    book.close_through("2026-01-01", "2026-02-15")
    return loan
