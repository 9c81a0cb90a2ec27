"""What every page's frame shows: the rail of desks that this role has, with counts, and the business date.

Every page pays for it, so the desks of a role are made ready once, and their counts are one statement, put together once for
each person and asked anew at every page.
"""

from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.complaints.desk import waiting_for
from cases.models import Case
from cases.quality.desk import reviews_for
from cases.referrals.desk import waiting_for as referrals_for
from dunning.models import Reminder
from lending.models import Change, RefundRequest, SuspendedPayment, WaiverRequest
from restructuring.models import PlanRequest
from staff.matrix import may
from staff.models import Role, User
from staff.statements import Answers, for_person
from staff.templatetags.ui import icon

COUNT_MAX = 1000
"""A count never scans more than it shows."""


class Desk(NamedTuple):
    """An entry of the rail: who sees it is the matrix's word; `roles` narrows it to whom it is daily work; `is_demo`
    desks stand only where the demonstration's own gateways do. What is `counted`, and `also`, follows from the person's role, team and
    key alone.
    """

    url_name: str
    label: Any
    icon: str
    key: str
    capability: str
    roles: frozenset[str] = frozenset(Role.values)
    counted: Callable[[User], QuerySet[Any]] | None = None
    also: Callable[[User], QuerySet[Any]] | None = None
    is_demo: bool = False


RAIL = [
    Desk(
        "my_day", _("My day"), "day", "d", "cases.work", frozenset({Role.AGENT}),
        lambda user: Case.objects.open().filter(owner=user),
    ),
    Desk(
        "caseloads", _("Caseloads"), "caseloads", "c", "cases.assign", frozenset({Role.SUPERVISOR}),
        lambda user: Case.objects.visible_to(user).unassigned(),
    ),
    Desk("case_list", _("Cases"), "cases", "f", "cases.read"),
    Desk(
        "approvals", _("Approvals"), "approvals", "a", "restructuring.decide",
        counted=lambda user: PlanRequest.objects.visible_to(user).waiting(),
    ),
    Desk(
        "waivers", _("Waivers"), "payment", "w", "lending.waive_decide",
        counted=lambda user: WaiverRequest.objects.visible_to(user).waiting(),
        also=RefundRequest.objects.waiting_for,
    ),
    Desk(
        "complaints", _("Complaints"), "warn", "k", "cases.complaints",
        counted=waiting_for,
    ),
    Desk(
        "referrals", _("Referrals"), "handover", "v", "cases.referrals",
        counted=referrals_for,
    ),
    Desk(
        "reviews", _("Quality"), "approvals", "q", "cases.quality",
        counted=reviews_for,
    ),
    Desk("loans", _("Loans"), "loans", "l", "lending.read"),
    Desk("portfolio", _("Portfolio"), "portfolio", "p", "risk.portfolio"),
    Desk(
        "suspense", _("Suspense"), "payment", "x", "lending.suspense",
        counted=lambda user: SuspendedPayment.objects.waiting(),
    ),
    Desk(
        "products", _("Terms"), "policy", "t", "lending.terms_read",
        counted=lambda user: Change.objects.visible_to(user).waiting(),
    ),
    Desk("import_page", _("Import"), "import", "i", "lending.import"),
    Desk("outbox", _("Reminders"), "jobs", "o", "dunning.read"),
    Desk(
        "unknown_sends", _("Unknown sends"), "warn", "u", "dunning.settle",
        counted=lambda user: Reminder.objects.visible_to(user).filter(state=Reminder.State.UNKNOWN),
    ),
    Desk("messages", _("Messages"), "message", "m", "dunning.messages", is_demo=True),
    Desk(
        "assignment_rules", _("Rules of assignment"), "policy", "b", "cases.rules", frozenset({Role.MANAGER, Role.AUDITOR})
    ),
    Desk("contact_rules", _("Contact rules"), "policy", "r", "contacts.rules"),
    Desk("scripts", _("Call scripts"), "call", "f", "contacts.rules"),
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
    counts = _counts(user)
    context["rail"] = [
        entry | {"count": counts.get(entry["key"]), "current": request.path.startswith(entry["url"])}
        for entry in _entries(user.role, settings.DEMO)
    ]
    context["rail_of"] = user.role, settings.DEMO
    return context


@lru_cache(maxsize=16)
def _desks(role: str, is_demo: bool) -> tuple[Desk, ...]:
    """The desks of a role, in the order of the rail."""
    return tuple(
        desk for desk in RAIL if (is_demo or not desk.is_demo) and role in desk.roles and may(role, desk.capability)
    )


@lru_cache(maxsize=16)
def _entries(role: str, is_demo: bool) -> list[dict[str, Any]]:
    """What the rail says of the desks of a role, whoever looks."""
    return [
        {"label": desk.label, "url": reverse(desk.url_name), "symbol": icon(desk.icon), "key": desk.key}
        for desk in _desks(role, is_demo)
    ]


def _counts(user: User) -> dict[str, int]:
    """How much waits at each counted desk of this person, by the desk's letter, in one query."""
    counts: Counter[str] = Counter()
    for (key, _question), count in zip(_counted(user), for_person(_counting, user).values(), strict=True):
        counts[key] += count
    return counts


def _counting(person: User) -> Answers:
    questions = (question(person).values_list("pk")[:COUNT_MAX] for _key, question in _counted(person))
    return Answers(questions, counted=True)


def _counted(user: User) -> list[tuple[str, Callable[[User], QuerySet[Any]]]]:
    """What is counted for this person, with the letter of its desk."""
    desks = _desks(user.role, settings.DEMO)
    return [(desk.key, question) for desk in desks for question in (desk.counted, desk.also) if question]
