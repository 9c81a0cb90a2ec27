"""Calls from the case: the agent presses a button, the gate is asked, the console rings; nobody sees the number."""

from datetime import datetime
from functools import partial

from django.db import transaction

from audit.record import record
from contacts import gate, telephony
from contacts.answers import Answer
from contacts.facts import BORROWER
from contacts.models import Channel, Contact
from lending.days import business_date
from lending.models import USABLE_QUALITIES, Borrower, ContactPoint
from lending.parties import mark_quality
from lending.signals import contact_points_changed
from risk.observe import observe
from staff.models import User

Outcome, Quality = Contact.Outcome, ContactPoint.Quality
CALL_OUTCOMES = (Outcome.NO_ANSWER, Outcome.RIGHT_PARTY, Outcome.OTHER_PERSON, Outcome.BUSY, Outcome.INVALID)
"""What an agent may say of a call, the most frequent first."""
QUALITY_AFTER = {
    Outcome.RIGHT_PARTY: Quality.CONFIRMED,
    Outcome.OTHER_PERSON: Quality.WRONG_PERSON,
    Outcome.INVALID: Quality.GONE,
    Outcome.NO_ANSWER: Quality.SILENT,
    Outcome.BUSY: Quality.SILENT,
}
OBSERVED = {
    Outcome.RIGHT_PARTY: "right_party_contact",
    Outcome.OTHER_PERSON: "wrong_person",
    Outcome.INVALID: "number_gone",
    Outcome.NO_ANSWER: "no_answer",
    Outcome.BUSY: "no_answer",
}
"""What the risk floor is told of a call."""


class RefusedError(Exception):
    """The gate said no; the verdict is kept by the caller's commit, so answer the refusal with a redirect."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.rule)
        self.answer = answer


class WrapUpError(Exception):
    """This call has ended already, or was never placed."""


def start_call(
    *, borrower: Borrower, point: ContactPoint | None, purpose: str, by: User, at: datetime, subject: str = BORROWER
) -> Contact:
    """Ask the gate, take the slot and ring after the commit; `point` None takes the best number. Raises RefusedError.

    `subject` is who is called, where it is not the borrower.
    """
    with transaction.atomic():
        answer, contact = gate.reserve(
            borrower=borrower, channel=Channel.CALL, purpose=purpose, at=at, by=by, point=point, subject=subject
        )
        if contact:
            record("contacts.call_started", by=by, at=at, subject=borrower, contact=contact.pk, point=contact.point_id)
            transaction.on_commit(partial(telephony.place, contact.pk, at), robust=True)
    if contact is None:
        raise RefusedError(answer)
    return contact


@transaction.atomic
def wrap_up(
    contact: Contact, *, outcome: str, note: str, by: User, at: datetime, code: str = "", keeps_number: bool = False
) -> Contact:
    """Write what came of a call, once. An unanswered call keeps its slot: it was a dial.

    `code` is the house's own word for it; `keeps_number` says that the number is theirs although somebody else answered.
    """
    if outcome not in CALL_OUTCOMES:
        raise ValueError(f"'{outcome}' is no outcome of a call")
    if not gate.complete(contact.pk, outcome=outcome, at=at, note=note, code=code):
        raise WrapUpError
    contact.refresh_from_db()
    if not keeps_number:
        learn(contact, at=at)
    facts = {"contact": contact.pk, "outcome": outcome} | ({"code": code} if code else {})
    record("contacts.call_wrapped_up", by=by, at=at, subject=contact.borrower, **facts)
    transaction.on_commit(partial(telephony.collect, contact.pk), robust=True)
    return contact


def learn(contact: Contact, *, at: datetime) -> None:
    """Let the number's quality and the risk floor know what came of a call; silence unsettles no confirmed number."""
    outcome = Outcome(contact.outcome)
    quality, point = QUALITY_AFTER[outcome], contact.point
    if point and not (quality == Quality.SILENT and point.quality == Quality.CONFIRMED):
        was_usable = point.quality in USABLE_QUALITIES
        mark_quality(point, quality)
        if was_usable != (quality in USABLE_QUALITIES):
            contact_points_changed.send(ContactPoint, borrower_ids=[contact.borrower_id], at=at)
    if contact.subject == BORROWER:
        observe(contact.borrower, OBSERVED[outcome], contact.channel, business_date(at))
