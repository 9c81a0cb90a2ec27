"""Money in suspense finds its loan once, or goes back once; the proof of the ledger knows where each is."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from audit.guards import lifted
from audit.models import Entry
from audit.presenters import in_words
from lending.models import Loan, Payment, PaymentEvent, SuspendedPayment, SuspenseResolution
from lending.payment_rules import PaymentConflictError, PaymentError
from lending.posting import NewPayment, post_many, post_payment, suspend_payment
from lending.suspense import NotWaitingError, match, return_to_payer, waiting_sums
from lending.verify import verify
from staff.models import Role, User
from tests.lending.book.books import AT, Book, paid

QUARTER = [("2025-02-01", 100_00, 30_00), ("2025-03-01", 100_00, 20_00), ("2025-04-01", 100_00, 10_00)]
ON = date(2025, 3, 15)


@pytest.fixture
def clerk(db: None) -> User:
    return User.objects.create(username="clerk", role=Role.SUPERVISOR)


@pytest.fixture
def loan(book: Book) -> Loan:
    loan = book.loan(QUARTER)
    book.close("2025-03-15")
    return loan


def suspended(amount: int = 130_00, *, reference: str = "S1", currency: str = "CNY") -> SuspendedPayment:
    return suspend_payment(
        reference=reference,
        loan_number="L-9",
        value_on=date(2025, 2, 1),
        amount=amount,
        currency=currency,
        reason="unknown loan",
        at=AT,
    ).payment


def put(money: SuspendedPayment, loan: Loan, by: User) -> Payment:
    return match(money, loan=loan, note="the borrower called", on=ON, at=AT, by=by)


def send_back(money: SuspendedPayment, by: User) -> SuspenseResolution:
    return return_to_payer(money, note="bank transfer 77", on=ON, at=AT, by=by)


def test_a_match_posts_the_money_under_its_reference_and_day(loan: Loan, clerk: User) -> None:
    payment = put(suspended(), loan, clerk)

    assert (payment.reference, payment.value_on, payment.amount, payment.channel) == (
        "S1",
        date(2025, 2, 1),
        130_00,
        "suspense",
    )
    assert paid(loan) == {(1, "interest"): 30_00, (1, "principal"): 100_00}
    assert SuspenseResolution.objects.get().payment == payment
    assert not SuspendedPayment.objects.waiting().exists()
    assert verify() == []


def test_money_without_a_currency_counts_in_the_loans_own(loan: Loan, clerk: User) -> None:
    assert put(suspended(currency=""), loan, clerk).currency == "CNY"
    assert verify() == []


def test_a_loan_that_cannot_take_it_leaves_it_waiting(loan: Loan, clerk: User) -> None:
    with pytest.raises(PaymentError):
        put(suspended(currency="USD"), loan, clerk)

    assert SuspendedPayment.objects.waiting().count() == 1


def test_money_leaves_suspense_once(loan: Loan, book: Book, clerk: User) -> None:
    money = suspended()
    put(money, loan, clerk)

    with pytest.raises(NotWaitingError):
        put(money, book.loan(QUARTER), clerk)
    with pytest.raises(NotWaitingError):
        send_back(money, clerk)

    assert Payment.objects.count() == SuspenseResolution.objects.count() == 1


def test_money_that_went_back_is_on_record_and_cannot_be_posted(loan: Loan, clerk: User) -> None:
    money = suspended()

    send_back(money, clerk)

    assert "S1" in in_words(Entry.objects.get(action="lending.suspense_returned"))
    with pytest.raises(NotWaitingError):
        put(money, loan, clerk)
    with pytest.raises(PaymentConflictError):
        post_payment(
            loan=loan,
            reference="S1",
            value_on=date(2025, 2, 1),
            amount=130_00,
            currency="CNY",
            channel="suspense",
            on=ON,
            at=AT,
        )
    assert verify() == []


def test_a_file_taken_again_after_its_loans_brings_the_money_home(book: Book, loan: Loan) -> None:
    suspended()
    Loan.objects.filter(pk=loan.pk).update(number="L-9")

    posted = post_many([NewPayment("L-9", "S1", date(2025, 2, 1), 130_00, "CNY")], channel="import", on=ON, at=AT)

    assert posted[0].is_new
    assert SuspenseResolution.objects.get().payment == Payment.objects.get(reference="S1")
    assert verify() == []


def test_a_file_taken_again_after_a_match_with_another_loan_changes_nothing(loan: Loan, clerk: User) -> None:
    payment = put(suspended(), loan, clerk)

    (again,) = post_many([NewPayment("L-9", "S1", date(2025, 2, 1), 130_00, "CNY")], channel="import", on=ON, at=AT)

    assert (again.is_posted, again.is_new, again.error) == (True, False, "")
    assert Payment.objects.get() == payment


def test_sums_are_of_what_waits_by_currency(loan: Loan, clerk: User) -> None:
    suspended(100)
    suspended(20, reference="S2")
    suspended(5, reference="S3", currency="USD")
    put(suspended(7, reference="S4"), loan, clerk)

    assert waiting_sums() == [("CNY", 120), ("USD", 5)]


def test_a_return_without_words_or_person_is_refused_by_the_database(db: None) -> None:
    for columns in ({"note": ""}, {"note": "sent back"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SuspenseResolution.objects.create(
                suspended=suspended(reference=f"S-{columns['note']}"), resolved_on=ON, resolved_at=AT, **columns
            )


def test_a_resolution_cannot_be_changed(loan: Loan, clerk: User) -> None:
    put(suspended(), loan, clerk)

    for change in (
        lambda: SuspenseResolution.objects.update(note="x"),
        lambda: SuspenseResolution.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


DAMAGES: dict[str, Callable[[], object]] = {
    "another amount": lambda: SuspendedPayment.objects.filter(reference="S1").update(amount=1),
    "another currency": lambda: SuspendedPayment.objects.filter(reference="S1").update(currency="USD"),
    "the resolution lost": lambda: SuspenseResolution.objects.all().delete(),
    "an event's payment lost": lambda: PaymentEvent.objects.update(reference="nowhere"),
    "an event's suspended money lost": lambda: PaymentEvent.objects.update(reference="nowhere", outcome="suspended"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_money_that_does_not_add_up_is_found(loan: Loan, clerk: User, damage: Callable[[], object]) -> None:
    put(suspended(), loan, clerk)
    PaymentEvent.objects.create(
        provider="p", event_id="e", kind="paid", loan_number="L-9", reference="S1", amount=1, at=AT, received_at=AT,
        outcome="posted",
    )  # fmt: skip
    assert verify() == []

    with lifted(connection):
        damage()

    assert verify()
