"""What telephony services call."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from audit.clock import now
from contacts.inbound import ENDED, RINGING, Report, take
from staff.access import public
from staff.webhooks import BadEventError, Body, moment_of, signed, text_of

SECONDS_MAX = 24 * 60 * 60


@csrf_exempt
@public(methods=("POST",))
@signed
def call_webhook(request: HttpRequest, provider: str, body: Body) -> JsonResponse:
    """Take a report of a call that came in: 202 when it says something new, 200 when it was known."""
    kind = text_of(body, "type", 10)
    if kind not in {RINGING, ENDED}:
        raise BadEventError(f"type is {RINGING} or {ENDED}")
    report = Report(
        call_id=text_of(body, "call_id", 80),
        kind=kind,
        at=moment_of(body),
        number=text_of(body, "from", 40),
        agent=text_of(body, "agent", 150) if body.get("agent") else "",
        seconds=_seconds(body),
        recording=text_of(body, "recording", 200) if body.get("recording") else "",
    )
    call, is_new = take(provider, report, at=now())
    answer = {"status": "taken" if is_new else "seen", "is_known": call.contact_id is not None}
    return JsonResponse(answer, status=202 if is_new else 200)


def _seconds(body: Body) -> int | None:
    seconds = body.get("seconds")
    if seconds is not None and (type(seconds) is not int or not 0 <= seconds <= SECONDS_MAX):
        raise BadEventError(f"seconds is a whole number from 0 to {SECONDS_MAX}")
    return seconds
