"""Receipts in the console's own words: `event_id, type, message_id, at`, and a reason or an answer where there is one."""

from django.http import HttpRequest, JsonResponse

from dunning.channels.telling import keep
from dunning.receipts import Event
from staff.webhooks import Body, moment_of, signed, text_of


@signed
def webhook(request: HttpRequest, provider: str, body: Body) -> JsonResponse:
    event = Event(
        event_id=text_of(body, "event_id", 80),
        kind=text_of(body, "type", 20),
        message_id=text_of(body, "message_id", 64),
        at=moment_of(body),
        reason=text_of(body, "reason", 40) if body.get("reason") else "",
        text=text_of(body, "text", 1_000) if body.get("text") else "",
    )
    return keep(provider, event)
