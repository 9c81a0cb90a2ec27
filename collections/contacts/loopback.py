"""The demonstration's own telephony: it places no call, remembers that it was asked to, and says how long it lasted."""

import json
import secrets

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from audit.clock import now
from contacts.models import LoopbackCall
from lending.personal import PhoneNumber
from staff.access import public


@csrf_exempt
@public(methods=("POST",))
def place_call(request: HttpRequest) -> JsonResponse:
    """POST `{to, call_ref, agent}` with `Idempotency-Key`; the same key is the same call."""
    if not settings.DEMO:
        raise Http404
    try:
        body = json.loads(request.body)
        number, agent = PhoneNumber(str(body["to"])), str(body["agent"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"status": "rejected", "error": "to, call_ref and agent are wanted"}, status=400)
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= 64:
        return JsonResponse({"status": "rejected", "error": "Idempotency-Key is wanted"}, status=400)
    call, _is_new = LoopbackCall.objects.get_or_create(
        key=key,
        defaults={
            "call_id": secrets.token_hex(16),
            "to_masked": str(number),
            "agent": agent[:150],
            "started_at": now(),
        },
    )
    return JsonResponse({"status": "accepted", "call_id": call.call_id})


@public
def call_details(request: HttpRequest, call_id: str) -> JsonResponse:
    """How long the call has lasted, and where its recording would lie."""
    call = LoopbackCall.objects.filter(call_id=call_id).first() if settings.DEMO else None
    if call is None:
        raise Http404
    seconds = max(int((now() - call.started_at).total_seconds()), 0)
    return JsonResponse({"seconds": seconds, "recording": f"loopback:{call.call_id}"})
