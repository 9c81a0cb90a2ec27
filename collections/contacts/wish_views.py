"""The drawers in which a person's word about contact is noted: a consent, its withdrawal, wanted hours and language, a refusal at a number."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from contacts.consents import give_consent, note_refusal, withdraw_consent
from contacts.edge import StaffRequest
from contacts.forms import ConsentForm, LikingForm, RefusalForm
from contacts.liking import LikingError, columns_of, note_liking, standing_for
from contacts.models import Consent
from contacts.views import borrower_in_scope, next_url
from lending.models import ContactPoint
from staff.access import audience
from staff.once import once
from staff.seen import CONFLICT, ChangedMeanwhileError, print_of

UNPROCESSABLE = 422


@audience("contacts.contact", post="contacts.contact")
@once
def consent_note(request: StaffRequest, pk: int) -> HttpResponse:
    borrower = borrower_in_scope(request, pk)
    form = ConsentForm(request.POST or None)
    if form.is_valid():
        give_consent(borrower=borrower, by=request.user, at=request.now, **form.cleaned_data)
        messages.success(request, _("The consent is noted and counts from now on."))
        return redirect(next_url(request))
    context = {"title": _("Note a consent"), "button": _("Note the consent"), "form": form, "next": next_url(request)}
    return TemplateResponse(request, "contacts/wish.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@audience("contacts.contact", post="contacts.contact")
@once
def consent_end(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    borrower = borrower_in_scope(request, pk)
    consent = get_object_or_404(Consent, borrower=borrower, kind=kind, to_at=None)
    if request.method == "POST":
        withdraw_consent(borrower=borrower, kind=kind, by=request.user, at=request.now)
        messages.success(request, _("The consent is withdrawn."))
        return redirect(next_url(request))
    context = {
        "title": _("Withdraw a consent"),
        "lead": _("%(consent)s: %(evidence)s") % {"consent": consent.get_kind_display(), "evidence": consent.evidence},
        "button": _("Withdraw the consent"),
        "next": next_url(request),
    }
    return TemplateResponse(request, "contacts/wish.html", context)


@audience("contacts.contact", post="contacts.contact")
@once
def liking_note(request: StaffRequest, pk: int) -> HttpResponse:
    borrower = borrower_in_scope(request, pk)
    standing, status = standing_for(borrower), UNPROCESSABLE
    initial = {"language": borrower.language}
    if standing:
        initial |= {"opens": f"{standing.opens:%H:%M}", "closes": f"{standing.closes:%H:%M}"}
    form = LikingForm(request.POST or None, initial=initial)
    if form.is_valid():
        told = form.cleaned_data
        try:
            note_liking(
                borrower=borrower, language=told["language"], hours=form.hours(), evidence=told["evidence"],
                by=request.user, at=request.now, seen=request.POST.get("seen", ""),
            )  # fmt: skip
        except LikingError as fault:
            form.add_error("opens", str(fault))
        except ChangedMeanwhileError as stale:
            form.add_error(None, str(stale))
            status = CONFLICT
        else:
            messages.success(request, _("It is noted and counts from now on."))
            return redirect(next_url(request))
    context = {
        "title": _("How they want to be reached"),
        "button": _("Note it"),
        "form": form,
        "seen": print_of(columns_of(borrower)),
        "next": next_url(request),
    }
    return TemplateResponse(request, "contacts/wish.html", context, status=status if form.is_bound else 200)


@audience("contacts.contact", post="contacts.contact")
@once
def refusal_note(request: StaffRequest, pk: int, point_pk: int) -> HttpResponse:
    borrower = borrower_in_scope(request, pk)
    point = get_object_or_404(ContactPoint.objects.select_related("borrower"), pk=point_pk, borrower=borrower)
    form = RefusalForm(request.POST or None)
    if form.is_valid():
        note_refusal(point=point, by=request.user, at=request.now, **form.cleaned_data)
        messages.success(request, _("%(point)s is never used again.") % {"point": point})
        return redirect(next_url(request))
    context = {
        "title": _("Refused at this number"),
        "lead": _("%(point)s, %(holder)s: no contact there any more, for good.")
        % {"point": point, "holder": point.get_holder_display()},
        "button": _("Note the refusal"),
        "form": form,
        "next": next_url(request),
    }
    return TemplateResponse(request, "contacts/wish.html", context, status=UNPROCESSABLE if form.is_bound else 200)
