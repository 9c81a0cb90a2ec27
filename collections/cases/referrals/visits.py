"""Setting out on a visit and writing down what came of it: the gate is asked again at the door, and the visit is in the contact log."""

from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from cases.referrals.errors import ReferralError
from cases.referrals.kinds import VISIT
from cases.referrals.models import Referral
from cases.referrals.obstacles import VISITORS, question
from cases.referrals.writing import tell, write
from contacts import gate
from contacts.calls import RefusedError
from contacts.logbook import LogError, log_past_contact
from contacts.models import Channel, Contact, Purpose
from staff.models import User

OUTCOMES: Final = {
    "met": Contact.Outcome.RIGHT_PARTY,
    "other_person": Contact.Outcome.OTHER_PERSON,
    "not_met": Contact.Outcome.NO_ANSWER,
    "moved": Contact.Outcome.INVALID,
}
"""The contact log's word for what came of a visit; one that is called back was not made."""


def slot_of(referral: Referral) -> Contact | None:
    """The contact of the visit that is under way."""
    return Contact.objects.filter(referral_step__referral=referral, state=Contact.State.RESERVED).first()


def set_out(referral: Referral, *, by: User, at: datetime, on: date, seen: int | None = None) -> Contact:
    """Ask the gate in earnest and take the slot; RefusedError keeps its verdict with the caller's commit."""
    if referral.kind != VISIT or by.pk not in {referral.first_visitor_id, referral.second_visitor_id}:
        raise ReferralError(_("Only the two who make the visit set out."))
    if slot_of(referral):
        raise ReferralError(_("The two have set out already."))
    with transaction.atomic():
        answer, contact = gate.reserve_many([question(referral, at)], by=by)[0]
        if contact:
            write(referral, Referral.State.RUNNING, seen)
            tell(referral, "set_out", by=by, at=at, on=on, contact=contact)
    if contact is None:
        raise RefusedError(answer)
    return contact


def close_visit(
    referral: Referral, *, result: str, words: str, happened_at: datetime | None, by: User, at: datetime
) -> Contact | None:
    """Complete the slot, give it back where nobody went, or log a visit for which nobody had asked; what is new for the step."""
    slot, outcome = slot_of(referral), OUTCOMES.get(result)
    if slot and outcome:
        gate.complete(slot.pk, outcome=outcome, at=at, note=words)
    elif slot:
        gate.release(slot.pk)
    elif outcome:
        return _log(referral, outcome, words, happened_at, by=by, at=at)
    return None


def _log(
    referral: Referral, outcome: str, words: str, happened_at: datetime | None, *, by: User, at: datetime
) -> Contact:
    if happened_at is None:
        raise ReferralError(_("When was it? Nobody set out in the console."), "happened_at")
    try:
        return log_past_contact(
            borrower=referral.case.borrower, channel=Channel.VISIT, direction=Contact.Direction.OUT, purpose=Purpose.DEMAND,
            outcome=outcome, happened_at=happened_at, note=words, by=by, at=at, people=VISITORS,
        )  # fmt: skip
    except LogError:
        raise ReferralError(_("This lies in the future."), "happened_at") from None
