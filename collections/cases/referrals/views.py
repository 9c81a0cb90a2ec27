"""Referrals as pages: the list, and one of them with all that happened to it."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from audit.clock import local_day
from cases.edge import StaffRequest
from cases.models import Case
from cases.referrals.commission import earned, sums
from cases.referrals.deciding import why_not
from cases.referrals.desk import rows_of, with_names
from cases.referrals.ending import may_end
from cases.referrals.kinds import KINDS, VISIT, next_stages
from cases.referrals.models import Referral, ReferralQuerySet, ReferralStep
from cases.referrals.visits import slot_of
from cases.referrals.words import SOON_DAYS, badge_of, step_words, with_whom
from lending.pages import name_for
from staff.access import audience
from staff.matrix import may

ROWS_MAX = 200
State = Referral.State


def find_referral(request: StaffRequest, pk: int) -> Referral:
    seen = with_names(Referral.objects.visible_to(request.user)).select_related("checker")
    return get_object_or_404(seen, pk=pk)


@audience("cases.referrals")
def referrals(request: StaffRequest) -> HttpResponse:
    """What waits and runs, the first to end first; or what has ended, the newest first."""
    on, which, kind = local_day(request.now), request.GET.get("which", ""), request.GET.get("kind", "")
    found = Referral.objects.visible_to(request.user)
    if kind in KINDS:
        found = found.filter(kind=kind)
    if batch := request.GET.get("batch", ""):
        found = found.filter(batch=batch[:32])
    chosen = with_names(_chosen(found, which, on))
    rows = rows_of(chosen[: ROWS_MAX + 1], on)
    context = {
        "rows": rows[:ROWS_MAX],
        "has_more": len(rows) > ROWS_MAX,
        "chip_groups": [_chips(_states(), "which", request), _chips(_kinds(), "kind", request)],
        "batch": batch,
        "waiting_in_batch": found.waiting().count() if batch and may(request.user.role, "cases.refer_decide") else 0,
        "may_see_agencies": may(request.user.role, "cases.agencies"),
    }
    return TemplateResponse(request, "cases/referrals/list.html", context)


def _chosen(found: ReferralQuerySet, which: str, on: date) -> ReferralQuerySet:
    match which:
        case "waiting":
            return found.waiting().order_by("made_at", "pk")
        case "running":
            return found.running().order_by("until_on", "pk")
        case "expiring":
            return found.running().filter(until_on__lte=on + timedelta(days=SOON_DAYS)).order_by("until_on", "pk")
        case "ended":
            return found.filter(state=State.ENDED).order_by("-ended_on", "-pk")
        case _:
            return found.unfinished().order_by("until_on", "pk")


def _states() -> list[tuple[str, str]]:
    return [
        ("waiting", _("Waits for a decision")),
        ("running", _("Under way")),
        ("expiring", _("Ends within a week")),
        ("ended", _("Ended")),
    ]


def _kinds() -> list[tuple[str, str]]:
    return [(kind, str(Referral.Kind(kind).label)) for kind in KINDS]


def _chips(names: list[tuple[str, str]], parameter: str, request: StaffRequest) -> list[dict[str, Any]]:
    """Chips of one parameter; turning one on keeps the others."""
    given = {name: request.GET[name] for name in ("which", "kind", "batch") if request.GET.get(name)}
    current, url = given.pop(parameter, ""), reverse("referrals")
    chips = []
    for code, label in names:
        asked = given if code == current else given | {parameter: code}
        chips.append(
            {
                "label": label,
                "url": f"{url}?{urlencode(asked)}" if asked else url,
                "is_on": code == current,
                "count": None,
            }
        )
    return chips


@audience("cases.referrals")
def referral(request: StaffRequest, pk: int) -> HttpResponse:
    """One referral: what was asked for, who decided, how far it is, and what may be done next."""
    found, on = find_referral(request, pk), local_day(request.now)
    steps = list(found.steps.select_related("by", "contact", "attachment").order_by("pk"))
    loans = list(found.loans.select_related("loan", "referral__terms").order_by("loan__number"))
    case = Case.objects.visible_to(request.user).filter(borrower=found.case.borrower_id).order_by("-pk").first()
    kind, badge = badge_of(found, on)
    for step in steps:
        step.referral = found
    context = {
        "referral": found,
        "badge_kind": kind,
        "badge": badge,
        "name": name_for(found.case.borrower, request.user),
        "with_whom": with_whom(found),
        "case": case,
        "steps": [(step, step_words(step)) for step in steps],
        "loans": loans,
        "costs": _costs(steps),
        "sums": sums(earned(loans, on)) if found.agency and found.checker else [],
        "case_has_ended": found.case.state != Case.State.OPEN and found.state == State.RUNNING,
        **_may(request, found),
    }
    return TemplateResponse(request, "cases/referrals/page.html", context)


def _costs(steps: list[ReferralStep]) -> list[tuple[str, int]]:
    """What it has cost, by currency."""
    found: dict[str, int] = {}
    for step in steps:
        if step.cost:
            found[step.currency] = found.get(step.currency, 0) + step.cost
    return sorted(found.items())


def _may(request: StaffRequest, found: Referral) -> dict[str, Any]:
    """What this person may do with it now."""
    user = request.user
    waits, runs = found.state == State.WAITING, found.state == State.RUNNING
    decides = waits and may(user.role, "cases.refer_decide")
    refusal = why_not(found, user) if decides else ""
    is_visitor = user.pk in {found.first_visitor_id, found.second_visitor_id}
    slot = slot_of(found) if runs and found.kind == VISIT else None
    return {
        "why_not": refusal,
        "may_decide": decides and not refusal,
        "may_withdraw": waits and found.maker_id == user.pk,
        "may_note": runs and may(user.role, "cases.refer"),
        "may_move": runs and may(user.role, "cases.refer") and bool(next_stages(found.kind, found.stage)),
        "may_set_out": runs and is_visitor and slot is None and may(user.role, "contacts.contact"),
        "is_out": slot is not None,
        "may_end": runs and may(user.role, "cases.refer") and may_end(found, user),
    }
