"""What happens in the book and says something of a borrower's risk."""

from datetime import date
from typing import Any

from django.dispatch import receiver

from lending.models import Debit
from lending.signals import debit_failed
from risk.observe import AUTO_DEBIT_BROKEN, observe


@receiver(debit_failed)
def take_failed_debit(sender: Any, debit: Debit, reason: str, on: date, **_: Any) -> None:
    """The account that used to pay does not any more."""
    observe(debit.loan.borrower, AUTO_DEBIT_BROKEN, reason, on)
