"""What happens on the floors below and moves a case at once: money came, a schedule changed, somebody was spoken to."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.dispatch import receiver

from cases.following import follow_the_book
from cases.models import Case
from cases.reckoning import reckon
from contacts.models import Channel, Contact
from contacts.signals import contact_completed, hold_changed
from lending.days import business_date
from lending.models import Borrower, Loan, ScheduleVersion
from lending.signals import contact_points_changed, debt_given_up, pause_changed, payment_posted, schedule_changed


@receiver(payment_posted)
def take_payments(sender: Any, borrower_ids: Collection[int], on: date, at: datetime, **_: Any) -> None:
    """Judge the promise at once where enough came in; end the case at once where nothing is overdue any more."""
    follow_the_book(borrower_ids, on=on, at=at, cause="payment")


@receiver(schedule_changed)
def take_schedule(sender: Any, loan: Loan, version: ScheduleVersion, on: date, at: datetime, **_: Any) -> None:
    """A plan that took effect may have ended the arrears."""
    follow_the_book({loan.borrower_id}, on=on, at=at, cause="plan")


@receiver(debt_given_up)
def take_given_up(sender: Any, loan: Loan, kind: str, on: date, at: datetime, **_: Any) -> None:
    """A waiver may have ended the arrears; what was written off is not worked any more."""
    follow_the_book({loan.borrower_id}, on=on, at=at, cause=kind)


@receiver(pause_changed)
def take_pause(sender: Any, loan: Loan, at: datetime, **_: Any) -> None:
    """Days that do not count may take the loan out of arrears, or bring it back."""
    follow_the_book({loan.borrower_id}, on=business_date(at), at=at, cause="pause")


@receiver(contact_completed)
def take_contact(sender: Any, contact: Contact, at: datetime, on: date, **_: Any) -> None:
    """A call that was made answers the callback that was asked for, and changes what comes next."""
    case = Case.objects.open().filter(borrower=contact.borrower_id).first()
    if case is None:
        return
    if contact.channel == Channel.CALL and (case.callback_at or case.look_again_on):
        Case.objects.filter(pk=case.pk).update(callback_at=None, look_again_on=None)
        case.callback_at = case.look_again_on = None
    reckon([case], on=on)


@receiver(contact_points_changed)
def take_contact_points(sender: Any, borrower_ids: Collection[int], at: datetime, **_: Any) -> None:
    """A number that is new, gone or not theirs changes what comes next; whoever is to be looked for is so at once."""
    Case.objects.open().filter(borrower__in=borrower_ids, look_again_on__isnull=False).update(look_again_on=None)
    cases = Case.objects.select_for_update().open().filter(borrower__in=borrower_ids).order_by("pk")
    reckon(cases, on=business_date(at))


@receiver(hold_changed)
def take_hold(sender: Any, borrower: Borrower, at: datetime, **_: Any) -> None:
    """A hold placed or lifted changes what comes next."""
    reckon(Case.objects.open().filter(borrower=borrower), on=business_date(at))
