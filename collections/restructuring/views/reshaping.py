"""Planning a restructuring: what somebody can pay, the plans that fit, and the one that is asked for beside today's schedule."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.edge import StaffRequest, day_of
from lending.models import Loan
from restructuring.asking import PlanRefusedError, amend, open_plan, request_plan, reshape_now
from restructuring.finding import Answer, Shape, offers_for
from restructuring.models import Means, PlanRequest
from restructuring.payload import shown_hash
from restructuring.reshape_forms import ReshapeForm, typed_means
from restructuring.reshaping import Reshaped
from restructuring.rules import Review, review_new
from restructuring.stating import fresh_means, state_means
from restructuring.views.common import CHANGED_SINCE, REFUSED, UNPROCESSABLE, find_plan, status_of
from restructuring.views.requesting import find_loan
from staff.access import audience
from staff.once import once

USUAL = Shape(12)


class Desk(NamedTuple):
    """What the form brings: plans that fit, and the one that stands in it; `refusal` says why there is none."""

    answer: Answer | None = None
    surplus: int | None = None
    proposal: Reshaped | None = None
    review: Review | None = None
    shown: str = ""
    refusal: str = ""


def desk_of(loan: Loan, form: ReshapeForm, request: StaffRequest) -> Desk:
    """The form must be cleaned; what is wrong with it only leaves things out."""
    on = day_of(request)
    means, shape = form.means(loan.borrower, on), form.shape()
    found = Desk(surplus=means.surplus if means else None)
    try:
        if means:
            found = found._replace(answer=offers_for(loan, means, on, by=request.user))
        if shape:
            proposal = reshape_now(loan, steps=shape.steps, on=on)
            review = review_new(proposal, loan, by=request.user, on=on, means=means)
            found = found._replace(proposal=proposal, review=review, shown=shown_hash(proposal))
    except PlanRefusedError as refused:
        return found._replace(refusal=str(refused))
    return found


@audience("restructuring.request", post="restructuring.request")
@once
def plan_reshape(request: StaffRequest, number: str) -> HttpResponse:
    """Ask for a restructuring of this loan."""
    loan = find_loan(request, number)
    waiting = open_plan(loan)
    if waiting and request.method == "GET":
        return redirect("plan_page", waiting.pk)
    return _answer(request, loan, None)


@audience("restructuring.request", post="restructuring.request")
@once
def plan_reshape_amend(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a restructuring forward again that was sent back."""
    plan = find_plan(request, pk)
    if plan.state != PlanRequest.State.SENT_BACK and request.method != "POST":
        return redirect("plan_page", plan.pk)
    return _answer(request, plan.loan, plan)


@audience("restructuring.request")
def plan_reshape_preview(request: StaffRequest, number: str) -> HttpResponse:
    """The part of the page that follows what is typed."""
    loan = find_loan(request, number)
    form = ReshapeForm(request.GET, currency=loan.currency)
    form.is_valid()
    context = {"loan": loan, "desk": desk_of(loan, form, request)}
    return TemplateResponse(request, "restructuring/_reshape_preview.html", context)


def _answer(request: StaffRequest, loan: Loan, plan: PlanRequest | None) -> HttpResponse:
    """Draw the form with what it brings, or send it; refused keeps what was typed."""
    case = loan.borrower.cases.visible_to(request.user).open().first()
    status = 200
    if request.method == "POST":
        form, status = ReshapeForm(request.POST, currency=loan.currency), UNPROCESSABLE
        if form.is_valid():
            try:
                return _send(request, loan, plan, form)
            except (*CHANGED_SINCE, *REFUSED) as error:
                form.add_error(None, str(error))
                status = status_of(error)
    else:
        form = _drawn(request, loan, plan)
    shown = ReshapeForm(form.data if form.is_bound else _as_typed(form), currency=loan.currency)
    shown.is_valid()
    context = {
        "loan": loan,
        "plan": plan,
        "form": form,
        "desk": desk_of(loan, shown, request),
        "back": reverse("case_page", args=[case.pk]) if case else reverse("loan_page", args=[loan.number]),
    }
    return TemplateResponse(request, "restructuring/reshape.html", context, status=status)


def _drawn(request: StaffRequest, loan: Loan, plan: PlanRequest | None) -> ReshapeForm:
    """The form with what is known: a plan taken from those that fit, a fresh statement, what was asked before."""
    case = loan.borrower.cases.visible_to(request.user).open().first()
    means = plan.means if plan else fresh_means(loan.borrower_id, day_of(request))
    initial: dict[str, Any] = {**USUAL._asdict(), **typed_means(means)}
    initial["reason"] = plan.reason if plan else (case.reason_behind if case else "")
    initial["explanation"] = plan.explanation if plan else ""
    for name in (*ReshapeForm.MEANS_FIELDS, *ReshapeForm.SHAPE_FIELDS):
        if name in request.GET:
            initial[name] = request.GET[name]
    return ReshapeForm(initial=initial, currency=loan.currency)


def _as_typed(form: ReshapeForm) -> dict[str, Any]:
    return {name: "" if value is None else value for name, value in form.initial.items()}


@transaction.atomic
def _send(request: StaffRequest, loan: Loan, plan: PlanRequest | None, form: ReshapeForm) -> HttpResponse:
    who: dict[str, Any] = {"by": request.user, "at": request.now, "on": day_of(request)}
    means, shape = form.means(loan.borrower, who["on"]), form.shape()
    assert isinstance(means, Means)
    assert shape is not None
    asked = {
        "steps": shape.steps,
        "means": state_means(means, **who),
        "reason": form.cleaned_data["reason"],
        "explanation": form.cleaned_data["explanation"],
        "shown": request.POST.get("shown", ""),
        **who,
    }
    seen = request.POST.get("payload_hash", "")
    sent = amend(plan=plan, seen=seen, **asked) if plan else request_plan(loan=loan, **asked)
    messages.success(request, _("The plan waits for somebody else's decision."))
    return redirect("plan_page", sent.pk)
