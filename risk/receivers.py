"""What happens in the book between two nights and may make a score another."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.dispatch import receiver

from lending.models import Debit, Loan
from lending.signals import debit_failed, debt_given_up, loans_booked, pause_changed, payment_posted, schedule_changed
from risk.observe import AUTO_DEBIT_BROKEN, note_unscored, observe


@receiver(payment_posted)
def take_payments(sender: Any, borrower_ids: Collection[int], **_: Any) -> None:
    note_unscored(borrower_ids)


@receiver(loans_booked)
def take_loans(sender: Any, loans: list[Loan], **_: Any) -> None:
    note_unscored(loan.borrower_id for loan in loans)


@receiver([schedule_changed, debt_given_up, pause_changed])
def take_change(sender: Any, loan: Loan, **_: Any) -> None:
    note_unscored([loan.borrower_id])


@receiver(debit_failed)
def take_failed_debit(sender: Any, debit: Debit, reason: str, on: date, **_: Any) -> None:
    """The account that used to pay does not any more."""
    observe(debit.loan.borrower, AUTO_DEBIT_BROKEN, reason, on)
