"""What plans add to the case page and to the loan page."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases import rare
from cases.desk import Action, Panel, TimelineItem, newest, register_action, register_panel, register_timeline
from cases.edge import StaffRequest
from cases.models import Case
from lending.edge import StaffRequest as LoanRequest
from lending.models import Loan
from lending.pages import Link, register_link, register_question
from restructuring.models import PlanEvent, PlanRequest
from restructuring.pages import STATE_KINDS
from restructuring.states import AGREED, OPEN
from restructuring.words import ICONS, TONES, event_in_words, moved_in_words
from staff.matrix import may
from staff.models import User
from staff.statements import Blank

SHOWN = [*OPEN, PlanRequest.State.IN_EFFECT]
PANEL_MAX = 10


def happenings(case: Case, request: StaffRequest) -> Iterator[TimelineItem]:
    rows = PlanEvent.objects.filter(request__loan__borrower=case.borrower_id).select_related("by", "request")
    for row in newest(rows, request):
        yield TimelineItem(
            at=row.at,
            kind="plan",
            icon=ICONS.get(row.event, "plan"),
            title=event_in_words(row.event, row.facts),
            detail=str(row.facts.get("note", "")),
            by=str(row.by or ""),
            url=reverse("plan_page", args=[row.request_id]),
            tone=TONES.get(row.event, ""),
        )


def _planned() -> QuerySet[Any, Any]:
    return PlanRequest.objects.filter(loan__borrower=Blank("borrower")).values_list("pk")[:1]


def plans(request: StaffRequest, case: Case) -> dict[str, Any]:
    """The plans that wait for something or are in effect, the newest first."""
    found = PlanRequest.objects.filter(loan__borrower=case.borrower_id, state__in=SHOWN).select_related("loan", "maker")
    rows = [
        {
            "plan": plan,
            "what": moved_in_words(plan.instrument, plan.days),
            "kind": STATE_KINDS[PlanRequest.State(plan.state)],
        }
        for plan in (found.order_by("-made_at", "-pk")[:PANEL_MAX] if "plan" in request.there else ())
    ]
    return {"plans": rows}


def _plan_open(person: User) -> QuerySet[Any, Any]:
    return PlanRequest.objects.filter(loan=Blank("loan"), state__in=OPEN).order_by("pk").values_list("pk")[:1]


def _plan_agreed(person: User) -> QuerySet[Any, Any]:
    agreed = PlanRequest.objects.filter(loan=Blank("loan"), state__in=AGREED)
    return agreed.order_by("-pk").values_list("pk")[:1]


def loan_links(request: LoanRequest, loan: Loan) -> Iterable[Link]:
    """Ask for a plan from the loan's own page, or see the one that is open."""
    role = request.user.role
    if not may(role, "restructuring.read"):
        return
    if agreed := request.known["agreement"]:
        yield Link(_("Agreement"), reverse("plan_agreement", args=[agreed]), icon="plan")
    if waiting := request.known["plan"]:
        yield Link(_("Plan"), reverse("plan_page", args=[waiting]), icon="plan", key="r")
    elif loan.status == Loan.Status.ACTIVE and may(role, "restructuring.request"):
        yield Link(_("Plan"), reverse("plan_request", args=[loan.number]), icon="plan", key="r", in_drawer=True)


def register() -> None:
    """Put this floor's panel, action, happenings and link in place; run once, when the app is ready."""
    rare.register("plan", _planned)
    register_panel(Panel("middle", 20, "restructuring/_case_plans.html", plans))
    register_timeline("plan", _("Plans"), happenings, _planned)
    register_action(
        Action(
            code="plan",
            label=_("Plan"),
            key="r",
            url=lambda case: reverse("case_plan", args=[case.pk]),
            order=40,
            capability="restructuring.request",
            wide=True,
        )
    )
    register_question("plan", _plan_open)
    register_question("agreement", _plan_agreed)
    register_link(loan_links)
