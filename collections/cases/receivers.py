"""What happens on the floors below and moves a case at once: money came, a schedule changed, somebody was spoken to."""

from datetime import date, datetime
from typing import Any

from django.dispatch import receiver

from cases.models import Case, Promise
from cases.opening import end_cases, regrade
from cases.promises import judge
from cases.reckoning import reckon
from contacts.models import Channel, Contact
from contacts.signals import contact_completed
from lending.exposure import exposures
from lending.models import Loan, Payment, ScheduleVersion
from lending.signals import payment_posted, schedule_changed


@receiver(payment_posted)
def take_payment(sender: Any, payment: Payment, loan: Loan, on: date, at: datetime, **_: Any) -> None:
    """Judge the promise at once where enough came in; end the case at once where nothing is overdue any more."""
    follow_the_book(loan.borrower_id, on=on, at=at, cause="payment")


@receiver(schedule_changed)
def take_schedule(sender: Any, loan: Loan, version: ScheduleVersion, on: date, at: datetime, **_: Any) -> None:
    """A plan that took effect may have ended the arrears."""
    follow_the_book(loan.borrower_id, on=on, at=at, cause="plan")


@receiver(contact_completed)
def take_contact(sender: Any, contact: Contact, at: datetime, on: date, **_: Any) -> None:
    """A call that was made answers the callback that was asked for, and changes what comes next."""
    case = Case.objects.open().filter(borrower=contact.borrower_id).first()
    if case is None:
        return
    if contact.channel == Channel.CALL and case.callback_at:
        Case.objects.filter(pk=case.pk).update(callback_at=None)
        case.callback_at = None
    reckon([case], on=on)


def follow_the_book(borrower_id: int, *, on: date, at: datetime, cause: str) -> None:
    """Bring one borrower's open case, if there is one, to what the book says now."""
    case = Case.objects.open().filter(borrower=borrower_id).select_related("borrower").first()
    if case is None:
        return
    promises = Promise.objects.filter(case=case, state=Promise.State.OPEN).select_related("case__borrower")
    judge(list(promises), on=on, at=at)
    owed = exposures([borrower_id])
    if borrower_id not in owed or not owed[borrower_id].loans_in_arrears:
        end_cases([case], on=on, at=at, cause=cause)
    else:
        regrade([case], owed, on=on, at=at)
        reckon([case], on=on, known=owed)
