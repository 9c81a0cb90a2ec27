"""Text messages through Twilio's Messages resource (https://www.twilio.com/docs/messaging/api/message-resource).

A form with To, From (or MessagingServiceSid) and Body; 201 with a `sid` is accepted. Twilio knows no idempotency key, so it
counts as plain. Our key goes out in the address of the status callback, which Twilio signs, and comes back with each receipt. A
message in doubt is looked for in Twilio's own list, by its number, its time and its words.
"""

import base64
import json
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import httpx
from django.conf import settings as console
from django.urls import reverse

from dunning.channels.configuration import GatewaySettings
from dunning.channels.http import Call, HttpLane
from dunning.channels.interface import LATER, NOT_LET_IN, Outcome, Outgoing, Question, Result, Told, code_of
from dunning.channels.numbers import e164
from staff.outside import TIMEOUT

SERVICE = "MG"
"""How the number of a messaging service begins, which stands in the place of a sender's number."""
KEY = "message_id"
"""The parameter of the status callback that bears our key."""
BECAME = {"delivered": Told.DELIVERED, "read": Told.DELIVERED, "undelivered": Told.FAILED, "failed": Told.FAILED}
"""What a status means; every other one says that Twilio has the message."""
SKEW = timedelta(minutes=2)
"""Twilio's clock and ours may differ by so much."""
LISTED_MAX = 50


class Twilio:
    """An account with Twilio: `account` is its SID, the secret its token."""

    can_ask = True

    def __init__(self, settings: GatewaySettings) -> None:
        self.settings = settings
        self.url = f"{settings.url.rstrip('/')}/Accounts/{settings.account}/Messages.json"

    def lane(self) -> HttpLane:
        return HttpLane(self.url, self, is_kept=False)

    def call(self, message: Outgoing) -> Call:
        is_service = message.sender.startswith(SERVICE)
        form = {
            "To": e164(message.to, self.settings.country),
            "MessagingServiceSid" if is_service else "From": message.sender,
            "Body": message.text.unmasked(),
            "StatusCallback": f"{webhook_url(self.settings.name)}?{urlencode({KEY: message.key})}",
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "Accept": "application/json"}
        return Call(urlencode(form).encode(), headers | self._let_in())

    def outcome(self, status: int, answer: bytes) -> Outcome:
        content = _object(answer)
        code = code_of(content.get("code") or content.get("error_code"))
        if 200 <= status < 300 and content.get("sid"):
            sid = str(content["sid"])[:80]
            return Outcome(Result.REFUSED, sid, code) if content.get("status") == "failed" else _accepted(sid)
        if status == LATER or status in NOT_LET_IN:
            return Outcome(Result.NOT_SENT, detail=f"HTTP {status} {code}".strip())
        if 400 <= status < 500 and code:
            return Outcome(Result.REFUSED, detail=code)
        return Outcome(Result.AMBIGUOUS, detail=f"HTTP {status}")

    def ask(self, question: Question) -> Told:
        """SENT, or what became of it, if it is in Twilio's list; that it is not there yet proves nothing."""
        to, since = e164(question.to, self.settings.country), question.tried_at - SKEW
        asked = {"To": to, "DateSent>": since.date().isoformat(), "PageSize": str(LISTED_MAX)}
        try:
            answer = httpx.get(self.url, params=asked, headers=self._let_in(), timeout=TIMEOUT)
        except (httpx.HTTPError, httpx.InvalidURL):
            return Told.UNSAID
        listed = _object(answer.content).get("messages") if answer.is_success else None
        for each in listed if isinstance(listed, list) else []:
            if isinstance(each, dict) and each.get("body") == question.text.unmasked() and _made_at(each) >= since:
                return BECAME.get(str(each.get("status")), Told.SENT)
        return Told.UNSAID

    def _let_in(self) -> dict[str, str]:
        who = base64.b64encode(f"{self.settings.account}:{self.settings.secret}".encode()).decode()
        return {"Authorization": f"Basic {who}"}


def webhook_url(name: str) -> str:
    """The address that Twilio calls, as it calls it; its signature covers it."""
    return f"{console.PUBLIC_URL}{reverse('message_webhook', args=[name])}"


def _accepted(sid: str) -> Outcome:
    return Outcome(Result.ACCEPTED, provider_id=sid)


def _made_at(listed: dict[str, Any]) -> datetime:
    """When Twilio took it; what does not say so counts as long ago."""
    try:
        return parsedate_to_datetime(str(listed.get("date_created")))
    except ValueError:
        return parsedate_to_datetime("Thu, 01 Jan 1970 00:00:00 +0000")


def _object(answer: bytes) -> dict[str, Any]:
    try:
        content = json.loads(answer)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
