"""What follows a call, in one form and one transaction: outcome, reason for being behind, promise, callback, note."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.callbacks import set_callback
from cases.claims import says_paid
from cases.models import Case
from cases.promises import record_promise
from cases.reasons import is_reason_wanted, record_reason
from cases.reckoning import reckon
from cases.steps.choosing import outcome_on
from contacts.calls import wrap_up
from contacts.facts import BORROWER
from contacts.models import Contact
from staff.models import User


class OutcomeRefusedError(ValueError):
    """No outcome of that day, or one of which the rest cannot have come."""


class ReasonMissingError(ValueError):
    """The borrower was spoken to, and nobody asked why they are behind."""


@dataclass(frozen=True)
class CallResult:
    """What the agent wrote down; everything but the outcome, a code of `cases.steps`, may be empty."""

    outcome: str
    note: str = ""
    reason: str = ""
    reason_note: str = ""
    amount: int | None = None
    due_on: date | None = None
    replace: bool = False
    callback_at: datetime | None = None
    has_paid: bool = False


@transaction.atomic
def wrap_up_call(*, case: Case, contact: Contact, result: CallResult, by: User, at: datetime, on: date) -> None:
    """Write down what came of the call, all or nothing.

    OutcomeRefusedError, ReasonMissingError, WrapUpError, PromiseRefusedError, CallbackRefusedError, moves.StaleError, moves.MoveError.
    """
    outcome = outcome_on(result.outcome, on) if contact.subject == BORROWER else None
    if outcome is None:
        raise OutcomeRefusedError(_("There is no such outcome."))
    spoke = outcome.fact == Contact.Outcome.RIGHT_PARTY
    if not spoke and (result.amount or result.has_paid or result.reason):
        raise OutcomeRefusedError(_("Only the borrower can give a reason, promise or say has paid."))
    if spoke and not result.reason and is_reason_wanted(case):
        raise ReasonMissingError(_("Say why the borrower is behind: nobody has asked yet."))
    code, keeps = outcome.code, outcome.keeps_number
    wrap_up(contact, outcome=outcome.fact, code=code, keeps_number=keeps, note=result.note, by=by, at=at)
    case.refresh_from_db()
    if result.reason:
        record_reason(case=case, code=result.reason, note=result.reason_note, by=by, at=at, on=on)
    if result.amount and result.due_on:
        record_promise(
            case=case, amount=result.amount, due_on=result.due_on, replace=result.replace, by=by, at=at, on=on
        )
    if result.has_paid:
        says_paid(case=case, note=result.note, by=by, at=at, on=on)
    if result.callback_at:
        set_callback(case=case, callback_at=result.callback_at, by=by, at=at, on=on)
    reckon([case], on=on)
