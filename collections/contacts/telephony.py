"""The telephony adapter: a small HTTP contract, spoken outside every transaction.

Out: POST `{to, call_ref, agent}` with `Idempotency-Key`; `{"status": "accepted", "call_id"}` means that it rings. Back: GET
`<call_id>/` gives `{"seconds", "recording"}`. A call that certainly did not leave gives its slot back; when that is not
certain the slot stays taken, since the borrower's phone may have rung.
"""

import logging
from datetime import datetime
from typing import Any

import httpx
from django.conf import settings
from django.db import transaction

from audit.record import record
from contacts.gate import release
from contacts.models import Contact
from staff.outside import NEVER_LEFT, TIMEOUT

logger = logging.getLogger(__name__)


def place(contact_id: int, at: datetime) -> None:
    """Ring the number of a reserved call. Run after the commit that reserved it."""
    contact = Contact.objects.select_related("point", "by", "borrower").get(pk=contact_id)
    if contact.state != Contact.State.RESERVED or contact.point is None:
        return
    body = {
        "to": contact.point.value.unmasked(),
        "call_ref": str(contact.pk),
        "agent": contact.by.get_username() if contact.by else "",
    }
    key = f"call-{contact.pk}-{int(contact.at.timestamp())}"
    try:
        answer = httpx.post(settings.TELEPHONY_URL, json=body, headers={"Idempotency-Key": key}, timeout=TIMEOUT)
        answer.raise_for_status()
        Contact.objects.filter(pk=contact.pk).update(call_id=str(answer.json()["call_id"])[:80])
    except NEVER_LEFT as error:
        _not_placed(contact, type(error).__name__, at)
    except (httpx.HTTPError, KeyError, ValueError, TypeError):
        logger.exception("telephony gave no clear answer for contact %s: its slot stays taken", contact.pk)


def collect(contact_id: int) -> None:
    """Bring length and recording reference of an ended call back to the log. Run after the commit that ended it."""
    contact = Contact.objects.get(pk=contact_id)
    if not contact.call_id:
        return
    try:
        answer = httpx.get(f"{settings.TELEPHONY_URL}{contact.call_id}/", timeout=TIMEOUT)
        answer.raise_for_status()
        facts: dict[str, Any] = answer.json()
        seconds, recording = max(int(facts["seconds"]), 0), str(facts["recording"])[:200]
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, ValueError, TypeError):
        logger.exception("telephony did not say how long call %s was", contact.call_id)
        return
    Contact.objects.filter(pk=contact.pk).update(seconds=seconds, recording=recording)


@transaction.atomic
def _not_placed(contact: Contact, reason: str, at: datetime) -> None:
    """The telephone system was not reached: nothing rang, so the slot is given back."""
    if release(contact.pk):
        record(
            "contacts.call_not_placed",
            by=contact.by,
            at=at,
            subject=contact.borrower,
            contact=contact.pk,
            reason=reason,
        )
