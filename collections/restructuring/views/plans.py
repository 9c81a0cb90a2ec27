"""The plan's page, and the drawers in which it is decided, accepted or withdrawn."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cases.edge import StaffRequest, day_of
from cases.models import Case
from cases.words import delay_reason
from contacts.names import display_name
from lending.creditor_forms import ConsentForm
from restructuring.accepting import record_acceptance
from restructuring.asking import withdraw
from restructuring.consenting import record_plan_consent
from restructuring.deciding import decide
from restructuring.effect import funders_asked
from restructuring.forms import AcceptanceForm, DecisionForm, WithdrawForm
from restructuring.models import Decision, PlanRequest
from restructuring.pages import STATE_KINDS, standing_before, steps_of
from restructuring.payload import readable_proposal
from restructuring.reshape_forms import AMOUNTS, LABELS
from restructuring.states import AGREED, OPEN
from restructuring.undoing import undo
from restructuring.views.common import CHANGED_SINCE, REFUSED, UNPROCESSABLE, find_plan, status_of
from restructuring.words import ICONS, TONES, WHY_LAPSED, event_in_words, moved_in_words
from staff.access import audience
from staff.matrix import may
from staff.once import once

State = PlanRequest.State


@audience("restructuring.read")
def plan_page(request: StaffRequest, pk: int) -> HttpResponse:
    plan = find_plan(request, pk)
    shown = _shown(request, plan)
    context = {
        **shown,
        "plan": plan,
        "what": moved_in_words(plan.instrument, plan.days),
        "state_kind": STATE_KINDS[State(plan.state)],
        "borrower_name": display_name(plan.loan.borrower, request.user),
        "review": shown["review"] if plan.state in OPEN else None,
        "reason": delay_reason(plan.reason),
        "steps": steps_of(plan, day_of(request)),
        "events": _events(plan),
        "means_rows": _means_rows(plan),
        "case": Case.objects.visible_to(request.user).filter(pk=plan.case_id or 0).first(),
        **_abilities(request, plan),
    }
    return TemplateResponse(request, "restructuring/plan.html", context)


def _means_rows(plan: PlanRequest) -> list[tuple[Any, int]]:
    return [(LABELS[name], getattr(plan.means, name)) for name in AMOUNTS] if plan.means else []


def _abilities(request: StaffRequest, plan: PlanRequest) -> dict[str, bool]:
    """What this person may do with the plan as it stands; whether they may approve it is `why_not`'s to say."""
    may_ask, role = may(request.user.role, "restructuring.request"), request.user.role
    accepted = plan.acceptances.filter(payload_hash=plan.payload_hash).exists()
    return {
        "may_decide": plan.state == State.REVIEW and may(role, "restructuring.decide"),
        "may_accept": plan.state in {State.REVIEW, State.APPROVED}
        and may(role, "restructuring.accept")
        and not accepted,
        "may_consent": plan.state in {State.REVIEW, State.APPROVED}
        and may(role, "lending.consent")
        and any(need.is_missing for need in funders_asked(plan, day_of(request))),
        "may_amend": plan.state == State.SENT_BACK and may_ask,
        "may_undo": plan.state == State.IN_EFFECT and may(role, "restructuring.decide"),
        "may_withdraw": plan.state in OPEN and may_ask,
        "has_letter": plan.state in AGREED,
    }


def _events(plan: PlanRequest) -> list[dict[str, Any]]:
    return [
        {
            "icon": ICONS.get(row.event, "note"),
            "kind": TONES.get(row.event, ""),
            "text": event_in_words(row.event, row.facts),
            "detail": row.facts.get("note", ""),
            "who": row.by or "",
            "at": row.at,
        }
        for row in plan.events.select_related("by").order_by("-at", "-pk")
    ]


def _shown(request: StaffRequest, plan: PlanRequest) -> dict[str, Any]:
    """The plan's figures with its rules, and why this person may not approve it; a payload that was edited says so."""
    proposal = readable_proposal(plan)
    if proposal is None:
        return {"proposal": None, "review": None, "why_not": WHY_LAPSED["tampered"]()}
    return {"proposal": proposal, **standing_before(plan, request.user, day_of(request))._asdict()}


