"""What payment services call."""

import re

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from audit.clock import now
from lending.days import business_date
from lending.models.ways import CODE_MAX
from lending.money import AMOUNT_MAX
from lending.payment_events import Event, Outcome, take
from staff.access import public
from staff.webhooks import BadEventError, Body, moment_of, signed, text_of

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


@csrf_exempt
@public(methods=("POST",))
@signed
def payment_webhook(request: HttpRequest, provider: str, body: Body) -> JsonResponse:
    """Take a payment: 202 with what became of it, 200 when it had come before, 409 when its reference is known otherwise."""
    event = Event(
        event_id=text_of(body, "event_id", 80),
        kind=text_of(body, "type", 40),
        at=moment_of(body),
        loan_number=text_of(body, "loan_number", 64),
        reference=text_of(body, "reference", 80),
        amount=_amount(body),
        currency=_currency(body),
        order=_optional(body, "order", CODE_MAX),
        detail=_optional(body, "reason", 40),
    )
    at = now()
    outcome, is_new = take(provider, event, received_at=at, on=business_date(at))
    if outcome == Outcome.CONFLICT:
        return JsonResponse({"error": "the reference is known with other content"}, status=409)
    return JsonResponse({"status": outcome if is_new else "seen"}, status=202 if is_new else 200)


def _amount(body: Body) -> int:
    """Minor units, as everywhere in JSON that comes in; a whole number and nothing that only looks like one."""
    amount = body.get("amount")
    if type(amount) is not int or not 0 < amount <= AMOUNT_MAX:
        raise BadEventError(f"amount is a whole number of minor units from 1 to {AMOUNT_MAX}")
    return amount


def _optional(body: Body, name: str, longest: int) -> str:
    return text_of(body, name, longest) if body.get(name) else ""


def _currency(body: Body) -> str:
    """The currency where one is named; without it the loan's own counts."""
    currency = body.get("currency", "")
    if currency and not (isinstance(currency, str) and _CURRENCY.fullmatch(currency)):
        raise BadEventError("currency is a code of three capital letters")
    return currency or ""
