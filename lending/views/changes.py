"""Changes that wait: the list, one with what it changes, and deciding it or taking it back."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from lending.changes import ChangeError, decide, lines_of, panel_of, why_not, withdraw
from lending.edge import StaffRequest
from lending.models import Change
from lending.views.changing import UNPROCESSABLE, status_of, who_and_when
from lending.waiver_forms import DRAWER_ID, DecideForm
from staff.access import audience
from staff.matrix import may
from staff.once import once

State = Change.State
STATE_KINDS = {State.WAITING: "wait", State.APPROVED: "good", State.REJECTED: "off", State.WITHDRAWN: "off"}
LISTED_MAX = 100


@audience("lending.terms_read")
def changes(request: StaffRequest) -> HttpResponse:
    """What waits for a decision, and what was decided last."""
    seen = Change.objects.visible_to(request.user).select_related("maker", "checker", "loan")
    waiting = seen.waiting().order_by("made_at", "pk")[:LISTED_MAX]
    decided = seen.exclude(state=State.WAITING).order_by("-pk")[:20]
    context = {
        "waiting": [(change, why_not(change, request.user)) for change in waiting],
        "decided": [(change, STATE_KINDS[State(change.state)]) for change in decided],
    }
    return TemplateResponse(request, "lending/terms/changes.html", context)


@audience("lending.terms_read")
def change_page(request: StaffRequest, pk: int) -> HttpResponse:
    change = _found(request, pk)
    waits, refusal = change.state == State.WAITING, why_not(change, request.user)
    context = {
        "change": change,
        "lines": lines_of(change),
        "panel": panel_of(change),
        "state_kind": STATE_KINDS[State(change.state)],
        "may_decide": waits and not refusal,
        "why_not": refusal if waits and may(request.user.role, "lending.terms_decide") else "",
        "may_withdraw": waits and change.maker_id == request.user.pk,
    }
    return TemplateResponse(request, "lending/terms/change_page.html", context)


@audience("lending.terms_decide", post="lending.terms_decide")
@once
def change_decide(request: StaffRequest, pk: int) -> HttpResponse:
    """Approve or reject exactly what was looked at."""
    change, status = _found(request, pk), 200
    form = DecideForm(request.POST or None, auto_id=DRAWER_ID, initial={"verdict": request.GET.get("verdict")})
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            approve, words = form.cleaned_data["verdict"] == "approve", form.cleaned_data["words"]
            seen = request.POST.get("payload_hash", "")
            try:
                decide(change, approve=approve, words=words, payload_hash=seen, **who_and_when(request))
            except ChangeError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
                status = status_of(error)
            else:
                messages.success(request, _("It is approved.") if approve else _("It is rejected."))
                return redirect("change_page", change.pk)
    context = {"change": change, "form": form, "lines": lines_of(change)}
    return TemplateResponse(request, "lending/terms/decide.html", context, status=status)


@audience("lending.terms", post="lending.terms")
@once
def change_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Take back what waits; only whoever put it forward may."""
    change, status, form = _found(request, pk), 200, forms.Form(request.POST or None)
    if request.method == "POST":
        try:
            withdraw(change, by=request.user, at=request.now)
        except ChangeError as error:
            form.add_error(None, str(error))
            status = status_of(error)
        else:
            messages.success(request, _("The change is withdrawn."))
            return redirect("change_page", change.pk)
    return TemplateResponse(request, "lending/terms/withdraw.html", {"change": change, "form": form}, status=status)


def _found(request: StaffRequest, pk: int) -> Change:
    seen = Change.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("maker", "checker", "loan__funder"), pk=pk)
