"""The panels and actions that this floor and those below put on the case page."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cases import rare
from cases.desk import Action, Panel, register_action, register_panel, timeline_kinds, timeline_of
from cases.edge import StaffRequest
from cases.models import Case, DelayReason, Presence, Promise
from cases.moments import local_time
from cases.reasons import is_reason_wanted
from cases.words import reason_in_words, why
from cases.worklist import one_currency
from contacts.desk import reach
from contacts.models import CallHours, Consent, Hold, OptOut
from lending.models import ContactPoint
from risk.models import BorrowerRisk
from risk.words import reasons_of
from staff.matrix import may
from staff.statements import Blank


def borrower(request: StaffRequest, case: Case) -> dict[str, Any]:
    """Who it is, and the circumstances that a considerate talk takes into account."""
    reasons = DelayReason.objects.filter(case=case).order_by("-at", "-pk")
    reason = reasons.first() if "reason" in request.there else None
    return {
        "borrower": case.borrower,
        "borrower_name": request.borrower_name,
        "may_reveal": may(request.user.role, "contacts.reveal"),
        "reason": reason,
        "circumstances": _circumstances(request, case),
    }


def _circumstances(request: StaffRequest, case: Case) -> list[str]:
    lenders = len({row.loan.funder_id for row in request.loans_now if row.overdue})
    lost = (
        ContactPoint.objects.filter(borrower=case.borrower_id, quality__in=LOST).count()
        if "lost" in request.there
        else 0
    )
    found = []
    if lenders > 1:
        found.append(gettext("behind with %(lenders)s lenders") % {"lenders": lenders})
    if lost:
        found.append(
            ngettext("%(lost)s number does not reach them", "%(lost)s numbers do not reach them", lost) % {"lost": lost}
        )
    others = Case.objects.filter(borrower=case.borrower_id).exclude(pk=case.pk)
    returned = others.count() if "ended" in request.there or case.state != Case.State.OPEN else 0
    if returned:
        words = ngettext("was behind %(times)s time before", "was behind %(times)s times before", returned)
        found.append(words % {"times": returned})
    return found


def reachable(request: StaffRequest, case: Case) -> dict[str, Any]:
    return reach(case.borrower, request.now, request.user, having=request.there)


def loans(request: StaffRequest, case: Case) -> dict[str, Any]:
    """The loans that the page has already read; their currency stands in the heads where it is the same for all."""
    return {"loans": request.loans_now, "currency": one_currency(row.loan.currency for row in request.loans_now)}


def timeline(request: StaffRequest, case: Case) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
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
    return {
        **timeline_part(request, case),
        "timeline_chips": chips,
        "kind": kind,
        "clear_url": case_url(case) if kind else "",
    }


def timeline_part(request: StaffRequest, case: Case) -> dict[str, Any]:
    """The happenings before `?before=`, or the newest, and where the older ones are."""
    kind = request.GET.get("kind", "")
    request.told_before = _moment(request.GET.get("before", ""))
    part = timeline_of(case, request, kind)
    asked = {"kind": kind} if kind in dict(timeline_kinds()) else {}
    older = f"?{urlencode({**asked, 'before': part.before.isoformat()})}" if part.before else ""
    return {"items": part.items, "older": older}


def _moment(text: str) -> datetime | None:
    """An instant as an address gives it; None for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def next_step(request: StaffRequest, case: Case) -> dict[str, Any]:
    day = local_time(request.now).date()
    promises = Promise.objects.filter(case=case, state=Promise.State.OPEN)
    promise = promises.first() if "promise" in request.there else None
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


LOST = [ContactPoint.Quality.GONE, ContactPoint.Quality.WRONG_PERSON]


def _register_what_is_rare() -> None:
    borrower = Blank("borrower")
    rare.register("reason", rare.some(DelayReason, case__borrower=borrower))
    rare.register("lost", rare.some(ContactPoint, borrower=borrower, quality__in=LOST))
    rare.register("ended", rare.some(Case, borrower=borrower, state__in=set(Case.State) - {Case.State.OPEN}))
    rare.register("promise", rare.some(Promise, case__borrower=borrower, state=Promise.State.OPEN))
    rare.register("presence", rare.some(Presence, case__borrower=borrower))
    rare.register("hold", rare.some(Hold, borrower=borrower, lifted_at=None))
    rare.register("opt_out", rare.some(OptOut, borrower=borrower, to_at=None))
    rare.register("hours", rare.some(CallHours, borrower=borrower, to_at=None))
    rare.register("consent", rare.some(Consent, borrower=borrower, to_at=None))


def register() -> None:
    """Put this floor's panels and actions on the page; run once, when the app is ready."""
    _register_what_is_rare()
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
    register_action(
        Action("trace", _("Find a number"), "s", _drawer("case_trace"), 4, work, lacks_number, icon="search")
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
