"""A borrower's payment over the loans of one funder: a payment on each, once by its reference, all or none."""

from datetime import date

import pytest

from changed import guarantee
from lending.models import Borrower, Loan, Payment
from lending.parties import get_funder
from lending.payment_rules import PaymentConflictError, PaymentError
from lending.spreading import post_for_borrower, preview_of
from lending.verify import verify
from tests.lending.book.books import AT, Book

ON = date(2025, 3, 1)


def lend(book: Book, borrower: Borrower, due: str = "2025-02-01", rate_ppm: int = 240_000) -> Loan:
    loan = book.loan([(due, 100_00, 10_00), ("2025-06-01", 100_00, 10_00)], borrower=borrower)
    Loan.objects.filter(pk=loan.pk).update(annual_rate_ppm=rate_ppm)
    return loan


def pay(borrower: Borrower, amount: int, *, reference: str = "S1", **changes: object) -> list[Payment]:
    given = {
        "borrower": borrower, "funder": get_funder("harbour"), "reference": reference, "value_on": ON, "amount": amount,
        "currency": "CNY", "channel": Payment.Channel.API, "on": ON, "at": AT, "by": None,
    } | changes  # fmt: skip
    return post_for_borrower(**given)  # type: ignore[arg-type]  # arguments by name


def shares(payments: list[Payment]) -> list[tuple[str, str, int]]:
    return [(payment.loan.number, payment.reference, payment.amount) for payment in payments]


def test_the_heaviest_debt_that_is_due_comes_first(book: Book) -> None:
    borrower = book.borrower()
    light, heavy = lend(book, borrower), lend(book, borrower, rate_ppm=360_000)
    book.closed("2025-03-01")

    posted = pay(borrower, 150_00)

    assert shares(posted) == [(heavy.number, "S1/1", 110_00), (light.number, "S1/2", 40_00)]
    assert verify() == []


def test_of_debts_that_are_due_the_one_without_a_guarantee_comes_first(book: Book) -> None:
    borrower = book.borrower()
    guaranteed, bare = lend(book, borrower, rate_ppm=360_000), lend(book, borrower)
    guarantee(guarantor=get_funder("surety"), loan=guaranteed, cap_ppm=500_000)
    book.closed("2025-03-01")

    posted = pay(borrower, 150_00)

    assert shares(posted) == [(bare.number, "S1/1", 110_00), (guaranteed.number, "S1/2", 40_00)]


def test_of_two_guaranteed_debts_the_one_guaranteed_less_comes_first(book: Book) -> None:
    borrower = book.borrower()
    wholly, partly = lend(book, borrower, rate_ppm=360_000), lend(book, borrower)
    guarantee(guarantor=get_funder("surety"), funder=wholly.funder)
    guarantee(guarantor=get_funder("surety"), loan=partly, cap_ppm=100_000)
    book.closed("2025-03-01")

    told = preview_of(borrower, wholly.funder, "CNY", value_on=ON, amount=110_00)

    assert told.by_loan() == {partly.number: 110_00}


def test_the_loan_that_the_debtor_names_comes_first(book: Book) -> None:
    borrower = book.borrower()
    light, heavy = lend(book, borrower), lend(book, borrower, rate_ppm=360_000)
    book.closed("2025-03-01")

    told = preview_of(borrower, light.funder, "CNY", value_on=ON, amount=250_00, named=[light.number])

    assert told.by_loan() == {light.number: 220_00, heavy.number: 30_00}


def test_the_same_money_twice_is_posted_once(book: Book) -> None:
    borrower = book.borrower()
    lend(book, borrower), lend(book, borrower)
    book.closed("2025-03-01")

    first, again = pay(borrower, 300_00), pay(borrower, 300_00)

    assert shares(first) == shares(again)
    assert Payment.objects.count() == 2
    with pytest.raises(PaymentConflictError):
        pay(borrower, 301_00)


def test_more_than_everything_is_held_on_the_last(book: Book) -> None:
    borrower = book.borrower()
    lend(book, borrower), lend(book, borrower)
    book.closed("2025-03-01")

    posted = pay(borrower, 500_00)

    assert [payment.amount for payment in posted] == [220_00, 280_00]
    assert verify() == []


def test_loans_of_other_funders_and_currencies_are_left_alone(book: Book) -> None:
    borrower = book.borrower()
    loan = lend(book, borrower)
    other = lend(book, borrower, rate_ppm=360_000)
    Loan.objects.filter(pk=other.pk).update(funder=get_funder("south", "South Bank"))
    book.loan([("2025-02-01", 100_00, 0)], borrower=borrower, currency="USD")
    book.closed("2025-03-01")

    posted = pay(borrower, 1_000_00)

    assert [payment.loan for payment in posted] == [loan]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"currency": "USD"}, "owes this funder nothing in USD", id="another currency"),
        pytest.param({"named": ["nowhere"]}, "nowhere is not among", id="a loan that is not among them"),
        pytest.param({"reference": "x" * 77}, "too long", id="a long reference"),
    ],
)
def test_what_makes_no_sense_is_refused(book: Book, changes: dict[str, object], words: str) -> None:
    borrower = book.borrower()
    lend(book, borrower)
    book.closed("2025-03-01")

    with pytest.raises(PaymentError, match=words):
        pay(borrower, 100_00, **changes)  # type: ignore[arg-type]  # arguments by name
