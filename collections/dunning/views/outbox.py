"""The outbox: every message with its state, and the ones in doubt that wait for a person."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cases.edge import StaffRequest
from dunning.doubts import may_send_again
from dunning.filters import OutboxFilter
from dunning.forms import SettleForm
from dunning.listing import COUNT_MAX, counts_by_state, page_of, rows_of
from dunning.models import Reminder, ReminderQuerySet
from dunning.settling import DayPassedError, SettledBeforeError, settle
from staff.access import audience
from staff.matrix import may
from staff.once import once

ONE_OF = ("state", "dead")
"""Filters of which one is chosen, by a chip."""


@audience("dunning.read")
def outbox(request: StaffRequest) -> HttpResponse:
    """Every message this person may know of, by state, channel, gateway and day; the dead letters among them apart."""
    seen = Reminder.objects.visible_to(request.user)
    asked = OutboxFilter(request.GET, queryset=seen)
    asked.is_valid()
    given = {name: request.GET[name] for name, value in asked.form.cleaned_data.items() if value}
    others = OutboxFilter({name: value for name, value in given.items() if name not in ONE_OF}, queryset=seen)
    others.is_valid()
    chosen = asked.filter_queryset(seen)
    page = page_of(chosen, request.user, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    context = {
        "page": page,
        "chips": _chips(others.filter_queryset(seen), given),
        "form": asked.form,
        "hidden": {name: given[name] for name in ONE_OF if name in given},
        "is_filtered": bool(given),
        "is_dead": "dead" in given,
        "may_rehearse": may(request.user.role, "dunning.rehearse"),
        "may_settle": may(request.user.role, "dunning.settle"),
    }
    return TemplateResponse(request, "dunning/outbox.html", context)


def _chips(rows: ReminderQuerySet, given: dict[str, str]) -> list[dict[str, object]]:
    """A chip for each state that there is, and one for the dead letters; each keeps the other filters."""
    counts = counts_by_state(rows)
    dead = len(rows.dead().values_list("pk")[: COUNT_MAX + 1])
    found = [
        *(("state", value, str(label), counts[value]) for value, label in Reminder.State.choices),
        ("dead", "true", _("Tried out"), dead),
    ]
    kept = {name: value for name, value in given.items() if name not in ONE_OF}
    return [
        {
            "label": label,
            "url": "?" + urlencode(kept if given.get(name) == value else {**kept, name: value}),
            "count": count,
            "is_on": given.get(name) == value,
        }
        for name, value, label, count in found
        if count or given.get(name) == value
    ]


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
