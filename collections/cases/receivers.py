"""What happens on the floors below and moves a case at once: money came, a schedule changed, somebody was spoken to."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.dispatch import receiver

from cases.models import Case, Promise
from cases.opening import end_cases, regrade
from cases.promises import judge
from cases.reckoning import reckon
from contacts.models import Channel, Contact
from contacts.signals import contact_completed, hold_changed
from lending.days import business_date
from lending.exposure import exposures
from lending.models import Borrower, Loan, Payment, ScheduleVersion
from lending.signals import contact_points_changed, debt_given_up, payment_posted, schedule_changed


@receiver(payment_posted)
def take_payments(sender: Any, payments: list[Payment], on: date, at: datetime, **_: Any) -> None:
    """Judge the promise at once where enough came in; end the case at once where nothing is overdue any more."""
    follow_the_book({payment.loan.borrower_id for payment in payments}, on=on, at=at, cause="payment")


@receiver(schedule_changed)
def take_schedule(sender: Any, loan: Loan, version: ScheduleVersion, on: date, at: datetime, **_: Any) -> None:
    """A plan that took effect may have ended the arrears."""
    follow_the_book({loan.borrower_id}, on=on, at=at, cause="plan")


@receiver(debt_given_up)
def take_given_up(sender: Any, loan: Loan, kind: str, on: date, at: datetime, **_: Any) -> None:
    """A waiver may have ended the arrears; what was written off is not worked any more."""
    follow_the_book({loan.borrower_id}, on=on, at=at, cause=kind)


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


@receiver([contact_points_changed, hold_changed])
def take_change(sender: Any, borrower: Borrower, at: datetime, **_: Any) -> None:
    """A new number, or a hold placed or lifted, changes what comes next."""
    reckon(Case.objects.open().filter(borrower=borrower), on=business_date(at))


def follow_the_book(borrower_ids: Collection[int], *, on: date, at: datetime, cause: str) -> None:
    """Bring the open cases of these borrowers to what the book says now; a constant number of queries."""
    cases = list(Case.objects.open().filter(borrower__in=borrower_ids).select_related("borrower"))
    if not cases:
        return
    promises = Promise.objects.filter(case__in=cases, state=Promise.State.OPEN).select_related("case__borrower")
    judge(list(promises), on=on, at=at)
    owed = exposures([case.borrower_id for case in cases], on=on)
    late = {borrower_id for borrower_id, exposure in owed.items() if exposure.loans_in_arrears}
    behind = [case for case in cases if case.borrower_id in late]
    end_cases([case for case in cases if case.borrower_id not in late], on=on, at=at, cause=cause)
    regrade(behind, owed, on=on, at=at)
    reckon(behind, on=on, known=owed)
