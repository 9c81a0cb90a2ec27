"""Calls that leave the console, made outside every transaction: what may have left is told apart from what did not.

Small JSON contracts over HTTP: POST with an `Idempotency-Key`, signed as webhooks are (`staff.webhooks`) where the other side
shares a secret with us. 2xx with {"status": "accepted"} is accepted, {"status": "rejected", "reason"} with 2xx or 4xx is a clear
no, a connection that could not be made sent nothing; anything else may or may not have counted.
"""

import json
from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

import httpx
from django.conf import settings

from audit.clock import machine_now
from staff.webhooks import signature_of

_CONNECT_SECONDS, _READ_SECONDS = settings.OUTSIDE_TIMEOUTS
TIMEOUT = httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)


class Result(Enum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    AMBIGUOUS = "ambiguous"


class Reply(NamedTuple):
    """What is known of a call; `content` is the answer where it was a JSON object."""

    result: Result
    content: dict[str, Any]
    detail: str = ""


def post(
    url: str, body: dict[str, Any], *, key: str, secret: str = "", read: Callable[[httpx.Response], Reply] | None = None
) -> Reply:
    """Post the body under that key, signed with that secret if there is one; `read` says what the answer means."""
    read = read or reply_of
    raw = json.dumps(body, ensure_ascii=False).encode()
    stamp = str(int(machine_now().timestamp()))
    headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": key}
    if secret:
        headers |= {"X-Timestamp": stamp, "X-Signature": signature_of(secret, stamp, raw)}
    try:
        return read(httpx.post(url, content=raw, headers=headers, timeout=TIMEOUT))
    except NEVER_LEFT as error:
        return Reply(Result.NOT_SENT, {}, type(error).__name__)
    except (httpx.HTTPError, ValueError) as error:
        return Reply(Result.AMBIGUOUS, {}, type(error).__name__)


def reply_of(answer: httpx.Response) -> Reply:
    """What an answer says."""
    ambiguous = Reply(Result.AMBIGUOUS, {}, f"HTTP {answer.status_code}")
    try:
        content = answer.json()
    except ValueError:
        return ambiguous
    if not isinstance(content, dict):
        return ambiguous
    if answer.is_success and content.get("status") == "accepted":
        return Reply(Result.ACCEPTED, content)
    if (answer.is_success or answer.is_client_error) and content.get("status") == "rejected":
        return Reply(Result.REJECTED, content, str(content.get("reason") or "")[:40])
    return ambiguous
