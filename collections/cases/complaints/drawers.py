"""The drawers of a complaint: taken down beside a borrower, given to somebody, put off, answered, taken back."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from audit.clock import local_day
from cases.complaints import handling
from cases.complaints.forms import AnswerForm, ComplaintForm, HandlerForm, RepresentativeForm, StepForm, WhyForm
from cases.complaints.handling import ComplaintError, ComplaintStaleError
from cases.complaints.interest import possible_handlers
from cases.complaints.kinds import KINDS
from cases.complaints.models import Complaint, Representative
from cases.complaints.views import find_complaint
from cases.complaints.words import effect_words
from contacts.edge import StaffRequest
from contacts.views import borrower_in_scope, next_url
from lending.models import Borrower, Loan
from staff.access import audience
from staff.once import once

CONFLICT, UNPROCESSABLE = 409, 422


@audience("cases.complaint_take", post="cases.complaint_take")
@once
def take(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a complaint down while the borrower is on the line."""
    borrower = borrower_in_scope(request, pk)
    loans = list(Loan.objects.filter(borrower=borrower).order_by("number"))
    on = local_day(request.now)
    chosen = {"loan": request.GET.get("loan"), "source": Complaint.Source.PHONE}
    form = ComplaintForm(request.POST or None, borrower=borrower, loans=loans, on=on, initial=chosen)
    if form.is_valid():
        try:
            made = handling.take_down(borrower=borrower, **form.cleaned_data, by=request.user, at=request.now, on=on)
        except ComplaintError as error:
            form.add_error(error.field, str(error))
        else:
            until = {"number": made, "day": made.due_on.isoformat()}
            messages.success(request, _("%(number)s is taken down. It is answered by %(day)s.") % until)
            return redirect(next_url(request))
    effects = [(Complaint.Kind(kind).label, effect_words(kind)) for kind in KINDS]
    context = {"borrower": borrower, "form": form, "next": next_url(request), "effects": effects}
    return TemplateResponse(
        request, "cases/complaints/take.html", context, status=UNPROCESSABLE if form.is_bound else 200
    )


def _act(
    request: StaffRequest,
    found: Complaint,
    form: forms.Form,
    verb: Callable[[dict[str, Any]], object],
    *,
    done: str,
    title: str,
    lead: str,
    submit: str,
    template: str = "cases/complaints/drawer.html",
) -> HttpResponse:
    """Draw a drawer's form, or act on it and go back to the complaint."""
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                verb(form.cleaned_data)
            except ComplaintError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
                status = CONFLICT if isinstance(error, ComplaintStaleError) else UNPROCESSABLE
            else:
                messages.success(request, done)
                return redirect("complaint_page", found.pk)
        found.refresh_from_db()
    context = {"complaint": found, "form": form, "title": title, "lead": lead, "submit": submit}
    return TemplateResponse(request, template, context, status=status)


def _moving(request: StaffRequest) -> dict[str, Any]:
    """What every step is told by its edge; `seen` is the version that the form was drawn from."""
    text = request.POST.get("seen", "")
    seen = int(text) if text.isdecimal() and len(text) < 10 else None
    return {"by": request.user, "at": request.now, "on": local_day(request.now), "seen": seen}


@audience("cases.complaint_handle", post="cases.complaint_handle")
@once
def give(request: StaffRequest, pk: int) -> HttpResponse:
    found = find_complaint(request, pk)
    people = possible_handlers(found)
    return _act(
        request,
        found,
        HandlerForm(request.POST or None, people=people, initial={"handler": found.handler_id or request.user.pk}),
        lambda cleaned: handling.give_to(found, **cleaned, **_moving(request)),
        done=_("It is given."),
        title=_("Who looks into it"),
        lead=_("Only people who never had the case in hand and never spoke to the borrower are offered."),
        submit=_("Give it to them"),
    )


