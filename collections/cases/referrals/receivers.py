"""What happens to a borrower's debt or peace, and thereby ends a referral at once. Heard after the case itself has followed.

Days of referrals are those of the calendar, also where the book has not reached today yet.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.dispatch import receiver

from audit.clock import local_day
from cases.referrals.ending import come_back, take_plan
from contacts.signals import hold_changed
from lending.models import Borrower, Loan, ScheduleVersion
from lending.signals import debt_given_up, payment_posted, schedule_changed


@receiver(payment_posted)
def take_payments(sender: Any, borrower_ids: Collection[int], on: date, at: datetime, **_: Any) -> None:
    """Money may have ended what was referred."""
    come_back(borrower_ids, at=at, on=local_day(at))


@receiver(schedule_changed)
def take_schedule(sender: Any, loan: Loan, version: ScheduleVersion, on: date, at: datetime, **_: Any) -> None:
    """A plan that took effect is kept by the borrower, not collected by an agency."""
    take_plan(loan, at=at, on=local_day(at))
    come_back({loan.borrower_id}, at=at, on=local_day(at))


@receiver(debt_given_up)
def take_given_up(sender: Any, loan: Loan, kind: str, on: date, at: datetime, **_: Any) -> None:
    """What was waived or written off is not collected elsewhere."""
    come_back({loan.borrower_id}, at=at, on=local_day(at))


@receiver(hold_changed)
def take_hold(sender: Any, borrower: Borrower, at: datetime, **_: Any) -> None:
    """Whoever complains, disputes or is to be left in peace is so by agencies too."""
    come_back({borrower.pk}, at=at, on=local_day(at))
