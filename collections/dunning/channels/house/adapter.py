"""The console's own small contract: POST `{to, channel, text, message_id}` under an `Idempotency-Key`.

2xx with {"status": "accepted", "id"} is accepted; anything else may or may not have been sent.
"""

import json

from dunning.channels.configuration import GatewaySettings
from dunning.channels.http import Call, HttpLane
from dunning.channels.interface import Outcome, Outgoing, Question, Result, Told


class House:
    """A gateway that speaks the contract."""

    can_ask = False

    def __init__(self, settings: GatewaySettings) -> None:
        self.settings = settings

    def lane(self) -> HttpLane:
        return HttpLane(self.settings.url, self, is_kept=not self.settings.is_plain)

    def call(self, message: Outgoing) -> Call:
        content = {
            "to": message.to.unmasked(),
            "channel": message.channel,
            "text": message.text.unmasked(),
            "message_id": message.key,
        }
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": message.key}
        return Call(json.dumps(content, ensure_ascii=False).encode(), headers)

    def outcome(self, status: int, answer: bytes) -> Outcome:
        ambiguous = Outcome(Result.AMBIGUOUS, detail=f"HTTP {status}")
        if not 200 <= status < 300:
            return ambiguous
        try:
            content = json.loads(answer)
        except ValueError:
            return ambiguous
        if not isinstance(content, dict) or content.get("status") != "accepted":
            return ambiguous
        return Outcome(Result.ACCEPTED, provider_id=str(content.get("id") or "")[:80])

    def ask(self, question: Question) -> Told:
        return Told.UNSAID
