"""What borrowers would have received, as a phone shows it: the demonstration's own gateway."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse

from cases.edge import StaffRequest
from contacts.names import display_names
from dunning.models import LoopbackMessage, Reminder
from dunning.texts import shown
from lending.models import Borrower
from staff.access import audience

PHONES_MAX = 60
MESSAGES_MAX = 200


class Bubble(NamedTuple):
    text: str
    at: datetime
    hits: int
    language: str


class Phone(NamedTuple):
    """A borrower's messages, newest first."""

    borrower: Borrower
    name: str
    number: str
    bubbles: list[Bubble]


@audience("dunning.messages")
def messages_page(request: StaffRequest) -> HttpResponse:
    """The newest messages by borrower; `?borrower=` shows one."""
    if not settings.DEMO:
        raise Http404
    seen = Reminder.objects.visible_to(request.user)
    one = request.GET.get("borrower", "")
    if one.isdecimal():
        seen = seen.filter(borrower=int(one[:18]))
    received = LoopbackMessage.objects.filter(key__in=seen.values("message_id")).order_by("-received_at", "-pk")
    context = {"phones": _phones(list(received[:MESSAGES_MAX]), request), "is_filtered": bool(one)}
    return TemplateResponse(request, "dunning/messages.html", context)


def _phones(received: list[LoopbackMessage], request: StaffRequest) -> list[Phone]:
    reminders = Reminder.objects.filter(message_id__in=[message.key for message in received])
    by_key = {reminder.message_id: reminder for reminder in reminders.select_related("borrower")}
    bubbles: dict[int, list[Bubble]] = defaultdict(list)
    numbers: dict[int, str] = {}
    for message in received:
        reminder = by_key[message.key]
        numbers.setdefault(reminder.borrower_id, message.to_masked)
        bubbles[reminder.borrower_id].append(
            Bubble(shown(message.text), message.received_at, message.hits, reminder.language)
        )
    borrowers = {reminder.borrower_id: reminder.borrower for reminder in by_key.values()}
    names = display_names(borrowers.values(), request.user)
    return [Phone(borrowers[pk], names[pk], numbers[pk], theirs) for pk, theirs in bubbles.items()][:PHONES_MAX]
