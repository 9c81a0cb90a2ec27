"""What referrals add to the case page, and to the rail."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from audit.clock import local_day
from cases import rare
from cases.desk import Action, Panel, TimelineItem, register_action, register_panel, register_timeline
from cases.edge import StaffRequest
from cases.models import Case
from cases.referrals.kinds import KINDS, VISIT
from cases.referrals.models import Referral, ReferralQuerySet, ReferralStep
from cases.referrals.words import GOOD, badge_of, step_words, with_whom
from lending.templatetags.money import in_currency
from staff.matrix import may
from staff.models import User
from staff.statements import Blank

NEWS_DAYS = 30
"""How long the case page says what came of a referral that has ended."""
SHOWN_MAX = 600


class Row(NamedTuple):
    """A referral as lists show it."""

    referral: Referral
    badge_kind: str
    badge: str
    with_whom: str


def rows_of(referrals: Iterable[Referral], on: date) -> list[Row]:
    return [Row(each, *badge_of(each, on), with_whom(each)) for each in referrals]


def with_names(referrals: ReferralQuerySet) -> ReferralQuerySet:
    """With all that a row names."""
    named = referrals.select_related("case__borrower", "agency", "terms", "maker", "first_visitor", "second_visitor")
    return named.prefetch_related("agency__terms")


def panel(request: StaffRequest, case: Case) -> dict[str, Any]:
    """In whose hands the case is, what waits, and what came of what has lately ended."""
    if "referral" not in request.there:
        return {"rows": []}
    on = local_day(request.now)
    recent = Q(state__in=["waiting", "running"]) | Q(ended_on__gte=on - timedelta(days=NEWS_DAYS))
    found = Referral.objects.filter(recent, case__borrower=case.borrower_id)
    return {"rows": rows_of(with_names(found).order_by("-pk")[:8], on)}


def waiting_for(user: User) -> ReferralQuerySet:
    """What waits for this person's decision, or the visits that they are to make."""
    seen = Referral.objects.visible_to(user)
    if may(user.role, "cases.refer_decide"):
        kinds = [kind for kind, rule in KINDS.items() if user.role in rule.decided_by]
        return seen.waiting().filter(kind__in=kinds).exclude(maker=user)
    return seen.running().filter(Q(first_visitor=user) | Q(second_visitor=user), kind=VISIT)


def told(case: Case, request: StaffRequest) -> Iterator[TimelineItem]:
    steps = ReferralStep.objects.filter(referral__case__borrower=case.borrower_id).select_related("referral", "by")
    for step in steps.order_by(F("at").desc(), "-pk")[:SHOWN_MAX]:
        tone = ("good" if step.facts["result"] in GOOD else "") if step.event == "ended" else ""
        cost = in_currency(step.cost, step.currency) if step.cost else ""
        detail = " · ".join(part for part in (step.words, step.document, cost) if part)
        yield TimelineItem(
            step.at, "referral", "handover", step_words(step), detail, str(step.by or ""),
            url=reverse("referral", args=[step.referral_id]), tone=tone,
        )  # fmt: skip


def _referred() -> QuerySet[Any, Any]:
    return Referral.objects.filter(case__borrower=Blank("borrower")).values_list("pk")[:1]


def register() -> None:
    rare.register("referral", _referred)
    register_panel(Panel("left", 12, "cases/referrals/_panel.html", panel))
    register_action(
        Action(
            "refer", gettext_lazy("Refer"), "v", lambda case: reverse("refer_choose", args=[case.pk]), 85, "cases.refer",
            icon="handover",
        )
    )  # fmt: skip
    register_timeline("referral", gettext_lazy("Referrals"), told, _referred)
