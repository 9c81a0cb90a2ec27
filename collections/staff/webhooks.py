"""Machines that tell us something sign it: HMAC-SHA256 over `timestamp.body`, at most five minutes old.

    @csrf_exempt
    @public(methods=("POST",))
    @signed
    def message_webhook(request, provider, body): ...

answers 403 unless that provider signed the body just now with one of its keys, and 400 when the body is no JSON object or
the view raises BadEventError; `body` is the object.
"""

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive

from audit.clock import machine_now

SKEW_SECONDS_MAX = 300
BODY_BYTES_MAX = 64 * 1024

Body = dict[str, Any]
SignedView = Callable[[HttpRequest, str, Body], JsonResponse]


class BadEventError(ValueError):
    """A signed body that is no event; says which field and why."""


def signed(view: SignedView) -> Callable[[HttpRequest, str], JsonResponse]:
    """Hand the view only bodies that their provider signed just now."""

    @wraps(view)
    def checked(request: HttpRequest, provider: str) -> JsonResponse:
        if len(request.body) > BODY_BYTES_MAX:
            return JsonResponse({"error": "the body is too long"}, status=413)
        if not _is_signed(request, provider):
            return JsonResponse({"error": "the signature is not valid"}, status=403)
        try:
            return view(request, provider, _object(request.body))
        except BadEventError as error:
            return JsonResponse({"error": str(error)}, status=400)

    return checked


def secrets_of(setting: str) -> dict[str, list[str]]:
    """`provider:keyid:secret,…` as secrets by provider; two keys of one provider are both valid while keys rotate."""
    found: dict[str, list[str]] = defaultdict(list)
    for item in filter(None, (part.strip() for part in setting.split(","))):
        provider, _, rest = item.partition(":")
        _key_id, _, secret = rest.partition(":")
        if provider and secret:
            found[provider].append(secret)
    return dict(found)


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def text_of(body: Body, name: str, longest: int) -> str:
    """A text field of 1 to `longest` characters that every database can keep; BadEventError names it."""
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest or not _is_storable(value):
        raise BadEventError(f"{name} is a text of 1 to {longest} characters")
    return value


def moment_of(body: Body, name: str = "at") -> datetime:
    """An instant with its offset; BadEventError names the field."""
    value = body.get(name)
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or is_naive(moment):
        raise BadEventError(f"{name} is an instant with its offset")
    return moment


def _is_signed(request: HttpRequest, provider: str) -> bool:
    """Whether one of the provider's secrets signed this body at about this time; every comparison takes the same time."""
    timestamp, signature = request.headers.get("X-Timestamp", ""), request.headers.get("X-Signature", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12 and signature.isascii()):
        return False
    is_fresh = abs(machine_now().timestamp() - int(timestamp)) <= SKEW_SECONDS_MAX
    secrets = secrets_of(settings.WEBHOOK_SECRETS).get(provider, [])
    matches = [
        hmac.compare_digest(signature_of(secret, timestamp, request.body), signature.lower()) for secret in secrets
    ]
    return is_fresh and any(matches)


def _object(body: bytes) -> Body:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise BadEventError("the body is no JSON") from None
    if not isinstance(content, dict):
        raise BadEventError("the body is no JSON object")
    return content


def _is_storable(text: str) -> bool:
    """No NUL, which PostgreSQL refuses, and no half of a surrogate pair, which no database can encode."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
