"""The desk of those who decide: every plan that waits, oldest and dearest first."""

from django.db.models import F
from django.http import HttpResponse
from django.template.response import TemplateResponse

from cases.edge import StaffRequest, day_of
from contacts.names import display_names
from restructuring.models import PlanRequest
from restructuring.pages import WAITING_MAX, waiting_for
from restructuring.standing_in import stand_ins_of
from staff.access import audience


@audience("restructuring.decide")
def approvals(request: StaffRequest) -> HttpResponse:
    waiting = PlanRequest.objects.visible_to(request.user).waiting()
    listed = waiting.select_related("loan__borrower", "loan__funder", "maker").order_by(
        F("escalated_on").asc(nulls_last=True), "made_on", "-outstanding", "pk"
    )
    plans = list(listed[:WAITING_MAX])
    names = display_names([plan.loan.borrower for plan in plans], request.user)
    rows = waiting_for(request.user, names, plans, day_of(request))
    is_mine = request.GET.get("mine") == "1"
    context = {
        "rows": [row for row in rows if not row.why_not] if is_mine else rows,
        "total": waiting.count() if len(plans) == WAITING_MAX else len(plans),
        "listed": len(plans),
        "is_mine": is_mine,
        "mine": sum(not row.why_not for row in rows),
        **stand_ins_of(request.user, day_of(request)),
    }
    return TemplateResponse(request, "restructuring/approvals.html", context)
