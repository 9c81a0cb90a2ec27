"""The drawers of this floor. Each names its audience, finds the borrower in scope, and acts once."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from contacts import holds, logbook, optouts
from contacts.desk import reach
from contacts.edge import StaffRequest, first_day_of_a_hold
from contacts.forms import ContactPointForm, HoldForm, OptOutForm, PastContactForm, RevealForm, revealable
from contacts.hold_effects import told
from contacts.models import Hold, OptOut, Purpose
from contacts.reveal import REVEALS_PER_HOUR, RevealError, reveal
from lending.models import Borrower, ContactPoint
from lending.parties import ContactPointError, add_contact_point, retire_contact_point
from staff.access import audience
from staff.once import once


def borrower_in_scope(request: StaffRequest, pk: int) -> Borrower:
    return get_object_or_404(Borrower.objects.visible_to(request.user), pk=pk)


def next_url(request: StaffRequest) -> str:
    """Where the drawer was opened: told by the form, the link, htmx or the browser; only a page of our own."""
    told = (
        request.POST.get("next"),
        request.GET.get("next"),
        request.headers.get("HX-Current-URL"),
        request.headers.get("Referer"),
    )
    for url in told:
        if url and url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure()):
            parts = urlsplit(url)
            if parts.path != request.path:
                return parts.path + (f"?{parts.query}" if parts.query else "")
    return reverse("home")


def _drawer(
    request: StaffRequest, template: str, borrower: Borrower, form: Form | None = None, **more: Any
) -> TemplateResponse:
    refused = form is not None and form.is_bound
    context = {"borrower": borrower, "form": form, "next": next_url(request), **more}
    return TemplateResponse(request, f"contacts/{template}.html", context, status=422 if refused else 200)


def _done(request: StaffRequest, told: str) -> HttpResponse:
    messages.success(request, told)
    return redirect(next_url(request))


@audience("contacts.hold", post="contacts.hold")
@once
def hold_place(request: StaffRequest, pk: int) -> HttpResponse:
    borrower = borrower_in_scope(request, pk)
    today = first_day_of_a_hold(request)
    kind = _kind_looked_at(request)
    form = HoldForm(request.POST or None, today=today, initial={"kind": kind})
    form.fields["kind"].widget.attrs |= {
        "hx-get": request.path, "hx-trigger": "change", "hx-target": "#hold-effects", "hx-select": "#hold-effects",
        "hx-swap": "outerHTML", "hx-include": "this",
    }  # fmt: skip
    if form.is_valid():
        try:
            holds.place_hold(borrower=borrower, from_on=today, by=request.user, at=request.now, **form.cleaned_data)
        except holds.HoldError:
            form.add_error("kind", _("A hold of this kind stands already. Lift it first, or choose another kind."))
        else:
            return _done(request, _("The hold stands."))
    return _drawer(request, "hold", borrower, form, kind=Hold.Kind(kind).label, effects=told(kind, today))


def _kind_looked_at(request: StaffRequest) -> str:
    """What was chosen so far, so that its effects are shown before it is placed."""
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    return kind if kind in Hold.Kind.values else Hold.Kind.DISPUTE


@audience("contacts.hold", post="contacts.hold")
@once
def hold_lift(request: StaffRequest, pk: int, hold_pk: int) -> HttpResponse:
    borrower = borrower_in_scope(request, pk)
    by_hand = Hold.objects.exclude(kind__in=holds.OF_THE_CONSOLE).select_related("placed_by", "borrower")
    hold = get_object_or_404(by_hand, pk=hold_pk, borrower=borrower)
    if request.method == "POST":
        try:
            holds.lift_hold(hold, by=request.user, at=request.now)
        except holds.HoldError:
            return _done(request, _("This hold had been lifted before."))
        return _done(request, _("The hold is lifted."))
    return _drawer(request, "hold_lift", borrower, hold=hold)


@audience("contacts.contact", post="contacts.contact")
@once
def opt_out(request: StaffRequest, pk: int) -> HttpResponse:
    borrower = borrower_in_scope(request, pk)
    form = OptOutForm(request.POST or None)
    if form.is_valid():
        optouts.opt_out(borrower=borrower, by=request.user, at=request.now, **form.cleaned_data)
        return _done(request, _("The opt-out is noted and holds from now on."))
    return _drawer(request, "opt_out", borrower, form)


@audience("contacts.contact", post="contacts.contact")
@once
def opt_in(request: StaffRequest, pk: int, channel: str) -> HttpResponse:
    borrower = borrower_in_scope(request, pk)
    wish = get_object_or_404(OptOut, borrower=borrower, channel=channel, to_at=None)
    if request.method == "POST":
        optouts.opt_in(borrower=borrower, channel=channel, by=request.user, at=request.now)
        return _done(request, _("The opt-out is withdrawn."))
    return _drawer(request, "opt_in", borrower, wish=wish)


@audience("contacts.contact", post="contacts.contact")
@once
def contact_point_add(request: StaffRequest, pk: int) -> HttpResponse:
    borrower = borrower_in_scope(request, pk)
    form = ContactPointForm(request.POST or None)
    if form.is_valid():
        try:
            point = add_contact_point(borrower=borrower, by=request.user, at=request.now, **form.cleaned_data)
        except ContactPointError as error:
            form.add_error("value", str(error))
        else:
            return _done(request, _("%(point)s is added.") % {"point": point})
    return _drawer(request, "point", borrower, form)


@audience("contacts.contact", post="contacts.contact")
@once
def contact_point_retire(request: StaffRequest, pk: int, point_pk: int) -> HttpResponse:
    borrower = borrower_in_scope(request, pk)
    point = get_object_or_404(ContactPoint, pk=point_pk, borrower=borrower, retired_at=None)
    if request.method == "POST":
        try:
            retire_contact_point(point, by=request.user, at=request.now)
        except ContactPointError as error:
            return _done(request, str(error))
        return _done(request, _("%(point)s is not used any more.") % {"point": point})
    return _drawer(request, "point_retire", borrower, point=point)


@audience("contacts.contact", post="contacts.contact")
@once
def contact_log(request: StaffRequest, pk: int) -> HttpResponse:
    borrower = borrower_in_scope(request, pk)
    form = PastContactForm(request.POST or None, now=request.now)
    if form.is_valid():
        contact = logbook.log_past_contact(
            borrower=borrower, purpose=Purpose.DEMAND, by=request.user, at=request.now, **form.cleaned_data
        )
        if contact.flagged:
            messages.warning(
                request, _("The gate would have refused this contact: %(rule)s.") % {"rule": contact.flagged}
            )
        return _done(request, _("The contact is in the log."))
    return _drawer(request, "log", borrower, form)


@audience("contacts.reveal", post="contacts.reveal")
@never_cache
def reveal_value(request: StaffRequest, pk: int) -> HttpResponse:
    """Not under `once`: each look is its own reveal, counted and recorded, and the value is never in an answer kept."""
    borrower = borrower_in_scope(request, pk)
    form = RevealForm(request.POST or None, borrower=borrower, initial={"what": request.GET.get("what", "")})
    if form.is_valid():
        what = form.cleaned_data["what"]
        try:
            value = reveal(
                borrower=borrower, what=what, reason=form.cleaned_data["reason"], by=request.user, at=request.now
            )
        except RevealError as error:
            form.add_error("reason" if error.code == "reason" else None, _reveal_refused(error))
        else:
            context = {"borrower": borrower, "value": value, "label": dict(revealable(borrower)).get(what, "")}
            return TemplateResponse(request, "contacts/revealed.html", {**context, "next": next_url(request)})
    return _drawer(request, "reveal", borrower, form, quota=REVEALS_PER_HOUR)


def _reveal_refused(error: RevealError) -> str:
    told = {
        "quota": _("You have seen %(quota)s values within an hour. More are shown later; nothing was shown now.")
        % {"quota": REVEALS_PER_HOUR},
        "reason": _("Say why you need to see it."),
    }
    return told.get(error.code, _("There is nothing to show."))


@audience("contacts.read")
def reach_now(request: StaffRequest, pk: int) -> HttpResponse:
    """How and when this borrower may be reached, asked again: the part of the case page that ages."""
    borrower = borrower_in_scope(request, pk)
    return TemplateResponse(request, "contacts/_reach.html", reach(borrower, request.now, request.user))
