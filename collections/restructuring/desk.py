"""What plans add to the case page and to the loan page."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.desk import Action, Panel, TimelineItem, register_action, register_panel, register_timeline
from cases.edge import StaffRequest
from cases.models import Case
from lending.models import Loan
from lending.pages import Link, register_link
from restructuring.models import PlanEvent, PlanRequest
from restructuring.pages import STATE_KINDS
from restructuring.states import OPEN
from restructuring.words import ICONS, TONES, event_in_words, moved_in_words
from staff.matrix import may

EVENTS_MAX = 600
SHOWN = [*OPEN, PlanRequest.State.IN_EFFECT]
PANEL_MAX = 10


def happenings(case: Case, request: StaffRequest) -> Iterator[TimelineItem]:
    rows = PlanEvent.objects.filter(request__loan__borrower=case.borrower_id).select_related("by", "request")
    for row in rows.order_by("-at", "-pk")[:EVENTS_MAX]:
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


def plans(request: StaffRequest, case: Case) -> dict[str, Any]:
    """The plans that wait for something or are in effect, the newest first."""
    found = PlanRequest.objects.filter(loan__borrower=case.borrower_id, state__in=SHOWN).select_related("loan", "maker")
    rows = [
        {
            "plan": plan,
            "what": moved_in_words(plan.instrument, plan.days),
            "kind": STATE_KINDS[PlanRequest.State(plan.state)],
        }
        for plan in found.order_by("-made_at", "-pk")[:PANEL_MAX]
    ]
    return {"plans": rows}


def loan_links(request: HttpRequest, loan: Loan) -> Iterable[Link]:
    """Ask for a plan from the loan's own page, or see the one that is open."""
    role = getattr(request.user, "role", "")
    if not role or not may(role, "restructuring.read"):
        return
    waiting = PlanRequest.objects.filter(loan=loan, state__in=OPEN).values_list("pk", flat=True).first()
    if waiting:
        yield Link(_("Plan"), reverse("plan_page", args=[waiting]), icon="plan", key="r")
    elif loan.status == Loan.Status.ACTIVE and may(role, "restructuring.request"):
        yield Link(_("Plan"), reverse("plan_request", args=[loan.number]), icon="plan", key="r", in_drawer=True)


def register() -> None:
    """Put this floor's panel, action, happenings and link in place; run once, when the app is ready."""
    register_panel(Panel("middle", 20, "restructuring/_case_plans.html", plans))
    register_timeline("plan", _("Plans"), happenings)
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
    register_link(loan_links)