@audience("restructuring.decide", post="restructuring.decide")
@once
def plan_decide(request: StaffRequest, pk: int) -> HttpResponse:
    plan = find_plan(request, pk)
    verdict = request.GET.get("verdict", "")
    form = DecisionForm(
        request.POST or None, initial={"verdict": verdict if verdict in Decision.Verdict.values else None}
    )

    def act(cleaned: dict[str, Any]) -> PlanRequest:
        return decide(plan=plan, payload_hash=_seen(request), **cleaned, **_who_and_when(request))

    return _answer(request, plan, form, act, template="decide", **_shown(request, plan))


@audience("restructuring.accept", post="restructuring.accept")
@once
def plan_accept(request: StaffRequest, pk: int) -> HttpResponse:
    plan = find_plan(request, pk)
    form = AcceptanceForm(request.POST or None, first=plan.made_on, last=day_of(request))

    def act(cleaned: dict[str, Any]) -> PlanRequest:
        return record_acceptance(plan=plan, payload_hash=_seen(request), **cleaned, **_who_and_when(request))

    return _answer(request, plan, form, act, template="accept", proposal=readable_proposal(plan))


@audience("lending.consent", post="lending.consent")
@once
def plan_consent(request: StaffRequest, pk: int) -> HttpResponse:
    plan = find_plan(request, pk)
    asked = [need.funder for need in funders_asked(plan, day_of(request)) if need.is_missing]
    form = ConsentForm(request.POST or None, last=day_of(request), funders=asked)

    def act(cleaned: dict[str, Any]) -> PlanRequest:
        return record_plan_consent(plan=plan, payload_hash=_seen(request), **cleaned, **_who_and_when(request))

    return _answer(request, plan, form, act, template="consent", proposal=readable_proposal(plan))


@audience("restructuring.request", post="restructuring.request")
@once
def plan_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    plan = find_plan(request, pk)

    def act(cleaned: dict[str, Any]) -> PlanRequest:
        return withdraw(plan=plan, seen=_seen(request), **cleaned, **_who_and_when(request))

    return _answer(request, plan, WithdrawForm(request.POST or None), act, template="withdraw")


@audience("restructuring.decide", post="restructuring.decide")
@once
def plan_undo(request: StaffRequest, pk: int) -> HttpResponse:
    plan = find_plan(request, pk)

    def act(cleaned: dict[str, Any]) -> PlanRequest:
        return undo(plan=plan, seen=_seen(request), **cleaned, **_who_and_when(request))

    form = WithdrawForm(request.POST or None)
    return _answer(request, plan, form, act, template="undo", proposal=readable_proposal(plan))


def _seen(request: StaffRequest) -> str:
    return request.POST.get("payload_hash", "")


def _who_and_when(request: StaffRequest) -> dict[str, Any]:
    return {"by": request.user, "at": request.now, "on": day_of(request)}


def _answer(
    request: StaffRequest,
    plan: PlanRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], PlanRequest],
    *,
    template: str,
    **context: Any,
) -> HttpResponse:
    """Draw a drawer's form, or act on it and go to the plan; refused keeps what was typed and says why."""
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                _tell(request, act(form.cleaned_data))
                return redirect("plan_page", plan.pk)
            except (*CHANGED_SINCE, *REFUSED) as error:
                field = getattr(error, "field", None)
                form.add_error(field, str(error))
                status = status_of(error)
    context |= {"plan": plan, "form": form, "what": moved_in_words(plan.instrument, plan.days)}
    return TemplateResponse(request, f"restructuring/{template}.html", context, status=status)


def _tell(request: StaffRequest, plan: PlanRequest) -> None:
    """Say what came of it, which may be less than was asked."""
    last = plan.events.order_by("-pk").values_list("event", "facts").first()
    if last and last[0] == "lapsed":
        why = WHY_LAPSED[str(last[1].get("why"))]()
        messages.warning(
            request, _("Nothing took effect: %(why)s. The request went back to whoever asked.") % {"why": why}
        )
        return
    told = {
        State.REVIEW: (
            _("Your approval is recorded: a second person must approve it, too.")
            if last and last[0] == "seconded"
            else _("The borrower's acceptance is recorded; the decision is still to come.")
        ),
        State.SENT_BACK: _("The plan went back to whoever asked for it."),
        State.REJECTED: _("The plan is rejected."),
        State.APPROVED: _("The plan is approved: the borrower's acceptance puts it in effect."),
        State.IN_EFFECT: _("The plan is in effect: the new schedule holds from today."),
        State.WITHDRAWN: _("The plan is withdrawn."),
        State.UNDONE: _("The plan is undone: the schedule before it holds again."),
    }
    messages.success(request, told[State(plan.state)])
