"""Money after a write-off is recovered: on the loan, in the list and in sum, and nobody is called for it."""

from datetime import date

import pytest

from lending.models import Loan
from lending.posting import reverse_payment
from lending.recovery import Recovered, recovered_by_currency, recovered_of, with_recoveries
from lending.verify import verify
from lending.waiving import request_write_off
from tests.lending.book.books import AT, Book, person, rule

ON = date(2025, 3, 1)


@pytest.fixture
def lost(book: Book) -> Loan:
    """A loan written off with 110.00, for which 30.00 came in before and 40.00 after."""
    loan = book.loan([("2025-02-01", 130_00, 10_00)])
    book.pay(loan, "2025-02-10", 30_00)
    book.close("2025-03-01")
    request = request_write_off(
        loan=loan, reason="uncollectable", words="Gone.", by=person("manager", "another"), at=AT, on=ON
    )
    rule(request, on=ON)
    book.close("2025-03-02")
    book.pay(loan, "2025-03-02", 40_00)
    return loan


def test_what_came_after_the_write_off_is_recovered(lost: Loan) -> None:
    loans = Loan.objects.all()

    assert recovered_of([lost], date(2025, 3, 2)) == 40_00
    assert recovered_of([lost], ON) == 0
    assert recovered_by_currency(loans, date(2025, 3, 2)) == [Recovered("CNY", 110_00, 40_00)]
    assert list(with_recoveries(loans)) == [lost]
    assert verify() == []


def test_it_leaves_the_loan_written_off_and_off_the_worklist(lost: Loan) -> None:
    assert list(Loan.objects.in_arrears()) == []
    assert Loan.objects.get().status == Loan.Status.WRITTEN_OFF


def test_what_bounces_is_not_recovered(book: Book, lost: Loan) -> None:
    payment = lost.payments.get(amount=40_00)

    reverse_payment(payment, reference="X1", on=date(2025, 3, 2), at=AT, by=None)

    assert recovered_of([lost], date(2025, 3, 2)) == 0


def test_a_loan_on_which_nothing_came_is_not_among_the_recovered(book: Book, lost: Loan) -> None:
    other = book.loan([("2025-02-01", 10_00, 0)])

    assert other not in with_recoveries(Loan.objects.all())
