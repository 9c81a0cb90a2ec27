"""What borrowers and networks answer to a message: a wish to hear no more acts at once, a dead number is known from then on.
Whoever marks an e-mail as unwanted wishes to hear no more.

Any other answer stands on the timeline of the borrower's case.
"""

from datetime import datetime

from contacts.calls import learn
from contacts.models import Contact
from contacts.optouts import opt_out
from dunning.models import Reminder

STOP_WORDS = frozenset(
    {"t", "td", "n", "stop", "stopall", "unsubscribe", "end", "quit", "退订", "退", "停止", "取消订阅"}
)
"""Answers that mean "no more reminders this way" and nothing else; as our texts name them, and as carriers do."""
NUMBER_GONE = "number_gone"


def is_stop(text: str) -> bool:
    """Whether an answer says that, and only that, whatever its case, width and marks."""
    return "".join(letter for letter in text.translate(_HALF_WIDTH).casefold() if letter.isalnum()) in STOP_WORDS


_HALF_WIDTH = {0xFF01 + place: 0x21 + place for place in range(94)}


def heed(message_id: str, *, kind: str, reason: str, text: str, at: datetime) -> None:
    """Act on what an event says beyond the message's own fate; in the transaction that keeps it. Safe to repeat."""
    row = Reminder.objects.select_related("borrower").filter(message_id=message_id).first()
    if row is None:
        return
    if kind == "complained" or (kind == "replied" and is_stop(text)):
        opt_out(borrower=row.borrower, channel=row.channel, evidence=f"message {row.pk}", by=None, at=at)
    if kind == "failed" and reason == NUMBER_GONE and row.contact_id:
        learn(Contact.objects.select_related("borrower", "point").get(pk=row.contact_id), at=at)
