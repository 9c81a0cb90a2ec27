"""The panels and actions that this floor and those below put on the case page."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cases.desk import TIMELINE_MAX, Action, Panel, register_action, register_panel, timeline_kinds, timeline_of
from cases.edge import StaffRequest
from cases.models import Case, DelayReason, Promise
from cases.moments import local_time
from cases.reasons import is_reason_wanted
from cases.words import reason_in_words, why
from cases.worklist import one_currency
from contacts.desk import reach
from lending.models import ContactPoint
from risk.models import BorrowerRisk
from risk.words import reasons_of
from staff.matrix import may

SHOW_ALL = 10


def borrower(request: StaffRequest, case: Case) -> dict[str, Any]:
    """Who it is, and the circumstances that a considerate talk takes into account."""
    reason = DelayReason.objects.filter(case=case).order_by("-at", "-pk").first()
    return {
        "borrower": case.borrower,
        "borrower_name": request.borrower_name,
        "may_reveal": may(request.user.role, "contacts.reveal"),
        "reason": reason,
        "circumstances": _circumstances(request, case),
    }


def _circumstances(request: StaffRequest, case: Case) -> list[str]:
    lenders = len({row.loan.funder_id for row in request.loans_now if row.overdue})
    lost = ContactPoint.objects.filter(
        borrower=case.borrower_id, quality__in=[ContactPoint.Quality.GONE, ContactPoint.Quality.WRONG_PERSON]
    ).count()
    found = []
    if lenders > 1:
        found.append(gettext("behind with %(lenders)s lenders") % {"lenders": lenders})
    if lost:
        found.append(
            ngettext("%(lost)s number does not reach them", "%(lost)s numbers do not reach them", lost) % {"lost": lost}
        )
    returned = Case.objects.filter(borrower=case.borrower_id).exclude(pk=case.pk).count()
    if returned:
        words = ngettext("was behind %(times)s time before", "was behind %(times)s times before", returned)
        found.append(words % {"times": returned})
    return found


def reachable(request: StaffRequest, case: Case) -> dict[str, Any]:
    return reach(case.borrower, request.now, request.user)


def loans(request: StaffRequest, case: Case) -> dict[str, Any]:
    """The loans that the page has already read; their currency stands in the heads where it is the same for all."""
    return {"loans": request.loans_now, "currency": one_currency(row.loan.currency for row in request.loans_now)}


def timeline(request: StaffRequest, case: Case) -> dict[str, Any]:
    kind, everything = request.GET.get("kind", ""), request.GET.get("all") == "1"
    each_max = TIMELINE_MAX * SHOW_ALL if everything else TIMELINE_MAX
    kinds = timeline_kinds()
    if kind not in dict(kinds):
        kind = ""
    chips = [
        {
            "label": label,
            "url": f"?kind={code}" if code != kind else case_url(case),
            "is_on": code == kind,
            "count": None,
        }
        for code, label in kinds
    ]
    items = timeline_of(case, request, kind, each_max=each_max)
    return {
        "items": items,
        "timeline_chips": chips,
        "kind": kind,
        "more": not everything and len(items) >= TIMELINE_MAX,
        "clear_url": case_url(case) if kind else "",
    }


def next_step(request: StaffRequest, case: Case) -> dict[str, Any]:
    day = local_time(request.now).date()
    promise = Promise.objects.filter(case=case, state=Promise.State.OPEN).first()
    reasons = [(reason_in_words(reason, day), reason.get("points", 0)) for reason in case.priority_reasons[1:]]
    return {
        "why": why(case, day),
        "reasons": reasons,
        "promise": promise,
        "reason_wanted": is_reason_wanted(case),
        "is_later": bool(case.next_at and case.next_at > request.now),
    }


def risk(request: StaffRequest, case: Case) -> dict[str, Any]:
    found = BorrowerRisk.objects.filter(borrower=case.borrower_id).first()
    return {"risk": found, "risk_reasons": reasons_of(found) if found else []}


def case_url(case: Case) -> str:
    return reverse("case_page", args=[case.pk])


def hold_url(case: Case) -> str:
    return f"{reverse('hold_place', args=[case.borrower_id])}?{urlencode({'next': case_url(case)})}"


def number_url(case: Case) -> str:
    return reverse("contact_point_add", args=[case.borrower_id])


def lacks_number(case: Case) -> bool:
    return case.state == Case.State.OPEN and case.next_action == Case.NextAction.FIND_NUMBER


def _drawer(name: str) -> Any:
    return lambda case: reverse(name, args=[case.pk])


def register() -> None:
    """Put this floor's panels and actions on the page; run once, when the app is ready."""
    register_panel(Panel("left", 10, "cases/_borrower.html", borrower))
    register_panel(Panel("left", 20, "contacts/_reach.html", reachable))
    register_panel(Panel("middle", 10, "cases/_loans.html", loans))
    register_panel(Panel("middle", 90, "cases/_timeline.html", timeline))
    register_panel(Panel("right", 10, "cases/_next.html", next_step))
    register_panel(Panel("right", 50, "cases/_risk.html", risk))
    work = "cases.work"
    register_action(
        Action("number", _("Add a number"), "a", number_url, 5, "contacts.contact", lacks_number, icon="plus")
    )
    register_action(Action("call", _("Call"), "c", _drawer("case_call"), 10, "contacts.contact"))
    register_action(Action("promise", _("Promise"), "p", _drawer("case_promise"), 20, work))
    register_action(Action("says_paid", _("Says has paid"), "y", _drawer("case_says_paid"), 50, work, icon="payment"))
    register_action(Action("callback", _("Callback"), "b", _drawer("case_callback"), 55, work, icon="call"))
    register_action(Action("reason", _("Why behind"), "w", _drawer("case_reason"), 60, work, icon="info"))
    register_action(Action("hold", _("Hold or complaint"), "h", hold_url, 70, "contacts.hold"))
    register_action(Action("note", _("Note"), "t", _drawer("case_note"), 80, work))
    register_action(Action("attach", _("Attach a file"), "f", _drawer("case_attach"), 85, work, icon="import"))
    register_action(Action("hand_over", _("Hand over"), "o", _drawer("case_hand_over"), 90, work, icon="handover"))
