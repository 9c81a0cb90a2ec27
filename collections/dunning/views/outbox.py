"""The outbox: every message with its state, and the ones in doubt that wait for a person."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cases.edge import StaffRequest
from dunning.forms import SettleForm
from dunning.listing import counts_by_state, page_of, rows_of
from dunning.models import Reminder
from dunning.settling import DayPassedError, SettledBeforeError, may_send_again, settle
from staff.access import audience
from staff.matrix import may
from staff.once import once


@audience("dunning.read")
def outbox(request: StaffRequest) -> HttpResponse:
    """Messages newest first, filtered by state."""
    seen = Reminder.objects.visible_to(request.user)
    state = request.GET.get("state", "")
    chosen = seen.filter(state=state) if state in Reminder.State.values else seen
    counts = counts_by_state(seen)
    chips = [
        {
            "label": label,
            "url": f"?state={value}" if value != state else "?",
            "count": counts[value],
            "is_on": value == state,
        }
        for value, label in Reminder.State.choices
        if counts[value] or value == state
    ]
    page = page_of(chosen, request.user, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    context = {
        "page": page,
        "chips": chips,
        "is_filtered": state in Reminder.State.values,
        "may_rehearse": may(request.user.role, "dunning.rehearse"),
    }
    return TemplateResponse(request, "dunning/outbox.html", context)


@audience("dunning.read")
def reminder_page(request: StaffRequest, pk: int) -> HttpResponse:
    """One message: what it says, what it covers, each try."""
    reminder = _find(request, pk)
    context = {
        "row": rows_of([reminder], request.user)[0],
        "lines": reminder.lines.select_related("loan").order_by("due_on", "pk"),
        "attempts": reminder.attempts.order_by("token"),
    }
    return TemplateResponse(request, "dunning/reminder.html", context)


@audience("dunning.settle")
def unknown_sends(request: StaffRequest) -> HttpResponse:
    """Messages in doubt, to be settled one by one."""
    doubtful = Reminder.objects.visible_to(request.user).filter(state=Reminder.State.UNKNOWN)
    page = page_of(doubtful, request.user, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    return TemplateResponse(request, "dunning/unknown.html", {"page": page})


@audience("dunning.settle", post="dunning.settle")
@once
def settle_unknown(request: StaffRequest, pk: int) -> HttpResponse:
    reminder = _find(request, pk)
    form = SettleForm(request.POST or None, may_send_again=may_send_again(reminder, request.now))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                settle(reminder, **form.cleaned_data, by=request.user, at=request.now)
            except SettledBeforeError:
                form.add_error(None, _("Somebody else, or a receipt of the gateway, has settled this message."))
                status = 409
            except DayPassedError:
                form.add_error("verdict", _("Its day is over, so it cannot be sent again."))
            else:
                messages.success(request, _("The message is settled."))
                return redirect("unknown_sends")
    row = rows_of([reminder], request.user)[0]
    return TemplateResponse(request, "dunning/settle.html", {"row": row, "form": form}, status=status)


def _find(request: StaffRequest, pk: int) -> Reminder:
    seen = Reminder.objects.visible_to(request.user).select_related("borrower", "funder", "planned_by")
    return get_object_or_404(seen, pk=pk)
