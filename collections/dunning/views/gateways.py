"""How the gateways do, and what becomes of the messages that were tried out."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.clock import machine_now
from cases.edge import StaffRequest
from dunning import dead_letters, health
from dunning.doubts import may_send_again
from dunning.forms import DeadLetterForm, DeadLettersForm
from dunning.listing import rows_of
from dunning.models import Reminder
from dunning.settling import DayPassedError, SettledBeforeError
from dunning.words import reason_in_words
from staff.access import audience
from staff.matrix import may
from staff.once import once


@audience("dunning.read")
def gateways_page(request: StaffRequest) -> HttpResponse:
    """Each gateway: whether it is passable, how fast it goes, its last fault, and what waits behind it."""
    context = {
        "gateways": health.of_all(at=request.now, machine_at=machine_now()),
        "may_settle": may(request.user.role, "dunning.settle"),
    }
    return TemplateResponse(request, "dunning/gateways.html", context)


@audience("dunning.settle", post="dunning.settle")
@once
def dead_letters_settle(request: StaffRequest) -> HttpResponse:
    """All that failed for one reason: sent anew or given up, in one step."""
    groups = dead_letters.groups(Reminder.objects.visible_to(request.user), request.now)
    reasons = [(group.why, reason_in_words(group.why, {})) for group in groups]
    form = DeadLettersForm(request.POST or None, reasons=reasons)
    if request.method == "POST" and form.is_valid():
        number = dead_letters.settle_all(**form.cleaned_data, by=request.user, at=request.now)
        words = ngettext("%(number)s message is settled.", "%(number)s messages are settled.", number)
        messages.success(request, words % {"number": number})
        return redirect("outbox")
    told = [(group, words) for group, (_why, words) in zip(groups, reasons, strict=True)]
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "dunning/dead_letters.html", {"groups": told, "form": form}, status=status)


@audience("dunning.settle", post="dunning.settle")
@once
def dead_letter_settle(request: StaffRequest, pk: int) -> HttpResponse:
    """One of them."""
    seen = Reminder.objects.visible_to(request.user).select_related("borrower", "funder", "planned_by")
    reminder = get_object_or_404(seen, pk=pk)
    form = DeadLetterForm(request.POST or None, may_send_again=may_send_again(reminder, request.now))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                dead_letters.settle_one(reminder, **form.cleaned_data, by=request.user, at=request.now)
            except SettledBeforeError:
                form.add_error(None, _("This message is no dead letter any more."))
                status = 409
            except DayPassedError:
                form.add_error("fate", _("Its day is over, so it cannot be sent again."))
            else:
                messages.success(request, _("The message is settled."))
                return redirect("outbox")
    row = rows_of([reminder], request.user)[0]
    return TemplateResponse(request, "dunning/dead_letter.html", {"row": row, "form": form}, status=status)
