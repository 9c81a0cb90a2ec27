"""Settling writes what the facts say, and only the difference."""

from datetime import date

import pytest

from lending.facts import facts_of, standing_of, standings_of
from lending.models import Allocation, Arrears, PenaltyAccrual
from lending.settling import settle, settle_reached
from tests.lending.book.books import Book, accrued, arrears, paid

QUARTER = [("2025-02-01", 100_00, 30_00), ("2025-03-01", 100_00, 20_00), ("2025-04-01", 100_00, 10_00)]


def test_a_loan_with_a_history_is_settled_in_one_step(book: Book) -> None:
    """Half of February's row paid ten days late: 100.00 for 10 days, then 50.00 for 18, then 150.00 for 14: 4.00 at 0.1 % a day."""
    loan = book.loan(QUARTER, penalty_rate_ppm=360_000)
    book.pay(loan, "2025-02-11", 81_00)

    assert settle([loan.pk], on=date(2025, 3, 15)) == 1

    assert arrears(loan).penalty_accrued == 1_00 + 90 + 2_10
    assert paid(loan) == {(None, "penalty"): 1_00, (1, "interest"): 30_00, (1, "principal"): 50_00}
    assert accrued(loan) == [("2025-02-01", "2025-03-15", 4_00)]
    assert (arrears(loan).overdue_principal, arrears(loan).overdue_interest) == (150_00, 20_00)


def test_settling_again_writes_nothing(book: Book) -> None:
    loan = book.loan(QUARTER, penalty_rate_ppm=360_000)
    book.pay(loan, "2025-02-11", 81_00)
    settle([loan.pk], on=date(2025, 3, 15))

    assert settle([loan.pk], on=date(2025, 3, 15)) == 0

    assert (Allocation.objects.count(), PenaltyAccrual.objects.count()) == (3, 1)


def test_a_loan_that_pays_on_time_gets_no_arrears_row(book: Book) -> None:
    loan = book.loan(QUARTER)
    book.pay(loan, "2025-02-01", 130_00)

    settle([loan.pk], on=date(2025, 2, 20))

    assert not Arrears.objects.exists()


def test_a_cured_loan_keeps_its_penalty_numerator(book: Book) -> None:
    loan = book.loan([("2025-02-01", 100_00, 0), ("2025-06-01", 100_00, 0)], penalty_rate_ppm=360_000)
    book.pay(loan, "2025-02-11", 101_00)

    settle([loan.pk], on=date(2025, 2, 11))

    assert arrears(loan).oldest_due_on is None
    assert arrears(loan).bucket == "M0"
    assert arrears(loan).penalty_numerator == 100_00 * 360_000 * 10


def test_a_loan_is_never_settled_back_behind_the_day_the_book_has_reached(book: Book) -> None:
    loan = book.loan(QUARTER)
    book.closed("2025-02-11")

    settle([loan.pk], on=date(2025, 2, 5))

    assert arrears(loan).as_of == date(2025, 2, 11)


def test_before_the_first_close_there_is_nothing_to_settle(book: Book) -> None:
    assert settle_reached([book.loan(QUARTER).pk]) == 0


def test_the_queries_of_settling_do_not_grow_with_the_loans(book: Book, django_assert_max_num_queries: object) -> None:
    product = book.product(penalty_rate_ppm=360_000)
    loans = [book.loan(QUARTER, product=product) for _ in range(50)]

    with django_assert_max_num_queries(25):  # type: ignore[operator]
        settle([loan.pk for loan in loans], on=date(2025, 3, 15))


@pytest.mark.parametrize("count", [1, 60])
def test_facts_of_any_number_of_loans_are_nine_queries(
    book: Book, django_assert_num_queries: object, count: int
) -> None:
    product = book.product()
    loans = [book.loan(QUARTER, product=product) for _ in range(count)]

    with django_assert_num_queries(9):  # type: ignore[operator]
        gathered = facts_of(loan.pk for loan in loans)

    assert len(gathered) == count


def test_a_reversed_payment_is_no_fact(book: Book) -> None:
    from tests.lending.book.test_posting import reverse

    loan = book.loan(QUARTER)
    payment = book.pay(loan, "2025-02-01", 130_00)
    reverse(payment)

    assert facts_of([loan.pk])[loan.pk].payments == ()


def test_standing_is_known_for_any_day(book: Book) -> None:
    loan = book.loan(QUARTER)
    book.pay(loan, "2025-02-06", 130_00)

    assert standing_of(loan, date(2025, 2, 5)).days_past_due == 4
    assert standing_of(loan, date(2025, 2, 6)).days_past_due == 0
    assert standings_of([loan], date(2026, 2, 1))[loan.pk].bucket == "M7"
