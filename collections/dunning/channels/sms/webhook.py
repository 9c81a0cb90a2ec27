"""Receipts of a carrier: signed as every webhook is, in the fields that its mapping names."""

from django.http import HttpRequest, JsonResponse

from audit.clock import now
from dunning.channels.registry import named
from dunning.channels.sms.mapping import Receipts, at_path
from dunning.channels.telling import keep
from dunning.receipts import Event
from dunning.replies import NUMBER_GONE
from staff.webhooks import BadEventError, Body, signed, text_of

UNHEARD = "other"
"""A word of the carrier that the mapping gives no meaning: kept, and nothing follows from it."""


@signed
def webhook(request: HttpRequest, provider: str, body: Body) -> JsonResponse:
    gateway = named(provider)
    words = gateway.mapping.receipts if gateway and gateway.mapping else None
    if words is None:
        raise BadEventError("this gateway's mapping knows no receipts")
    return keep(provider, event_of(words, body))


def event_of(words: Receipts, body: Body) -> Event:
    """The event that a receipt stands for; BadEventError names the field that is not there."""
    found = {
        name: at_path(body, path) or ""
        for name, path in (
            *(("event_id", words.event_id), ("message_id", words.message_id), ("status", words.status)),
            *(("reason", words.reason), ("text", words.text)),
        )
    }
    reason = NUMBER_GONE if found["reason"] in words.gone else found["reason"][:40]
    return Event(
        event_id=text_of(found, "event_id", 80),
        kind=words.kinds.get(text_of(found, "status", 40), UNHEARD),
        message_id=text_of(found, "message_id", 64),
        at=now(),
        reason=text_of({"reason": reason}, "reason", 40) if reason else "",
        text=text_of(found, "text", 1_000) if found["text"] else "",
    )