@audience("cases.complaint_handle", post="cases.complaint_handle")
@once
def step(request: StaffRequest, pk: int) -> HttpResponse:
    found = find_complaint(request, pk)
    moving = _moving(request)
    moving.pop("seen")
    return _act(
        request,
        found,
        StepForm(request.POST or None),
        lambda cleaned: handling.add_step(found, **cleaned, **moving),
        done=_("It is kept."),
        title=_("Note on the complaint"),
        lead=_("Whoever audits the answer reads it beside the letter."),
        submit=_("Keep it"),
    )


@audience("cases.complaint_handle", post="cases.complaint_handle")
@once
def put_off(request: StaffRequest, pk: int) -> HttpResponse:
    found = find_complaint(request, pk)
    return _act(
        request,
        found,
        WhyForm(request.POST or None),
        lambda cleaned: handling.put_off(found, **cleaned, **_moving(request)),
        done=_("The answer is put off. Tell the borrower why and until when."),
        title=_("Put the answer off"),
        lead=KINDS[found.kind].clock.source,
        submit=_("Put it off"),
    )


@audience("cases.complaint_take", post="cases.complaint_take")
@once
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    found = find_complaint(request, pk)
    return _act(
        request,
        found,
        WhyForm(request.POST or None),
        lambda cleaned: handling.take_back(found, **cleaned, **_moving(request)),
        done=_("It is taken back. What it stopped may begin again, as far as the other rules allow."),
        title=_("The borrower takes it back"),
        lead=_("Only when they say so themselves: write when and how."),
        submit=_("Take it back"),
    )


@audience("cases.complaint_handle", post="cases.complaint_handle")
@once
def answer(request: StaffRequest, pk: int) -> HttpResponse:
    found = find_complaint(request, pk)
    return _act(
        request,
        found,
        AnswerForm(request.POST or None),
        lambda cleaned: handling.answer(found, **cleaned, **_moving(request)),
        done=_(
            "It is answered; the letter is ready. What it stopped may begin again, as far as the other rules allow."
        ),
        title=_("Answer the complaint"),
        lead=_("It becomes a letter in the borrower's language: %(language)s.")
        % {"language": found.borrower.get_language_display()},
        submit=_("Answer it"),
    )


@audience("cases.complaint_take", post="cases.complaint_take")
@once
def representative(request: StaffRequest, pk: int) -> HttpResponse:
    """Note who says to speak for the borrower."""
    borrower = borrower_in_scope(request, pk)
    form = RepresentativeForm(request.POST or None)
    if form.is_valid():
        handling.note_representative(borrower=borrower, **form.cleaned_data, by=request.user, at=request.now)
        messages.success(
            request, _("Noted. Tell them nothing of the debt until a second person has verified the mandate.")
        )
        return redirect(next_url(request))
    context = {"borrower": borrower, "form": form, "next": next_url(request)}
    status = UNPROCESSABLE if form.is_bound else 200
    return TemplateResponse(request, "cases/complaints/representative.html", context, status=status)


@audience("cases.complaint_handle", post="cases.complaint_handle")
@once
def mandate(request: StaffRequest, pk: int) -> HttpResponse:
    """Verify a mandate that somebody else has noted."""
    seen = Representative.objects.filter(borrower__in=Borrower.objects.visible_to(request.user))
    found, status = get_object_or_404(seen.select_related("borrower", "noted_by"), pk=pk), 200
    form = forms.Form(request.POST or None)
    if request.method == "POST":
        try:
            handling.verify_mandate(found, by=request.user, at=request.now)
        except ComplaintError as error:
            form.add_error(None, str(error))
            status = CONFLICT if isinstance(error, ComplaintStaleError) else UNPROCESSABLE
        else:
            messages.success(
                request, _("The mandate is verified: this person may be told what the borrower may be told.")
            )
            return redirect(next_url(request))
    context = {"person": found, "form": form, "next": next_url(request)}
    return TemplateResponse(request, "cases/complaints/mandate.html", context, status=status)
