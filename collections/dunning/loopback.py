"""The demonstration's own gateway: it sends nothing and remembers what a borrower would have read. It can be made to misbehave, so
that people see what the console does then.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import F

from audit.record import record
from dunning.models import LoopbackFault, LoopbackMessage
from dunning.texts import MessageText
from lending.personal import EmailAddress, PhoneNumber
from staff.models import User
from staff.outside import Reply, Result, post
from staff.webhooks import secrets_of

KEY_CHARACTERS_MAX = 64
NAME = "loopback"
SLOW_SECONDS = 0.4
RECEIPTS_A_PULSE = 20
Kind = LoopbackFault.Kind


class Answer(NamedTuple):
    """Status and body."""

    status: int
    body: dict[str, str]


def fault() -> LoopbackFault.Kind:
    """How it misbehaves now."""
    newest = LoopbackFault.objects.order_by("-pk").values_list("kind", flat=True).first()
    return Kind(newest or Kind.NONE)


@transaction.atomic
def set_fault(kind: str, *, by: User, at: datetime) -> None:
    """Let it misbehave so from now on."""
    LoopbackFault.objects.create(kind=Kind(kind), set_by=by, set_at=at)
    record("dunning.loopback_fault", by=by, at=at, kind=kind)


def answer(
    *, key: str, to: str, channel: str, text: str, at: datetime, pause: Callable[[float], None] = time.sleep
) -> Answer:
    """Take a message, or misbehave."""
    how = fault()
    if how is Kind.ERROR:
        return Answer(500, {"status": "error"})
    if how is Kind.DROP:
        return Answer(200, {"status": "accepted", "id": f"loopback-dropped-{key[:8]}"})
    if how is Kind.SLOW:
        pause(SLOW_SECONDS)
    message = receive(key=key, to=to, channel=channel, text=text, at=at)
    if how is Kind.DUPLICATE:
        LoopbackMessage.objects.filter(pk=message.pk).update(is_receipt_owed=True)
    if how is Kind.TIMEOUT:
        return Answer(504, {"status": "gateway time-out"})
    return Answer(200, {"status": "accepted", "id": f"loopback-{message.pk}"})


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


def send_receipts() -> int:
    """Tell the console, over HTTP and signed, that these messages were delivered, each of them twice; how many it was told of."""
    owed = list(LoopbackMessage.objects.filter(is_receipt_owed=True).order_by("pk")[:RECEIPTS_A_PULSE])
    for message in owed:
        event = {
            "event_id": f"loopback-{message.pk}-delivered",
            "type": "delivered",
            "message_id": message.key,
            "at": message.received_at.isoformat(),
        }
        if all([_tell(event), _tell(event)]):
            LoopbackMessage.objects.filter(pk=message.pk).update(is_receipt_owed=False)
    return len(owed)


def _tell(event: dict[str, Any]) -> bool:
    secret = secrets_of(settings.WEBHOOK_SECRETS)[NAME][0]
    url = f"{settings.PUBLIC_URL}/webhooks/messages/{NAME}/"
    return post(url, event, key=event["event_id"], secret=secret, read=_heard).result == Result.ACCEPTED


def _heard(reply: httpx.Response) -> Reply:
    return Reply(Result.ACCEPTED if reply.is_success else Result.AMBIGUOUS, {}, str(reply.status_code))
