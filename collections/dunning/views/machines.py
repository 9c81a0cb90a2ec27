"""What machines call: the gateway's webhook, and the demonstration's own gateway."""

import json

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from audit.clock import now
from dunning import loopback, receipts
from staff.access import public
from staff.webhooks import Body, moment_of, signed, text_of


@csrf_exempt
@public(methods=("POST",))
@signed
def message_webhook(request: HttpRequest, provider: str, body: Body) -> JsonResponse:
    """Take a receipt: 202 when it is kept, 200 when it had come before."""
    event = receipts.Event(
        event_id=text_of(body, "event_id", 80),
        kind=text_of(body, "type", 20),
        message_id=text_of(body, "message_id", 64),
        at=moment_of(body),
        reason=text_of(body, "reason", 40) if body.get("reason") else "",
        text=text_of(body, "text", 1_000) if body.get("text") else "",
    )
    is_new = receipts.take(provider, event, received_at=now())
    return JsonResponse({"status": "stored" if is_new else "seen"}, status=202 if is_new else 200)


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
