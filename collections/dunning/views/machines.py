"""What machines call: the gateway's webhook, and the demonstration's own gateway."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.views.decorators.csrf import csrf_exempt

from audit.clock import machine_now, now
from dunning import loopback, receipts
from dunning.signing import is_signed, secrets_of
from staff.access import public

BODY_BYTES_MAX = 64 * 1024


class BadEventError(ValueError):
    """A signed body that is no event."""


@csrf_exempt
@public(methods=("POST",))
def message_webhook(request: HttpRequest, provider: str) -> JsonResponse:
    """Take a receipt: 403 unless signed by that provider just now, 400 when it is no event, else 202 and it is kept."""
    if int(request.headers.get("Content-Length") or 0) > BODY_BYTES_MAX:
        return JsonResponse({"error": "the body is too long"}, status=413)
    signed = is_signed(
        secrets=secrets_of(settings.WEBHOOK_SECRETS).get(provider, []),
        timestamp=request.headers.get("X-Timestamp", ""),
        signature=request.headers.get("X-Signature", ""),
        body=request.body,
        unix_now=machine_now().timestamp(),
    )
    if not signed:
        return JsonResponse({"error": "the signature is not valid"}, status=403)
    try:
        event = event_of(request.body)
    except BadEventError as error:
        return JsonResponse({"error": str(error)}, status=400)
    is_new = receipts.take(provider, event, received_at=now())
    return JsonResponse({"status": "stored" if is_new else "seen"}, status=202 if is_new else 200)


def event_of(body: bytes) -> receipts.Event:
    """The event of a webhook's body; BadEventError with the field that is wrong."""
    try:
        content: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise BadEventError("the body is no JSON") from None
    if not isinstance(content, dict):
        raise BadEventError("the body is no JSON object")
    limits = {"event_id": 80, "type": 20, "message_id": 64}
    for name, longest in limits.items():
        if not isinstance(content.get(name), str) or not 0 < len(content[name]) <= longest or "\0" in content[name]:
            raise BadEventError(f"{name} is a text of 1 to {longest} characters")
    return receipts.Event(content["event_id"], content["type"], content["message_id"], _moment(content.get("at")))


def _moment(text: object) -> datetime:
    try:
        moment = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None or is_naive(moment):
        raise BadEventError("at is an instant with its offset")
    return moment


@csrf_exempt
@public(methods=("POST",))
def loopback_message(request: HttpRequest) -> JsonResponse:
    """The gateway that the console plays for itself; nothing leaves the machine."""
    if not settings.DEMO:
        raise Http404
    key = request.headers.get("Idempotency-Key", "")
    try:
        content = json.loads(request.body)
        to, channel, text = str(content["to"]), str(content["channel"]), str(content["text"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"status": "rejected", "error": "to, channel, text and message_id are wanted"}, status=400)
    if not 0 < len(key) <= loopback.KEY_CHARACTERS_MAX:
        return JsonResponse({"status": "rejected", "error": "Idempotency-Key is wanted"}, status=400)
    message = loopback.receive(key=key, to=to, channel=channel, text=text, at=now())
    return JsonResponse({"status": "accepted", "id": f"loopback-{message.pk}"})
