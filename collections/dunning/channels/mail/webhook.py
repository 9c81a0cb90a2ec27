"""What became of e-mails, as whoever runs the mail server tells it: signed as every webhook is, in the console's own words.

`message_id` is our key or the whole Message-ID. `bounced` with `"hard": true` says that the address is gone; `complained`, that
the borrower wants no more e-mails.
"""

from django.http import HttpRequest, JsonResponse

from dunning.channels.telling import keep
from dunning.receipts import Event
from dunning.replies import NUMBER_GONE
from staff.webhooks import Body, moment_of, signed, text_of

KINDS = {"bounced": "failed"}


@signed
def webhook(request: HttpRequest, provider: str, body: Body) -> JsonResponse:
    kind = text_of(body, "type", 20)
    is_gone = kind == "bounced" and body.get("hard") is True
    event = Event(
        event_id=text_of(body, "event_id", 80),
        kind=KINDS.get(kind, kind),
        message_id=text_of({"message_id": key_of(text_of(body, "message_id", 200))}, "message_id", 64),
        at=moment_of(body),
        reason=NUMBER_GONE if is_gone else text_of(body, "reason", 40) if body.get("reason") else "",
        text=text_of(body, "text", 1_000) if body.get("text") else "",
    )
    return keep(provider, event)


def key_of(message_id: str) -> str:
    """Our key out of `<key@host>`."""
    return message_id.strip("<> ").partition("@")[0]
