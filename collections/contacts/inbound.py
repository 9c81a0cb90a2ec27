"""Calls that come in: matched to a borrower by the keyed digest of the number, and in the log by themselves.

The telephony reports that a call rings and that it ended, in any order and as often as it likes: a call is one by its id. A number
that belongs to nobody, or to several borrowers, is kept without a contact. Whoever took the call writes it down like any other; one
that nobody took is written down as unanswered. A call that the borrower made counts in no cap.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from audit.record import record
from contacts import gate
from contacts.models import Channel, Contact, InboundCall, Purpose
from contacts.phones import PhoneError, dialled_form
from lending.models import ContactPoint
from lending.personal import PhoneNumber
from staff.models import User

RINGS_FOR = timedelta(minutes=2)
"""So long a call that did not end is shown as one that rings."""
RINGING, ENDED = "ringing", "ended"


class Report(NamedTuple):
    """What the telephony says of a call; `agent` is the user name whose desk it rang."""

    call_id: str
    kind: str
    at: datetime
    number: str
    agent: str = ""
    seconds: int | None = None
    recording: str = ""


@transaction.atomic
def take(provider: str, report: Report, *, at: datetime) -> tuple[InboundCall, bool]:
    """Take a report in; the call, and whether the report said anything new."""
    call, is_new = _call(provider, report, at)
    if report.agent and call.agent_id is None:
        call.agent = User.objects.filter(username=report.agent, is_active=True).first()
        InboundCall.objects.filter(pk=call.pk).update(agent=call.agent)
        Contact.objects.filter(came_in=call, by=None).update(by=call.agent)
    if report.kind == ENDED and InboundCall.objects.filter(pk=call.pk, ended_at=None).update(ended_at=report.at):
        call.ended_at = report.at
        _end(call, report, at)
        return call, True
    return call, is_new


def ringing(at: datetime) -> QuerySet[InboundCall]:
    """Calls of known borrowers that ring now."""
    calls = InboundCall.objects.filter(ended_at=None, rang_at__gt=at - RINGS_FOR, contact__isnull=False)
    return calls.select_related("contact")


def _call(provider: str, report: Report, at: datetime) -> tuple[InboundCall, bool]:
    """The call of that id, with its contact where the number is one borrower's; whether it is new."""
    number = PhoneNumber(_digits(report.number))
    told = {"number": number, "digest": number.digest(), "rang_at": report.at}
    call, is_new = InboundCall.objects.get_or_create(provider=provider, call_id=report.call_id, defaults=told)
    if is_new:
        point = _whose(call.digest)
        if point:
            call.contact = Contact.objects.create(
                borrower=point.borrower, point=point, subject=point.holder, channel=Channel.CALL,
                direction=Contact.Direction.IN, purpose=Purpose.SERVICE, at=report.at,
            )  # fmt: skip
            InboundCall.objects.filter(pk=call.pk).update(contact=call.contact)
        subject = point.borrower if point else None
        record("contacts.call_came_in", by=None, at=at, subject=subject, call=call.pk, is_known=point is not None)
    return call, is_new


def _whose(digest: str) -> ContactPoint | None:
    """The contact point of that number; None where nobody has it, or several borrowers do."""
    points = list(ContactPoint.objects.filter(digest=digest, retired_at=None).select_related("borrower")[:2])
    return points[0] if len(points) == 1 else None


def _end(call: InboundCall, report: Report, at: datetime) -> None:
    """Keep length and recording; a call that nobody took is written down as unanswered."""
    if call.contact_id is None:
        return
    facts = {"seconds": report.seconds, "recording": report.recording}
    if call.agent_id is None or not report.seconds:
        gate.complete(call.contact_id, outcome=Contact.Outcome.NO_ANSWER, at=at, **facts)
    else:
        Contact.objects.filter(pk=call.contact_id).update(**facts)


def _digits(text: str) -> str:
    """The number as the book keeps it, or as it was told where it cannot be read."""
    try:
        return dialled_form(text, is_mobile=False)
    except PhoneError:
        return text
