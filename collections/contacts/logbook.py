"""Contacts that happened outside the console. They are always accepted, and flagged if the gate would have refused them."""

from datetime import datetime

from django.db import transaction

from audit.record import record
from contacts import gate
from contacts.calls import QUALITY_AFTER, learn
from contacts.facts import BORROWER
from contacts.models import CONNECTED_OUTCOMES, Channel, Contact, Hold, Purpose
from contacts.signals import contact_completed
from lending.days import business_date
from lending.models import Borrower
from staff.models import User


class LogError(ValueError):
    """A contact that has not happened yet cannot be logged."""


@transaction.atomic
def log_past_contact(
    *,
    borrower: Borrower,
    channel: str,
    direction: str,
    purpose: str,
    outcome: str,
    happened_at: datetime,
    note: str,
    by: User,
    at: datetime,
    subject: str = BORROWER,
    people: int = 0,
    is_ours: bool = True,
) -> Contact:
    """Log a contact of `happened_at`; one that we made counts in the caps, one that the borrower made does not.

    One that is not `is_ours` was made by the agency with which the case is placed: it counts like our own, nobody of the house
    has spoken, and the placement itself does not stand against it.
    """
    if happened_at > at:
        raise LogError
    question = gate.Question(
        borrower.pk,
        channel,
        purpose,
        happened_at,
        subject=subject,
        people=people,
        despite="" if is_ours else Hold.Kind.PLACED,
    )
    contact = Contact.objects.create(
        borrower=borrower,
        channel=channel,
        direction=direction,
        purpose=purpose if direction == Contact.Direction.OUT else Purpose.SERVICE,
        state=Contact.State.MADE,
        at=happened_at,
        by=by if is_ours else None,
        outcome=outcome,
        connected=outcome in CONNECTED_OUTCOMES,
        flagged=_flag(question) if direction == Contact.Direction.OUT else "",
        subject=subject,
        note=note,
        closed_at=at,
    )
    if channel == Channel.CALL and outcome in QUALITY_AFTER:
        learn(contact, at=at)
    record(
        "contacts.contact_logged",
        by=by,
        at=at,
        subject=borrower,
        contact=contact.pk,
        channel=channel,
        direction=direction,
        outcome=outcome,
        flagged=contact.flagged,
    )
    if subject == BORROWER:
        contact_completed.send(sender=Contact, contact=contact, at=at, on=business_date(at))
    return contact


def _flag(question: gate.Question) -> str:
    """The rule by which the gate would have refused it; a missing number does not matter to what happened."""
    rule = gate.decide_many([question])[0].rule
    return "" if rule == "point.none" else rule
