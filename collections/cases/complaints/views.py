"""Complaints as pages: the list, one of them, its letter, and their numbers."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.clock import local_day
from cases.complaints.desk import rows_of
from cases.complaints.interest import why_interested
from cases.complaints.kinds import KINDS, next_extension
from cases.complaints.letter import letter_of, pdf_of_letter
from cases.complaints.models import Complaint, ComplaintQuerySet
from cases.complaints.statistics import Numbers, numbers
from cases.complaints.words import clock_kind, days_left_words, effect_words, step_words
from cases.models import Case
from contacts.edge import StaffRequest
from contacts.models import Contact
from lending.letter_pdf import CONTENT_TYPE
from lending.pages import name_for
from staff.access import audience
from staff.matrix import may

ROWS_MAX = 200
PERIOD_DAYS = 90
PERIOD_MAX = 731


def find_complaint(request: StaffRequest, pk: int) -> Complaint:
    seen = Complaint.objects.visible_to(request.user)
    return get_object_or_404(
        seen.select_related("borrower", "loan", "handler", "about", "taken_by", "ended_by", "representative", "hold"), pk=pk
    )  # fmt: skip


@audience("cases.complaints")
def complaints(request: StaffRequest) -> HttpResponse:
    """What is open, the soonest due first; or what was answered, the newest first."""
    on, which = local_day(request.now), request.GET.get("which", "")
    found = Complaint.objects.visible_to(request.user).select_related("borrower", "loan", "handler")
    chosen = _chosen(found, which, request.GET, request, on)
    context = {
        "rows": rows_of(chosen[: ROWS_MAX + 1], on)[:ROWS_MAX],
        "has_more": len(chosen[: ROWS_MAX + 1]) > ROWS_MAX,
        "chips": _chips(which),
        "which": which,
    }
    return TemplateResponse(request, "cases/complaints/list.html", context)


def _chosen(found: ComplaintQuerySet, which: str, asked: Any, request: StaffRequest, on: date) -> ComplaintQuerySet:
    for column in ("kind", "cause"):
        if value := asked.get(column):
            found = found.filter(**{column: value})
    opened = found.open().order_by("due_on", "pk")
    match which:
        case "mine":
            return opened.filter(handler=request.user)
        case "nobody":
            return opened.filter(handler=None)
        case "late":
            return opened.filter(due_on__lt=on)
        case "ended":
            return found.exclude(state=Complaint.State.OPEN).order_by("-ended_on", "-pk")
        case "all":
            return found.order_by("-received_on", "-pk")
        case _:
            return opened


def _chips(which: str) -> list[dict[str, Any]]:
    names = [
        ("mine", _("I look into")),
        ("nobody", _("Nobody looks into yet")),
        ("late", _("Late")),
        ("ended", _("Ended")),
    ]
    url = reverse("complaints")
    return [
        {"label": label, "url": url if code == which else f"{url}?which={code}", "is_on": code == which, "count": None}
        for code, label in names
    ]


@audience("cases.read")
def complaint_page(request: StaffRequest, pk: int) -> HttpResponse:
    """One complaint: what they say, its clock, what rests, what was done, and what may be done next."""
    found, on = find_complaint(request, pk), local_day(request.now)
    role, is_open = request.user.role, found.state == Complaint.State.OPEN
    extension = next_extension(found.kind, found.extensions) if is_open and on <= found.due_on else None
    case = Case.objects.visible_to(request.user).filter(borrower=found.borrower_id).order_by("-pk").first()
    is_handler = found.handler_id == request.user.pk
    handles = may(role, "cases.complaint_handle")
    by_another = extension is not None and extension.by_another
    context = {
        "complaint": found,
        "name": name_for(found.borrower, request.user),
        "steps": [(step, step_words(step)) for step in found.steps.select_related("by").order_by("pk")],
        "left": days_left_words(found, on) if is_open else "",
        "left_kind": clock_kind(found, on),
        "effect": effect_words(found.kind),
        "source": KINDS[found.kind].clock.source,
        "case": case,
        "speaks": found.representative is not None and found.representative.speaks_on(on),
        "why_not": why_interested(request.user, found) if handles and is_open else "",
        "may_give": is_open and handles,
        "may_note": is_open and (is_handler or handles),
        "may_put_off": extension is not None and (
            (by_another and not is_handler and may(role, "cases.complaint_extend")) or (not by_another and is_handler)
        ),
        "may_answer": is_open and is_handler,
        "may_take_back": is_open and may(role, "cases.complaint_take"),
    }  # fmt: skip
    return TemplateResponse(request, "cases/complaints/page.html", context)


@audience("cases.read")
def letter(request: StaffRequest, pk: int) -> HttpResponse:
    """The answer as it goes out, on the screen or as a file."""
    found, on = find_complaint(request, pk), local_day(request.now)
    if found.state != Complaint.State.ANSWERED:
        return redirect("complaint_page", found.pk)
    text = letter_of(found, name=name_for(found.borrower, request.user), on=on)
    if request.GET.get("format") == "pdf":
        answer_file = HttpResponse(pdf_of_letter(found, text, on), content_type=CONTENT_TYPE)
        answer_file.headers["Content-Disposition"] = f'attachment; filename="complaint-{found.pk}.pdf"'
        return answer_file
    return TemplateResponse(request, "cases/complaints/letter.html", {"complaint": found, "letter": text})


class PeriodForm(forms.Form):
    first = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if isinstance(first, date) and isinstance(last, date):
            if last < first:
                self.add_error("last", _("The last day lies before the first."))
            elif (last - first).days > PERIOD_MAX:
                self.add_error("first", _("At most two years at once."))
        return cleaned


@audience("cases.complaints")
def complaint_numbers(request: StaffRequest) -> HttpResponse:
    """Complaints of a period by kind, cause, team and funder."""
    on = local_day(request.now)
    usual = {"first": on - timedelta(days=PERIOD_DAYS), "last": on}
    form = PeriodForm({name: request.GET.get(name) or day for name, day in usual.items()})
    period = form.cleaned_data if form.is_valid() else usual
    seen = Complaint.objects.visible_to(request.user), Contact.objects.visible_to(request.user)
    told = numbers(*seen, period["first"], period["last"], on)
    context = {"form": form, "told": told, "stats": _stats(told)}
    return TemplateResponse(request, "cases/complaints/numbers.html", context)


def _stats(told: Numbers) -> list[dict[str, Any]]:
    figures = [
        (_("Received"), told.received),
        (_("Not answered yet"), told.open),
        (_("Answered late, or late now"), told.late),
        (_("Median days to the answer"), told.median_days),
        (_("For a thousand contacts"), told.per_thousand),
    ]
    return [{"label": label, "value": "–" if value is None else value} for label, value in figures]
