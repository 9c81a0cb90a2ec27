"""Asking for a plan, with a preview that follows the form; what is sent is what was shown."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.edge import StaffRequest, day_of
from cases.views.common import find_case
from lending.models import Loan
from restructuring.asking import PlanRefusedError, amend, open_plan, propose_now, request_plan, situation_now
from restructuring.forms import MoveForm, PlanForm, suggested_days
from restructuring.models import PlanRequest
from restructuring.moving import Proposal, Situation
from restructuring.payload import shown_hash
from restructuring.rules import Review, review_new
from restructuring.views.common import CHANGED_SINCE, REFUSED, UNPROCESSABLE, find_plan, status_of
from staff.access import audience
from staff.once import once


class Preview(NamedTuple):
    """What the form would bring: a proposal with its checks and hash, or why there is none."""

    proposal: Proposal | None = None
    review: Review | None = None
    shown: str = ""
    refusal: str = ""


def preview_of(loan: Loan, days: int | None, request: StaffRequest) -> Preview:
    if days is None:
        return Preview(refusal=_("Say by how much, and the new schedule appears here."))
    on = day_of(request)
    try:
        proposal = propose_now(loan, days=days, on=on)
    except PlanRefusedError as refused:
        return Preview(refusal=str(refused))
    return Preview(proposal, review_new(proposal, loan, by=request.user, on=on), shown_hash(proposal))


def find_loan(request: StaffRequest, number: str) -> Loan:
    loans = Loan.objects.visible_to(request.user).select_related("borrower", "product", "funder")
    return get_object_or_404(loans, number=number)


@audience("restructuring.request", post="restructuring.request")
@once
def plan_request(request: StaffRequest, number: str) -> HttpResponse:
    loan = find_loan(request, number)
    waiting = open_plan(loan)
    if waiting and request.method == "GET":
        return redirect("plan_page", waiting.pk)
    return _answer(request, loan, None)


@audience("restructuring.request", post="restructuring.request")
@once
def plan_amend(request: StaffRequest, pk: int) -> HttpResponse:
    plan = find_plan(request, pk)
    if plan.state != PlanRequest.State.SENT_BACK and request.method != "POST":
        return redirect("plan_page", plan.pk)
    return _answer(request, plan.loan, plan)


@audience("restructuring.request")
def plan_preview(request: StaffRequest, number: str) -> HttpResponse:
    """The part of the form's page that follows what is typed."""
    loan = find_loan(request, number)
    try:
        situation = situation_now(loan, day_of(request))
    except PlanRefusedError as refused:
        return _draw_preview(request, loan, Preview(refusal=str(refused)), None)
    form = MoveForm(request.GET, situation=situation)
    form.is_valid()
    return _draw_preview(request, loan, preview_of(loan, form.cleaned_data.get("moved_days"), request), situation)


@audience("restructuring.request")
def case_plan(request: StaffRequest, pk: int) -> HttpResponse:
    """From the case: its one loan at once, or a choice among several."""
    case = find_case(request, pk)
    loans = list(Loan.objects.filter(borrower=case.borrower_id, status=Loan.Status.ACTIVE).order_by("start_on", "pk"))
    if len(loans) == 1:
        return plan_request(request, loans[0].number)
    waiting = PlanRequest.objects.filter(loan__in=loans, state__in=["review", "sent_back", "approved"])
    plans = {plan.loan_id: plan for plan in waiting}
    rows = [(loan, plans.get(loan.pk)) for loan in loans]
    return TemplateResponse(request, "restructuring/choose_loan.html", {"case": case, "rows": rows})


def _draw_preview(request: StaffRequest, loan: Loan, preview: Preview, situation: Situation | None) -> TemplateResponse:
    context = {"preview": preview, "loan": loan, "situation": situation}
    return TemplateResponse(request, "restructuring/_preview.html", context)


def _answer(request: StaffRequest, loan: Loan, plan: PlanRequest | None) -> HttpResponse:
    """Draw the form with its preview, or send it; refused keeps what was typed and shows the figures of now."""
    try:
        situation = situation_now(loan, day_of(request))
    except PlanRefusedError as refused:
        context = {"loan": loan, "refusal": str(refused)}
        return TemplateResponse(request, "restructuring/refused.html", context, status=UNPROCESSABLE)
    case = loan.borrower.cases.visible_to(request.user).open().first()
    typed = _typed(plan) if plan else {"reason": case.reason_behind if case else ""}
    form = PlanForm(request.POST if request.method == "POST" else None, situation=situation, initial=typed)
    days: int | None = plan.days if plan else suggested_days(situation)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                return _send(request, loan, plan, form.cleaned_data)
            except (*CHANGED_SINCE, *REFUSED) as error:
                form.add_error(None, str(error))
                status = status_of(error)
        days = form.cleaned_data.get("moved_days")
    context = {
        "loan": loan,
        "plan": plan,
        "form": form,
        "situation": situation,
        "preview": preview_of(loan, days, request),
        "back": reverse("case_page", args=[case.pk]) if case else reverse("loan_page", args=[loan.number]),
    }
    return TemplateResponse(request, "restructuring/request.html", context, status=status)


def _send(request: StaffRequest, loan: Loan, plan: PlanRequest | None, cleaned: dict[str, Any]) -> HttpResponse:
    asked = {
        "days": cleaned["moved_days"],
        "reason": cleaned["reason"],
        "explanation": cleaned["explanation"],
        "shown": request.POST.get("shown", ""),
        "by": request.user,
        "at": request.now,
        "on": day_of(request),
    }
    seen = request.POST.get("payload_hash", "")
    sent = amend(plan=plan, seen=seen, **asked) if plan else request_plan(loan=loan, **asked)
    messages.success(request, _("The plan waits for somebody else's decision."))
    return redirect("plan_page", sent.pk)


def _typed(plan: PlanRequest) -> dict[str, Any]:
    """What was typed when the plan was put forward last."""
    return {"days": plan.days, "reason": plan.reason, "explanation": plan.explanation}
