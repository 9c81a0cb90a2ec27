"""The proof of the ledger finds every kind of damage, and none in a sound book."""

import json
from collections.abc import Callable
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from audit.guards import lifted
from config.nightly import seal
from lending.facts import facts_of
from lending.faults import Fault
from lending.models import Allocation, Arrears, Instalment, Loan, Payment, PenaltyAccrual, ScheduleVersion, Waiver
from lending.verify import verify
from lending.waivable import Parts
from tests.lending.book.books import AT, Book, waive
from tests.lending.book.proving import faults

QUARTER = [("2025-02-01", 100_00, 30_00), ("2025-03-01", 100_00, 20_00), ("2025-04-01", 100_00, 10_00)]


@pytest.fixture
def sound(book: Book) -> Loan:
    loan = book.loan(QUARTER, penalty_rate_ppm=360_000)
    book.pay(loan, "2025-02-11", 81_00)
    book.close_through("2025-03-10", "2025-03-15")
    assert faults(facts_of([loan.pk]), [date(2025, 3, 15)]) == []
    return loan


def test_a_sound_book_has_no_fault(sound: Loan) -> None:
    out = StringIO()

    call_command("verify_ledger", stdout=out)

    assert out.getvalue() == "1 loans, ledger whole\n"


def test_a_book_never_closed_has_no_fault(book: Book) -> None:
    book.pay(book.loan(QUARTER), "2025-02-11", 81_00)

    assert verify() == []


DAMAGES: dict[str, Callable[[], object]] = {
    "principal of a schedule": lambda: Instalment.objects.filter(n=3).update(principal=F("principal") + 1),
    "paid of an instalment": lambda: Instalment.objects.filter(n=1).update(paid_principal=F("paid_principal") + 1),
    "an allocation": lambda: Allocation.objects.filter(component="principal").update(amount=F("amount") + 1),
    "an allocation lost": lambda: Allocation.objects.filter(component="interest").delete(),
    "a payment": lambda: Payment.objects.update(amount=80_00),
    "the currency of a payment": lambda: Payment.objects.update(currency="USD"),
    "an accrual": lambda: PenaltyAccrual.objects.update(amount=F("amount") + 1),
    "penalty paid": lambda: Arrears.objects.update(penalty_paid=F("penalty_paid") + 1),
    "penalty numerator": lambda: Arrears.objects.update(penalty_numerator=F("penalty_numerator") + 1),
    "growth of the penalty": lambda: Arrears.objects.update(penalty_growth=F("penalty_growth") + 1),
    "day basis of the penalty": lambda: Arrears.objects.update(penalty_day_basis=365),
    "day until which the row holds": lambda: Arrears.objects.update(holds_until="2025-03-14"),
    "a row said to hold for ever": lambda: Arrears.objects.update(holds_until=None),
    "overdue principal": lambda: Arrears.objects.update(overdue_principal=F("overdue_principal") - 1),
    "oldest due day": lambda: Arrears.objects.update(oldest_due_on="2025-02-02"),
    "bucket": lambda: Arrears.objects.update(bucket="M3"),
    "arrears lost": lambda: Arrears.objects.all().delete(),
    "status": lambda: Loan.objects.update(status="paid", paid_off_on="2025-03-01"),
    "no schedule in force": lambda: ScheduleVersion.objects.update(is_current=False),
    "rows not in force": lambda: Instalment.objects.filter(n=2).update(is_current=False),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damage_is_found(sound: Loan, damage: Callable[[], object]) -> None:
    with lifted(connection):
        damage()

    assert verify()
    assert faults(facts_of([sound.pk]), [date(2025, 3, 15)])


def test_an_allocation_to_another_loan_than_its_payments_is_found(sound: Loan, book: Book) -> None:
    other = book.loan(QUARTER)
    payment = Payment.objects.get()
    with lifted(connection):
        Allocation.objects.filter(component="interest").update(loan=other)

    assert Fault(f"payment {payment.reference}", "settles what another loan owes") in verify()


BOOKED_TOO_EARLY: dict[str, Callable[[Payment], object]] = {
    "an allocation": lambda payment: [
        Allocation.objects.create(
            payment=payment, loan=payment.loan, n=2, component="interest", amount=amount, booked_on="2025-03-15"
        )
        for amount in (-1, 1)
    ],
    "an accrual": lambda payment: [
        PenaltyAccrual.objects.create(
            loan=payment.loan, from_on="2025-03-14", to_on="2025-03-15", amount=amount, booked_on="2025-03-15"
        )
        for amount in (-1, 1)
    ],
}


@pytest.mark.parametrize("write", BOOKED_TOO_EARLY.values(), ids=BOOKED_TOO_EARLY.keys())
def test_a_write_to_a_closed_day_is_found_though_every_sum_is_right(
    book: Book, sound: Loan, write: Callable[[Payment], object]
) -> None:
    payment = Payment.objects.get()
    seal(date(2025, 3, 16), at=AT, steps={})
    write(payment)
    seal(date(2025, 3, 17), at=AT, steps={})
    write(payment)

    told = [fault for fault in verify() if "was closed by then" in fault.reason]

    assert [fault.reason for fault in told] == [
        *["is booked on 2025-03-15, and 2025-03-16 was closed by then"] * 2,
        *["is booked on 2025-03-15, and 2025-03-17 was closed by then"] * 2,
    ]


def test_what_is_written_after_a_day_is_booked_on_it_whoever_asked_before(book: Book, sound: Loan) -> None:
    """A waiver asked for and decided as of the 15th, after the night of the 16th."""
    seal(date(2025, 3, 16), at=AT, steps={})
    book.pay(sound, "2025-02-12", 1_00)
    waive(sound, Parts(0, 1_00, 0), on=date(2025, 3, 15))

    assert Waiver.objects.get().on == date(2025, 3, 16)
    assert [fault for fault in verify() if "closed" in fault.reason] == []


def test_a_reversal_of_another_amount_is_found(sound: Loan) -> None:
    from tests.lending.book.test_posting import reverse

    reversal = reverse(Payment.objects.get())
    with lifted(connection):
        Payment.objects.filter(pk=reversal.pk).update(amount=-80_00)

    assert any("exact opposite" in fault.reason for fault in verify())


def test_a_missing_guard_is_found(sound: Loan) -> None:
    verb = "append_only_update_lending_payment" if connection.vendor == "sqlite" else "append_only_lending_payment"
    on = "" if connection.vendor == "sqlite" else " ON lending_payment"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {verb}{on}")
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER append_only_delete_lending_payment")

    assert [fault.where for fault in verify()] == ["table lending_payment"]


def test_faults_are_named_and_the_command_fails(sound: Loan) -> None:
    Arrears.objects.update(bucket="M3")
    out, err = StringIO(), StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("verify_ledger", "--json", stdout=out, stderr=err)

    assert ended.value.code == 1
    assert json.loads(out.getvalue())["faults"]
    assert f"loan {sound.number}: as of 2025-03-15, bucket is M3, M2 is right" in err.getvalue()
