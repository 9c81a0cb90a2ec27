"""What borrowers would have received, as a phone shows it: the demonstration's own gateway."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cases.edge import StaffRequest
from contacts.names import display_names
from dunning import loopback
from dunning.forms import LoopbackForm
from dunning.models import LoopbackFault, LoopbackMessage, Reminder
from dunning.texts import shown
from lending.models import Borrower
from staff.access import audience
from staff.matrix import may
from staff.once import once

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
    fault = loopback.fault()
    context = {
        "phones": _phones(list(received[:MESSAGES_MAX]), request),
        "is_filtered": bool(one),
        "fault": fault if fault is not LoopbackFault.Kind.NONE else None,
        "form": LoopbackForm(initial={"kind": fault}) if may(request.user.role, "dunning.loopback") else None,
    }
    return TemplateResponse(request, "dunning/messages.html", context)


@audience(post="dunning.loopback")
@once
def loopback_fault(request: StaffRequest) -> HttpResponse:
    """Let the demonstration's gateway misbehave, or work again."""
    if not settings.DEMO:
        raise Http404
    form = LoopbackForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("There is no such fault."))
    loopback.set_fault(form.cleaned_data["kind"], by=request.user, at=request.now)
    return redirect("messages")


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
