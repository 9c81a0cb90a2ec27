"""What Twilio tells: the status of a message under the key in its callback's address, and what people write back.

Twilio signs no time. What is told again counts once (by message and status), and a status that comes late changes nothing, so
a copy of an old request does nothing.
"""

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from audit.clock import now
from dunning.channels.registry import named
from dunning.channels.telling import keep
from dunning.channels.twilio.adapter import KEY
from dunning.channels.twilio.signing import is_signed
from dunning.receipts import Event, last_message_to
from dunning.replies import NUMBER_GONE
from lending.personal import PhoneNumber
from staff.webhooks import BODY_BYTES_MAX, BadEventError, text_of

KINDS = {"delivered": "delivered", "read": "read", "undelivered": "failed", "failed": "failed"}
GONE = frozenset({"21211", "21214", "21217", "30005", "30006"})
"""Error codes of a number that does not exist, or can never get a text message."""


def webhook(request: HttpRequest, provider: str) -> JsonResponse:
    gateway = named(provider)
    if len(request.body) > BODY_BYTES_MAX:
        return JsonResponse({"error": "the body is too long"}, status=413)
    url = f"{settings.PUBLIC_URL}{request.get_full_path()}"
    signature = request.headers.get("X-Twilio-Signature", "")
    if gateway is None or not is_signed(signature, gateway.secret, url, request.POST):
        return JsonResponse({"error": "the signature is not valid"}, status=403)
    try:
        return keep(provider, _event(request.POST.dict() | {KEY: request.GET.get(KEY, "")}))
    except BadEventError as error:
        return JsonResponse({"error": str(error)}, status=400)


def _event(facts: dict[str, str]) -> Event:
    sid = text_of(facts, "MessageSid", 60)
    if not facts[KEY]:
        return _answer(sid, facts)
    status = text_of(facts, "MessageStatus", 19)
    code = facts.get("ErrorCode", "")
    return Event(
        event_id=f"{sid}-{status}"[:80],
        kind=KINDS.get(status, status),
        message_id=text_of(facts, KEY, 64),
        at=now(),
        reason=NUMBER_GONE if code in GONE else text_of(facts, "ErrorCode", 40) if code else "",
    )


def _answer(sid: str, facts: dict[str, str]) -> Event:
    """A message that somebody wrote back speaks of the last one that went to that number."""
    about = last_message_to(PhoneNumber(text_of(facts, "From", 40)))
    body = text_of(facts, "Body", 1_600)[:1_000]
    return Event(event_id=sid, kind="replied", message_id=about or sid, at=now(), text=body)
