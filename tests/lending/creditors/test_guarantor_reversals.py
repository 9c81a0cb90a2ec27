"""A payment of a guarantor that was none, or was given back, never was."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from lending.changes import ChangeError
from lending.claims import speaking_for
from lending.facts import facts_of, standing_of
from lending.guarantees import covering, in_force, room_of
from lending.guarantees_due import due
from lending.models import Funder, GuarantorReversal, Loan
from lending.verify import verify
from tests.lending.book.books import Book
from tests.lending.creditors.guaranteed import FEBRUARY_15, has_paid, received, take_back


def test_a_reversed_payment_of_a_guarantor_never_was(book: Book, own_rate: Loan, surety: Funder) -> None:
    guarantee_now = covering(own_rate, in_force(FEBRUARY_15))
    assert guarantee_now is not None
    before = standing_of(own_rate, date(2026, 3, 11)), room_of(guarantee_now, "CNY", FEBRUARY_15)
    paid = has_paid(own_rate)
    book.close_through("2026-02-16", "2026-03-11")
    book.pay(own_rate, "2026-02-20", 50_00)
    taken = received(surety)

    take_back(paid, on=date(2026, 3, 11))

    assert taken == 50_00
    assert [received(own_rate.funder), received(surety)] == [50_00, 0]
    assert speaking_for(own_rate, date(2026, 3, 11)) == [own_rate.funder]
    assert room_of(guarantee_now, "CNY", FEBRUARY_15) == before[1]
    assert len(due(Loan.objects.all(), FEBRUARY_15)) == 1
    assert facts_of([own_rate.pk])[own_rate.pk].sureties == ()
    assert verify() == []


def test_what_was_reversed_can_be_paid_for_again_and_reversed_once(late: Loan) -> None:
    first = has_paid(late)
    take_back(first)

    again = has_paid(late, reference="G2")

    assert (again.first_n, again.reversed_before) == (first.first_n, 1)
    with pytest.raises(ChangeError, match="reversed already"):
        take_back(first)
    assert verify() == []


def test_the_last_payment_of_a_guarantor_is_reversed_first(late: Loan) -> None:
    first = has_paid(late)
    has_paid(late, "2026-02-16", whole=True, reference="G2")

    with pytest.raises(ChangeError, match="later instalments"):
        take_back(first)


def test_a_reversal_is_of_one_payment_and_stays_in_the_database(late: Loan) -> None:
    take_back(has_paid(late))
    made = GuarantorReversal.objects.get()
    made.pk = None

    with pytest.raises(DatabaseError), transaction.atomic():
        made.save(force_insert=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        GuarantorReversal.objects.all().delete()
