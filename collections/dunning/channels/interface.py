"""The small interface behind which every kind of gateway stands. Each kind is a folder beside this file: `adapter` says what
leaves and what the answer means, `webhook` takes what the gateway tells afterwards.
"""

from datetime import datetime
from enum import Enum
from typing import NamedTuple, Protocol

from dunning.models import Attempt
from dunning.texts import MessageText
from lending.personal import Personal

Result = Attempt.Result
LATER = 429
"""HTTP: too many requests, this one was not taken."""
NOT_LET_IN = frozenset({401, 403})
"""HTTP: the gateway does not take us for whom we say: nothing was taken, and nothing will be until somebody mends it."""


class Outgoing(NamedTuple):
    """A message as a gateway gets it; `sender` is what the gateway calls the creditor that speaks."""

    key: str
    to: Personal
    channel: str
    text: MessageText
    sender: str = ""
    signature: str = ""


class Outcome(NamedTuple):
    """What is known of one call. `is_begun` is False when there was no time left to make it."""

    result: Attempt.Result
    provider_id: str = ""
    detail: str = ""
    is_begun: bool = True

    @property
    def is_fault(self) -> bool:
        """Whether the gateway, rather than the message, is at fault."""
        return self.is_begun and self.result in {Result.NOT_SENT, Result.AMBIGUOUS}


class Question(NamedTuple):
    """What a gateway is asked: what became of the message with this key, which was tried at that moment."""

    key: str
    to: Personal
    text: MessageText
    tried_at: datetime


class Told(Enum):
    """What a gateway says of a message when it is asked. Only what is certain counts: NEVER is a plain "it never came"."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    NEVER = "never"
    UNSAID = "unsaid"


class Lane(Protocol):
    """One way to a gateway, used by one thread at a time."""

    def post(self, message: Outgoing) -> Outcome:
        """Hand the message over and say what is known of it."""

    def cut(self) -> None:
        """Break off the call that is under way, from another thread."""

    def close(self) -> None: ...


class Adapter(Protocol):
    """How one kind of gateway is spoken to."""

    @property
    def can_ask(self) -> bool:
        """Whether it can be asked what became of a message."""

    def lane(self) -> Lane: ...

    def ask(self, question: Question) -> Told:
        """Ask, outside any transaction; UNSAID when it does not say, or cannot be asked."""


def named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def code_of(value: object) -> str:
    """A gateway's own code for what went wrong, and nothing else: its words may hold a number or an address."""
    text = str(value or "")
    return text[:40] if text.isascii() and text.replace("_", "").replace("-", "").replace(".", "").isalnum() else ""
