"""Asking for a waiver or a write-off from the loan page, what waits, and deciding it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from lending.edge import StaffRequest, day_of
from lending.facts import standing_of
from lending.models import Loan, RefundRequest, WaiverRequest
from lending.refunding import waiting_refunds
from lending.waivable import Parts, open_parts
from lending.waiver_forms import DRAWER_ID, AmountsForm, DecideForm, WaiverForm, WriteOffForm
from lending.waiver_view import decision_of, lines_of, waiting_rows
from lending.waiving import (
    WaiverError,
    WaiverStaleError,
    asked_parts,
    decide,
    request_waiver,
    request_write_off,
    waiting_for,
    withdraw,
)
from staff.access import audience
from staff.matrix import may
from staff.once import once

CONFLICT, UNPROCESSABLE = 409, 422
State = WaiverRequest.State
STATE_KINDS = {State.WAITING: "wait", State.APPROVED: "good", State.REJECTED: "off", State.WITHDRAWN: "off"}


@audience("lending.waive", post="lending.waive")
@once
def waive(request: StaffRequest, number: str) -> HttpResponse:
    """Say how much of what is open is given up and why; somebody else decides."""
    loan = _loan(request, number)
    if request.method == "GET" and (waiting := waiting_for(loan)):
        return redirect("waiver_page", waiting.pk)
    open_now = open_parts(standing_of(loan, day_of(request)))
    form = WaiverForm(request.POST or None, open_now=open_now, currency=loan.currency)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            asked = {name: form.cleaned_data[name] for name in ("parts", "reason", "words")}
            try:
                made = request_waiver(loan=loan, **asked, **_who_and_when(request))
            except WaiverError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The request waits for somebody else's decision."))
                return redirect("waiver_page", made.pk)
    parts = form.cleaned_data.get("parts") if form.is_bound else None
    context = {"loan": loan, "form": form, "lines": lines_of(open_now, parts)}
    return TemplateResponse(request, "lending/waivers/ask.html", context, status=status)


@audience("lending.waive")
def waive_preview(request: StaffRequest, number: str) -> HttpResponse:
    """What is open, what the typed amount gives up of it, and what remains."""
    loan = _loan(request, number)
    open_now = open_parts(standing_of(loan, day_of(request)))
    form = AmountsForm(request.GET, open_now=open_now, currency=loan.currency)
    form.is_valid()
    told = [message for name, errors in form.errors.items() if name != "how" for message in errors]
    context = {"loan": loan, "lines": lines_of(open_now, form.cleaned_data.get("parts")), "told": told}
    return TemplateResponse(request, "lending/waivers/_preview.html", context)


@audience("lending.write_off", post="lending.write_off")
@once
def write_off(request: StaffRequest, number: str) -> HttpResponse:
    """Propose that the loan be written off; somebody else decides."""
    loan = _loan(request, number)
    if request.method == "GET" and (waiting := waiting_for(loan)):
        return redirect("waiver_page", waiting.pk)
    form, status = WriteOffForm(request.POST or None), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                made = request_write_off(loan=loan, **form.cleaned_data, **_who_and_when(request))
            except WaiverError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The proposal waits for somebody else's decision."))
                return redirect("waiver_page", made.pk)
    lines = lines_of(open_parts(standing_of(loan, day_of(request))), None)
    context = {"loan": loan, "form": form, "lines": lines}
    return TemplateResponse(request, "lending/waivers/write_off.html", context, status=status)


@audience("lending.read")
def waivers(request: StaffRequest) -> HttpResponse:
    """What waits for a decision, the oldest first: waivers and write-offs, then money to go back."""
    waiting = WaiverRequest.objects.visible_to(request.user).waiting()
    rows = waiting_rows(waiting, request.user, day_of(request))
    context = {
        "rows": rows,
        "refunds": waiting_refunds(RefundRequest.objects.visible_to(request.user)),
        "may_refund": may(request.user.role, "lending.refund_decide"),
    }
    return TemplateResponse(request, "lending/waivers/list.html", context)


@audience("lending.read")
def waiver_page(request: StaffRequest, pk: int) -> HttpResponse:
    """One request: what was asked for, what is open now, who decided or may."""
    found = _request(request, pk)
    waits, role = found.state == State.WAITING, request.user.role
    context = {
        "asked": found,
        "loan": found.loan,
        "state_kind": STATE_KINDS[State(found.state)],
        "may_decide": waits and may(role, "lending.waive_decide"),
        "may_withdraw": waits and found.maker_id == request.user.pk,
        **_figures(request, found),
    }
    decision = context["decision"]
    missing = any(need.is_missing for need in decision.needs) if decision else False
    context["may_consent"] = missing and may(role, "lending.consent")
    return TemplateResponse(request, "lending/waivers/page.html", context)


@audience("lending.waive_decide", post="lending.waive_decide")
@once
def waiver_decide(request: StaffRequest, pk: int) -> HttpResponse:
    """Approve or reject exactly what was looked at."""
    found, status = _request(request, pk), 200
    verdict = request.GET.get("verdict")
    form = DecideForm(request.POST or None, auto_id=DRAWER_ID, initial={"verdict": verdict})
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            approve, words = form.cleaned_data["verdict"] == "approve", form.cleaned_data["words"]
            seen = request.POST.get("payload_hash", "")
            try:
                decide(found, approve=approve, words=words, payload_hash=seen, **_who_and_when(request))
            except WaiverError as error:
                form.add_error(None, str(error))
                status = CONFLICT if isinstance(error, WaiverStaleError) else UNPROCESSABLE
            else:
                messages.success(request, _("It is approved and in effect.") if approve else _("It is rejected."))
                return redirect("waiver_page", found.pk)
    context = {"asked": found, "loan": found.loan, "form": form, **_figures(request, found)}
    return TemplateResponse(request, "lending/waivers/decide.html", context, status=status)


@audience("lending.waive", post="lending.waive")
@once
def waiver_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Take back what waits; only whoever asked may."""
    found, status, form = _request(request, pk), 200, forms.Form(request.POST or None)
    if request.method == "POST":
        try:
            withdraw(found, by=request.user, at=request.now)
        except WaiverError as error:
            form.add_error(None, str(error))
            status = CONFLICT
        else:
            messages.success(request, _("The request is withdrawn."))
            return redirect("waiver_page", found.pk)
    context = {"asked": found, "loan": found.loan, "form": form}
    return TemplateResponse(request, "lending/waivers/withdraw.html", context, status=status)


def _figures(request: StaffRequest, found: WaiverRequest) -> dict[str, Any]:
    """What is open now beside what was asked for, and why this person may not approve it; nothing of what is decided."""
    if found.state != State.WAITING:
        return {"lines": lines_of(_open_then(found), asked_parts(found)), "decision": None}
    decision = decision_of(found, request.user, day_of(request))
    return {"lines": lines_of(decision.open_now, asked_parts(found)), "decision": decision}


def _open_then(found: WaiverRequest) -> Parts:
    return Parts(found.open_penalty, found.open_interest, found.open_principal)


def _who_and_when(request: StaffRequest) -> dict[str, Any]:
    return {"by": request.user, "at": request.now, "on": day_of(request)}


def _loan(request: StaffRequest, number: str) -> Loan:
    loans = Loan.objects.visible_to(request.user).select_related("borrower", "product")
    return get_object_or_404(loans, number=number)


def _request(request: StaffRequest, pk: int) -> WaiverRequest:
    found = WaiverRequest.objects.visible_to(request.user)
    return get_object_or_404(found.select_related("loan__borrower", "loan__product", "maker", "checker"), pk=pk)
