"""What every page's frame shows: the rail of desks that this role has, with counts, and the business date."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.complaints.desk import waiting_for
from cases.models import Case
from cases.quality.desk import reviews_for
from dunning.models import Reminder
from lending.models import Change, SuspendedPayment, WaiverRequest
from restructuring.models import PlanRequest
from staff.matrix import may
from staff.models import Role, User

COUNT_MAX = 1000


class Desk(NamedTuple):
    """An entry of the rail: who sees it is the matrix's word; `roles` narrows it to whom it is daily work; `is_demo`
    desks stand only where the demonstration's own gateways do.
    """

    url_name: str
    label: Any
    icon: str
    key: str
    capability: str
    roles: frozenset[str] = frozenset(Role.values)
    counted: Callable[[User], int] | None = None
    is_demo: bool = False


def _capped(queryset: Any) -> int:
    """A count that never scans more than it shows."""
    return len(queryset.values_list("pk", flat=True)[:COUNT_MAX])


RAIL = [
    Desk(
        "my_day", _("My day"), "day", "d", "cases.work", frozenset({Role.AGENT}),
        lambda user: _capped(Case.objects.open().filter(owner=user)),
    ),
    Desk(
        "caseloads", _("Caseloads"), "caseloads", "c", "cases.assign", frozenset({Role.SUPERVISOR}),
        lambda user: _capped(Case.objects.visible_to(user).unassigned()),
    ),
    Desk(
        "approvals", _("Approvals"), "approvals", "a", "restructuring.decide",
        counted=lambda user: _capped(PlanRequest.objects.visible_to(user).waiting()),
    ),
    Desk(
        "waivers", _("Waivers"), "payment", "w", "lending.waive_decide",
        counted=lambda user: _capped(WaiverRequest.objects.visible_to(user).waiting()),
    ),
    Desk(
        "complaints", _("Complaints"), "warn", "k", "cases.complaints",
        counted=lambda user: _capped(waiting_for(user)),
    ),
    Desk(
        "reviews", _("Quality"), "approvals", "q", "cases.quality",
        counted=lambda user: _capped(reviews_for(user)),
    ),
    Desk("loans", _("Loans"), "loans", "l", "lending.read"),
    Desk("portfolio", _("Portfolio"), "portfolio", "p", "risk.portfolio"),
    Desk(
        "suspense", _("Suspense"), "payment", "x", "lending.suspense",
        counted=lambda user: _capped(SuspendedPayment.objects.waiting()),
    ),
    Desk(
        "products", _("Terms"), "policy", "t", "lending.terms_read",
        counted=lambda user: _capped(Change.objects.visible_to(user).waiting()),
    ),
    Desk("import_page", _("Import"), "import", "i", "lending.import"),
    Desk("outbox", _("Reminders"), "jobs", "o", "dunning.read"),
    Desk(
        "unknown_sends", _("Unknown sends"), "warn", "u", "dunning.settle",
        counted=lambda user: _capped(Reminder.objects.visible_to(user).filter(state=Reminder.State.UNKNOWN)),
    ),
    Desk("messages", _("Messages"), "message", "m", "dunning.messages", is_demo=True),
    Desk(
        "assignment_rules", _("Rules of assignment"), "policy", "b", "cases.rules", frozenset({Role.MANAGER, Role.AUDITOR})
    ),
    Desk("contact_rules", _("Contact rules"), "policy", "r", "contacts.rules"),
    Desk("audit_entries", _("Record"), "audit", "e", "audit.read"),
    Desk("people", _("People"), "people", "s", "staff.see"),
]  # fmt: skip


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of base.html; nothing is asked of the database for parts of a page or for strangers."""
    context: dict[str, Any] = {"clock_is_set": bool(settings.CLOCK)}
    user = getattr(request, "user", None)
    if not isinstance(user, User) or getattr(request, "htmx", False):
        return context
    context["business_date"] = request.business_date  # type: ignore[attr-defined]
    context["rail"] = [_entry(desk, user, request.path) for desk in RAIL if _is_shown(desk, user)]
    return context


def _is_shown(desk: Desk, user: User) -> bool:
    if desk.is_demo and not settings.DEMO:
        return False
    return user.role in desk.roles and may(user.role, desk.capability)


def _entry(desk: Desk, user: User, path: str) -> dict[str, Any]:
    url = reverse(desk.url_name)
    return {
        "label": desk.label,
        "url": url,
        "icon": desk.icon,
        "key": desk.key,
        "count": desk.counted(user) if desk.counted else None,
        "current": path.startswith(url),
    }
