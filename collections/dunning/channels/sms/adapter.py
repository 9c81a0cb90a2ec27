"""A carrier's text messages over HTTP: signed, in the fields that a mapping names (`mapping`), which fits most carriers.

What its answer means is the mapping's word: a 200 with an error in it is a refusal. An answer in which the mapping finds
nothing is ambiguous, whatever its status.
"""

import json
import secrets
from urllib.parse import quote, urlencode

import httpx

from audit.clock import machine_now
from dunning.channels.configuration import GatewaySettings
from dunning.channels.http import Call, HttpLane
from dunning.channels.interface import LATER, NOT_LET_IN, Outcome, Outgoing, Question, Result, Told, code_of
from dunning.channels.numbers import e164
from dunning.channels.sms.mapping import Mapped, at_path, filled
from dunning.channels.sms.signing import signed
from staff.outside import TIMEOUT


class Sms:
    """A carrier with a mapping."""

    def __init__(self, settings: GatewaySettings) -> None:
        assert settings.mapping is not None, "the configuration asks for one"
        self.settings, self.mapping = settings, settings.mapping

    @property
    def can_ask(self) -> bool:
        return self.mapping.asking is not None

    def lane(self) -> HttpLane:
        return HttpLane(self.settings.url, self, is_kept=not self.settings.is_plain)

    def call(self, message: Outgoing) -> Call:
        content = filled(self.mapping.body, self._words(message))
        if self.mapping.is_form:
            body, kind = urlencode(content).encode(), "application/x-www-form-urlencoded"
        else:
            body, kind = json.dumps(content, ensure_ascii=False).encode(), "application/json"
        headers = {"Content-Type": f"{kind}; charset=utf-8", "Idempotency-Key": message.key}
        return Call(body, headers | self._signed(body))

    def outcome(self, status: int, answer: bytes) -> Outcome:
        return outcome_of(self.mapping, status, answer)

    def ask(self, question: Question) -> Told:
        asking = self.mapping.asking
        if asking is None:
            return Told.UNSAID
        words = {"message_id": question.key, "to": question.to.unmasked()}
        url = filled(asking.url, {name: quote(value, safe="") for name, value in words.items()})
        try:
            answer = httpx.get(url, headers=self._signed(b""), timeout=TIMEOUT)
            found = at_path(answer.json(), asking.status) if answer.is_success else None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            return Told.UNSAID
        return Told(asking.states.get(found or "", Told.UNSAID.value))

    def _words(self, message: Outgoing) -> dict[str, str]:
        return {
            "to": message.to.unmasked(),
            "to_e164": e164(message.to, self.settings.country) if message.channel != "email" else "",
            "text": message.text.unmasked(),
            "message_id": message.key,
            "channel": message.channel,
            "sender": message.sender,
            "signature": message.signature,
        }

    def _signed(self, body: bytes) -> dict[str, str]:
        stamp, nonce = str(int(machine_now().timestamp())), secrets.token_hex(16)
        return signed(body, account=self.settings.account, secret=self.settings.secret, timestamp=stamp, nonce=nonce)


def outcome_of(mapping: Mapped, status: int, answer: bytes) -> Outcome:
    """What is known after this answer. 2xx and 4xx are believed where they say it; 429 and a closed door took nothing."""
    if status == LATER or status in NOT_LET_IN:
        return Outcome(Result.NOT_SENT, detail=f"HTTP {status}")
    try:
        content = json.loads(answer)
    except (ValueError, RecursionError):
        content = None
    word = at_path(content, mapping.answers.status)
    is_believed = 200 <= status < 300 or (400 <= status < 500 and word not in mapping.answers.accepted)
    if word is None or not is_believed:
        return Outcome(Result.AMBIGUOUS, detail=f"HTTP {status}")
    if word in mapping.answers.accepted:
        return Outcome(Result.ACCEPTED, provider_id=(at_path(content, mapping.answers.id) or "")[:80])
    if word in mapping.answers.later:
        return Outcome(Result.NOT_SENT, detail=f"HTTP {status} {code_of(word)}".strip())
    return Outcome(Result.REFUSED, detail=code_of(word))
