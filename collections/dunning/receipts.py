"""What gateways tell afterwards: stored first, each event once, in whatever order they come.

"Delivered" is a fact and stands over every doubt, and so are "read", "replied" and "complained"; "failed" ends what is not known to have been delivered. A receipt for a
message we do not know is kept: it may be meant for another system, or the row may come after it, as in a book restored from
an older copy. The sender asks for such receipts before it sends (`told`).
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from contacts.models import Contact
from dunning.models import Receipt, Reminder, Reply
from dunning.replies import heed
from dunning.texts import MessageText
from lending.personal import Personal

State = Reminder.State
ARRIVED = ("delivered", "read", "replied", "complained")
_TRIED = Q(state__in=[State.SENDING, State.SENT, State.UNKNOWN]) | Q(state=State.DUE, token__gt=0)


class Event(NamedTuple):
    event_id: str
    kind: str
    message_id: str
    at: datetime
    reason: str = ""
    text: str = ""


@transaction.atomic
def take(provider: str, event: Event, *, received_at: datetime) -> bool:
    """Keep the event and let it count; False when it had come before. Its message is locked first, so that a sender who
    claims it in the same moment either knows the event or is overtaken by it.
    """
    list(Reminder.objects.select_for_update().filter(message_id=event.message_id).values_list("pk"))
    facts = {name: value for name, value in event._asdict().items() if name != "text"}
    new = Receipt(provider=provider, received_at=received_at, **facts)
    before = Receipt.objects.filter(provider=provider, event_id=event.event_id)
    if before.exists():
        return False
    Receipt.objects.bulk_create([new], ignore_conflicts=True)
    if event.text:
        Reply.objects.get_or_create(receipt=before.get(), defaults={"text": MessageText(event.text)})
    apply(event, at=received_at)
    heed(event.message_id, kind=event.kind, reason=event.reason, text=event.text, at=received_at)
    return True


def apply(event: Event, *, at: datetime) -> None:
    """Move the message's state; an event that comes too late changes nothing. Safe to repeat."""
    message = Reminder.objects.filter(message_id=event.message_id)
    if event.kind in ARRIVED:
        changed = message.filter(_TRIED | Q(state=State.FAILED, token__gt=0)).update(
            state=State.DELIVERED, reason="", finished_at=at, lease_until=None
        )
        outcome = Contact.Outcome.SENT
    elif event.kind == "failed":
        changed = message.filter(_TRIED).update(
            state=State.FAILED, reason="gateway_failed", finished_at=at, lease_until=None
        )
        outcome = Contact.Outcome.INVALID
    else:
        return
    if changed:
        contacts = Contact.objects.filter(pk__in=message.filter(contact_id__isnull=False).values("contact_id"))
        contacts.exclude(state=Contact.State.RELEASED).update(state=Contact.State.MADE, outcome=outcome, closed_at=at)


def told(message_ids: Collection[str]) -> dict[str, Reminder.State]:
    """Where gateways have told what became of these messages: "delivered" over "failed", whichever came first."""
    kinds = {"failed": State.FAILED} | dict.fromkeys(ARRIVED, State.DELIVERED)
    found = Receipt.objects.filter(message_id__in=message_ids, kind__in=kinds).values_list("message_id", "kind")
    by_weight = sorted(set(found), key=lambda each: list(kinds).index(each[1]))
    return {message_id: kinds[kind] for message_id, kind in by_weight}


def last_message_to(number: Personal) -> str:
    """The key of the last message that was tried to that number or address; empty when there is none."""
    tried = Reminder.objects.filter(point__digest=number.digest(), token__gt=0).order_by("-pk")
    return tried.values_list("message_id", flat=True).first() or ""
