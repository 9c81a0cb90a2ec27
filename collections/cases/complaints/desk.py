"""What complaints add to the case page and the loan page."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.clock import local_day
from cases import rare
from cases.complaints.models import Complaint, ComplaintQuerySet, ComplaintStep, Representative
from cases.complaints.words import clock_kind, days_left_words, effect_words, step_words
from cases.desk import Action, Panel, TimelineItem, newest, register_action, register_panel, register_timeline
from cases.edge import StaffRequest
from cases.models import Case
from lending.edge import StaffRequest as BookRequest
from lending.models import Loan
from lending.pages import Link, register_link
from staff.matrix import may
from staff.models import User
from staff.statements import Blank

TONES = {"answered": "good", "taken": "bad"}


def rows_of(complaints: Iterable[Complaint], on: date) -> list[dict[str, Any]]:
    """Complaints as their list shows them, with the clock of that day."""
    return [
        {
            "complaint": each,
            "left": days_left_words(each, on),
            "left_kind": clock_kind(each, on),
            "effect": effect_words(each.kind),
        }
        for each in complaints
    ]


def panel(request: StaffRequest, case: Case) -> dict[str, Any]:
    """Open complaints, and who speaks for the borrower."""
    opened = Complaint.objects.open().filter(borrower=case.borrower_id).select_related("handler", "loan")
    on = local_day(request.now)
    return {
        "complaints": rows_of(opened.order_by("due_on", "pk"), on) if "complaint" in request.there else [],
        "representatives": [
            {"person": each, "speaks": each.speaks_on(on), "may_verify": _may_verify(request, each)}
            for each in _representatives(request, case)
        ],
    }


def _representatives(request: StaffRequest, case: Case) -> Iterable[Representative]:
    rows = Representative.objects.filter(borrower=case.borrower_id).order_by("pk")
    return rows if "representative" in request.there else ()


def _may_verify(request: StaffRequest, each: Representative) -> bool:
    waits = each.verified_at is None and each.noted_by_id != request.user.pk
    return waits and may(request.user.role, "cases.complaint_handle")


def waiting_for(user: User) -> ComplaintQuerySet:
    """Open complaints that wait for this person: those in their hands, and those in nobody's where they may take one."""
    opened = Complaint.objects.visible_to(user).open()
    if may(user.role, "cases.complaint_handle"):
        return opened.filter(Q(handler=user) | Q(handler=None))
    return opened


def _complained() -> QuerySet[Any, Any]:
    return Complaint.objects.filter(borrower=Blank("borrower")).values_list("pk")[:1]


def told(case: Case, request: StaffRequest) -> Iterator[TimelineItem]:
    steps = ComplaintStep.objects.filter(complaint__borrower=case.borrower_id).select_related("by")
    for step in newest(steps, request):
        yield TimelineItem(
            step.at, "complaint", "warn", step_words(step), step.words, str(step.by),
            url=reverse("complaint_page", args=[step.complaint_id]), tone=TONES.get(step.event, ""),
        )  # fmt: skip


def intake_url(borrower_id: int, back: str) -> str:
    return f"{reverse('complaint_take', args=[borrower_id])}?{urlencode({'next': back})}"


def of_loan(request: BookRequest, loan: Loan) -> Iterator[Link]:
    """From the loan too: a borrower without a case may complain as well."""
    if may(request.user.role, "cases.complaint_take"):
        back = reverse("loan_page", args=[loan.number])
        yield Link(_("Complaint"), f"{intake_url(loan.borrower_id, back)}&loan={loan.pk}", "warn", in_drawer=True)


def register() -> None:
    rare.register("complaint", rare.some(Complaint, borrower=Blank("borrower")))
    rare.register("representative", rare.some(Representative, borrower=Blank("borrower")))
    register_panel(Panel("left", 15, "cases/complaints/_panel.html", panel))
    register_action(
        Action(
            "complaint",
            gettext_lazy("Complaint"),
            "x",
            lambda case: intake_url(case.borrower_id, reverse("case_page", args=[case.pk])),
            75,
            "cases.complaint_take",
            icon="warn",
        )
    )
    register_timeline("complaint", gettext_lazy("Complaints"), told, _complained)
    register_link(of_loan)
