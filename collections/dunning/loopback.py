"""The demonstration's own gateway: it sends nothing and remembers what a borrower would have read."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from dunning.models import LoopbackMessage
from dunning.texts import MessageText
from lending.personal import EmailAddress, PhoneNumber

KEY_CHARACTERS_MAX = 64


def receive(*, key: str, to: str, channel: str, text: str, at: datetime) -> LoopbackMessage:
    """Take a message; the same key again is the same message and only counted."""
    number = EmailAddress(to) if "@" in to else PhoneNumber(to)
    with transaction.atomic():
        message, is_new = LoopbackMessage.objects.get_or_create(
            key=key,
            defaults={
                "to_masked": str(number)[:40],
                "channel": channel[:10],
                "text": MessageText(text),
                "received_at": at,
            },
        )
        if not is_new:
            LoopbackMessage.objects.filter(pk=message.pk).update(hits=F("hits") + 1)
    return message
