"""What machines call: the webhook of each gateway, and the demonstration's own gateway."""

import json
from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from audit.clock import now
from dunning import loopback
from dunning.channels.configuration import EMAIL, HOUSE, SMS, TWILIO
from dunning.channels.house.webhook import webhook as house
from dunning.channels.mail.webhook import webhook as mail
from dunning.channels.registry import named
from dunning.channels.sms.webhook import webhook as sms
from dunning.channels.twilio.webhook import webhook as twilio
from staff.access import public

WEBHOOKS: dict[str, Callable[[HttpRequest, str], JsonResponse]] = {
    HOUSE: house, SMS: sms, TWILIO: twilio, EMAIL: mail,
}  # fmt: skip


@csrf_exempt
@public(methods=("POST",))
def message_webhook(request: HttpRequest, provider: str) -> JsonResponse:
    """Take what a gateway tells, in its own words and under its own signature; any other provider speaks as the house does."""
    gateway = named(provider)
    return WEBHOOKS[gateway.adapter if gateway else HOUSE](request, provider)


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
    status, body = loopback.answer(key=key, to=to, channel=channel, text=text, at=now())
    return JsonResponse(body, status=status)
