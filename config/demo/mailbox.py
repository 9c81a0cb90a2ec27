"""Sends the demo's reminders through the console's own sender, into the loopback mailbox instead of over the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dunning.channels.configuration import house_gateway
from dunning.channels.interface import Outcome, Outgoing
from dunning.gateways import Gateway, Pace
from dunning.loopback import receive
from dunning.models import Attempt
from dunning.sending import send_all

REFUSED_EVERY = 12
"""One message of a day in so many is refused, so that the demonstration has dead letters to look at."""
UNKNOWN_NUMBER = "21211"


class Mailbox(Gateway):
    """A gateway that needs no server: every message arrives, save a few that it refuses."""

    def __init__(self, at: datetime) -> None:
        super().__init__(house_gateway("http://mailbox.invalid/", "idempotent"))
        self.at, self.taken = at, 0

    @property
    def pace(self) -> Pace:
        return Pace.WHOLE_BATCHES

    def send(self, messages: Sequence[Outgoing], **_: Any) -> list[Outcome]:
        return [self._deliver(message) for message in messages]

    def _deliver(self, message: Outgoing) -> Outcome:
        self.taken += 1
        if self.taken % REFUSED_EVERY == REFUSED_EVERY // 2:
            return Outcome(Attempt.Result.REFUSED, detail=UNKNOWN_NUMBER)
        receive(
            key=message.key,
            to=message.to.unmasked(),
            channel=message.channel,
            text=message.text.unmasked(),
            at=self.at,
        )
        return Outcome(Attempt.Result.ACCEPTED, provider_id=f"demo-{message.key[:20]}")


def deliver(at: datetime) -> None:
    """Send everything that is due at that instant."""
    with Mailbox(at) as mailbox:
        send_all(mailbox, lambda: at)
