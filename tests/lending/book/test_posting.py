"""Payments: once by reference, allocated when their day has come, undone by a reversal."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from lending.models import Allocation, Loan, Payment, SuspendedPayment
from lending.posting import (
    NewPayment,
    PaymentConflictError,
    PaymentError,
    ReversalError,
    post_many,
    reverse_payment,
    suspend_payment,
)
from lending.signals import payment_posted
from tests.lending.book.books import AT, Book, accrued, arrears, paid

QUARTER = [("2025-02-01", 100_00, 30_00), ("2025-03-01", 100_00, 20_00), ("2025-04-01", 100_00, 10_00)]
ON = date(2025, 3, 15)


def reverse(payment: Payment, reference: str = "X1") -> Payment:
    return reverse_payment(payment, reference=reference, on=ON, at=AT, by=None)


def bulk(rows: list[NewPayment]) -> list[tuple[bool, bool, str]]:
    """Whether each row is posted, whether it is new, and why not."""
    posted = post_many(rows, channel=Payment.Channel.IMPORT, on=ON, at=AT)
    return [(each.is_posted, each.is_new, each.error) for each in posted]


def test_a_payment_settles_interest_before_principal_of_the_oldest_instalment(book: Book) -> None:
    loan = book.loan(QUARTER)
    book.closed("2025-02-01")

    book.pay(loan, "2025-02-01", 50_00)

    assert paid(loan) == {(1, "interest"): 30_00, (1, "principal"): 20_00}
    row = loan.instalments.get(n=1)
    assert (row.paid_principal, row.paid_interest, row.open) == (20_00, 30_00, 80_00)


def test_a_payment_of_a_day_not_yet_reached_waits_for_its_close(book: Book) -> None:
    loan = book.loan(QUARTER)
    book.closed("2025-01-30")
    book.pay(loan, "2025-02-01", 130_00)

    book.close("2025-01-31")
    before = paid(loan)
    book.close("2025-02-01")

    assert before == {}
    assert paid(loan) == {(1, "interest"): 30_00, (1, "principal"): 100_00}


def test_nothing_is_allocated_before_the_books_first_close(book: Book) -> None:
    loan = book.loan(QUARTER)

    book.pay(loan, "2025-02-01", 130_00)

    assert paid(loan) == {}


def test_the_same_reference_with_the_same_content_is_the_same_payment(book: Book) -> None:
    loan = book.loan(QUARTER)
    first = book.pay(loan, "2025-02-01", 130_00, reference="R1")

    assert book.pay(loan, "2025-02-01", 130_00, reference="R1") == first
    assert Payment.objects.count() == Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("value_on", "amount"), [("2025-02-02", 130_00), ("2025-02-01", 130_01)], ids=["another day", "another amount"]
)
def test_the_same_reference_with_other_content_is_a_conflict(book: Book, value_on: str, amount: int) -> None:
    loan = book.loan(QUARTER)
    book.pay(loan, "2025-02-01", 130_00, reference="R1")

    with pytest.raises(PaymentConflictError):
        book.pay(loan, value_on, amount, reference="R1")


@pytest.mark.parametrize(
    ("value_on", "amount", "currency"),
    [
        ("2024-12-31", 100, "CNY"),
        ("2025-02-01", 100, "USD"),
        ("2025-02-01", 0, "CNY"),
        ("2025-02-01", -5, "CNY"),
        ("2025-02-01", 10_000_000_001, "CNY"),
    ],
    ids=["before the start", "another currency", "nothing", "negative", "huge"],
)
def test_a_payment_that_the_loan_cannot_take_is_refused(book: Book, value_on: str, amount: int, currency: str) -> None:
    loan = book.loan(QUARTER)

    with pytest.raises(PaymentError):
        book.pay(loan, value_on, amount, currency=currency)

    assert not Payment.objects.exists()


def test_a_payment_by_hand_is_recorded_and_told(book: Book) -> None:
    heard: list[int] = []
    loan = book.loan(QUARTER)
    payment_posted.connect(listener := lambda borrower_ids, **_: heard.extend(borrower_ids), weak=False)
    try:
        book.pay(loan, "2025-02-01", 130_00)
    finally:
        payment_posted.disconnect(listener)

    assert heard == [loan.borrower_id]
    assert Entry.objects.get().action == "lending.payment_posted"


def test_a_full_payment_pays_the_loan_off_and_what_is_over_stays_unapplied(book: Book) -> None:
    loan = book.loan(QUARTER)
    book.closed("2025-02-01")

    book.pay(loan, "2025-02-01", 400_00)

    loan.refresh_from_db()
    assert (loan.status, loan.paid_off_on) == (Loan.Status.PAID, date(2025, 2, 1))
    assert sum(paid(loan).values()) == 360_00


def test_a_reversal_opens_the_loan_again(book: Book) -> None:
    loan = book.loan(QUARTER)
    book.closed("2025-02-01")
    payment = book.pay(loan, "2025-02-01", 400_00)

    reversal = reverse(payment)

    loan.refresh_from_db()
    assert (reversal.amount, reversal.value_on, reversal.reverses) == (-400_00, payment.value_on, payment)
    assert (loan.status, loan.paid_off_on) == (Loan.Status.ACTIVE, None)
    assert paid(loan) == {}
    assert Allocation.objects.filter(amount__lt=0).exists()


def test_a_reversal_brings_back_the_penalty_of_the_days_that_seemed_paid(book: Book) -> None:
    """100.00 overdue from 1 February at 36 % over 360 days: 0.10 a day, 14 days to 15 February."""
    loan = book.loan(QUARTER, penalty_rate_ppm=360_000)
    book.closed("2025-02-15")
    payment = book.pay(loan, "2025-02-01", 130_00)

    reverse(payment)

    assert arrears(loan).penalty_accrued == 1_40
    assert sum(amount for *_, amount in accrued(loan)) == 1_40


def test_a_back_dated_payment_takes_back_penalty(book: Book) -> None:
    """Open to 15 February: 1.40, which is paid then. Paid as of the 6th: five days, 0.50, settled before the rest."""
    loan = book.loan([("2025-02-01", 100_00, 0), ("2025-06-01", 100_00, 0)], penalty_rate_ppm=360_000)
    book.close_through("2025-02-01", "2025-02-15")
    book.pay(loan, "2025-02-15", 1_40)

    book.pay(loan, "2025-02-06", 100_50)

    assert accrued(loan)[-1] == ("2025-02-15", "2025-02-15", -90)
    assert arrears(loan).penalty_accrued == arrears(loan).penalty_paid == 50
    assert arrears(loan).oldest_due_on is None
    assert paid(loan) == {(None, "penalty"): 50, (1, "principal"): 100_00, (2, "principal"): 1_40}


def test_a_payment_is_reversed_once(book: Book) -> None:
    payment = book.pay(book.loan(QUARTER), "2025-02-01", 130_00)
    reversal = reverse(payment)

    assert reverse(payment) == reversal
    with pytest.raises(ReversalError):
        reverse(payment, "X2")


def test_a_reversal_cannot_be_reversed_nor_take_a_known_reference(book: Book) -> None:
    loan = book.loan(QUARTER)
    payment = book.pay(loan, "2025-02-01", 130_00, reference="R1")

    with pytest.raises(PaymentConflictError):
        reverse(payment, "R1")
    with pytest.raises(ReversalError):
        reverse(reverse(payment))


def test_a_bulk_says_what_became_of_each_row(book: Book) -> None:
    loan = book.loan(QUARTER)
    good = NewPayment(loan.number, "R1", date(2025, 2, 1), 130_00, "CNY")

    said = bulk(
        [
            good,
            good,
            good._replace(amount=1),
            good._replace(reference="R2", currency="USD"),
            good._replace(reference="R3", loan_number="nowhere"),
        ]
    )

    assert [row[:2] for row in said] == [(True, True), (True, False), (False, False), (False, False), (False, True)]
    assert [bool(row[2]) for row in said] == [False, False, True, True, False]
    assert Payment.objects.count() == SuspendedPayment.objects.count() == 1


def test_a_bulk_settles_what_the_book_has_reached(book: Book) -> None:
    loan = book.loan(QUARTER)
    book.closed("2025-03-01")

    bulk([NewPayment(loan.number, f"R{n}", date(2025, n + 1, 1), 100_00, "CNY") for n in (1, 2, 3)])

    assert sum(paid(loan).values()) == 200_00


def test_the_books_queries_of_a_bulk_do_not_grow_with_its_rows(book: Book) -> None:
    product = book.product()
    loans = [book.loan(QUARTER, product=product) for _ in range(40)]
    book.closed("2025-02-01")

    with CaptureQueriesContext(connection) as asked:
        bulk([NewPayment(loan.number, loan.number, date(2025, 2, 1), 130_00, "CNY") for loan in loans])

    assert Allocation.objects.count() == 80
    assert len([query for query in asked if "cases_case" not in query["sql"]]) <= 45


def test_money_for_an_unknown_loan_is_kept_once(book: Book) -> None:
    def suspend(amount: int) -> SuspendedPayment:
        return suspend_payment(
            reference="R1", loan_number="nowhere", value_on=ON, amount=amount, currency="CNY", reason="unknown", at=AT
        ).payment

    first = suspend(100)

    assert suspend(100) == first
    with pytest.raises(PaymentConflictError):
        suspend(200)
    with pytest.raises(PaymentError):
        suspend(0)


@pytest.mark.parametrize("model", [Payment, Allocation, SuspendedPayment])
def test_money_rows_cannot_be_changed_or_deleted(book: Book, model: type[Payment]) -> None:
    loan = book.loan(QUARTER)
    book.closed("2025-02-01")
    book.pay(loan, "2025-02-01", 130_00)
    bulk([NewPayment("nowhere", "R9", ON, 100, "CNY")])

    for change in (lambda: model.objects.update(amount=1), lambda: model.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_money_in_suspense_is_never_posted_as_something_else(book: Book) -> None:
    loan = book.loan(QUARTER)
    book.closed("2025-03-15")
    came = NewPayment("nobody's", "S1", date(2025, 3, 1), 100_00, "CNY")

    outcomes = bulk([came, came._replace(loan_number=loan.number), came])

    assert [(has_payment, is_new) for has_payment, is_new, _error in outcomes] == [
        (False, True), (False, False), (False, False),
    ]  # fmt: skip
    assert [bool(error) for *_rest, error in outcomes] == [False, True, False]
    with pytest.raises(PaymentConflictError):
        book.pay(loan, "2025-03-01", 100_00, reference="S1")
