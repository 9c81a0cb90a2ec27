"""A plan takes effect in the transaction of the last of approval and acceptance, with everything checked once more.

Where what was shown no longer holds, nothing takes effect: the request goes back to whoever asked, with the reason.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from django.utils import timezone

from lending import consents
from lending.models import ScheduleVersion
from lending.rescheduling import ReschedulingError, put_in_force
from lending.rights import Instrument
from restructuring.asking import PlanRefusedError, propose_again
from restructuring.authority import Authority, approvals_within, entitled, weight_of
from restructuring.models import Acceptance, Decision, PlanEvent, PlanRequest
from restructuring.payload import is_untouched, proposal_of
from restructuring.reshaping import Reshaped
from restructuring.rules import Review, review_of
from restructuring.states import move
from staff.matrix import may
from staff.models import User

PUT_FORWARD = ["requested", "amended"]


def makers_of(plans: Iterable[PlanRequest]) -> dict[int, set[int]]:
    """Everybody who ever put each request forward: none of them may decide it. One query."""
    makers = {plan.pk: {plan.maker_id} for plan in plans}
    asked = PlanEvent.objects.filter(request__in=makers, event__in=PUT_FORWARD, by__isnull=False)
    for plan_id, person_id in asked.values_list("request", "by"):
        makers[plan_id].add(person_id)
    return makers


def why_not_holding(plan: PlanRequest, on: date) -> str:
    """The code of why what was shown no longer holds: tampered, figures_moved or rules_moved; empty while it holds.

    The caller holds the loan, so no payment can come between this look and what follows it.
    """
    if not is_untouched(plan):
        return "tampered"
    try:
        now = propose_again(plan, on)
    except PlanRefusedError:
        return "figures_moved"
    if now != proposal_of(plan):
        return "figures_moved"
    decided = _last(approvals_of(plan)) if plan.state == PlanRequest.State.APPROVED else 0
    return "rules_moved" if review_of(plan, on, proposal=now, decided=decided).refusals else ""


def approvals_of(plan: PlanRequest) -> list[Decision]:
    """The approvals of the plan as it is put forward, the first seat first."""
    found = Decision.objects.filter(request=plan, payload_hash=plan.payload_hash, verdict=Decision.Verdict.APPROVE)
    return list(found.select_related("checker", "acting_for").order_by("seat"))


def _last(approvals: Sequence[Decision]) -> int:
    return max((each.pk for each in approvals), default=0)


def lapse(plan: PlanRequest, why: str, *, at: datetime, on: date) -> None:
    """Send the request back because what was shown no longer holds; the system says so, not a person."""
    move(plan, "lapsed", by=None, at=at, on=on, facts={"why": why}, offer_until=None)


def funders_asked(plan: PlanRequest, on: date) -> list[consents.Need]:
    """What the creditors of the loan say to the plan, with the consents that they gave to this very payload."""
    return consents.needs_of(plan.loan, [Instrument(plan.instrument)], on=on, payload_hash=plan.payload_hash)


def take_effect_when_agreed(plan: PlanRequest, *, by: User, at: datetime, on: date) -> None:
    """Once approval, acceptance and every consent that is needed are there, in whatever order they came, it takes effect."""
    is_accepted = Acceptance.objects.filter(request=plan, payload_hash=plan.payload_hash).exists()
    is_agreed = is_accepted and plan.state == PlanRequest.State.APPROVED
    if is_agreed and not consents.missing(funders_asked(plan, on)):
        take_effect(plan, by=by, at=at, on=on)


def take_effect(plan: PlanRequest, *, by: User, at: datetime, on: date) -> None:
    """Put the new schedule in force, or send the request back; the plan is approved and accepted, its loan held."""
    why = why_not_holding(plan, on) or _why_not_entitled(plan, on)
    if why:
        lapse(plan, why, at=at, on=on)
        return
    try:
        version = _new_schedule(plan, by=by, at=at, on=on)
    except ReschedulingError:
        lapse(plan, "figures_moved", at=at, on=on)
        return
    facts = {"version": version.number, "end": proposal_of(plan).end_new.isoformat()}
    move(plan, "in_effect", by=by, at=at, on=on, facts=facts, schedule=version)


def _why_not_entitled(plan: PlanRequest, on: date) -> str:
    """checker_unfit: whoever approved may no longer decide this, or never might; not_agreed: a yes to it is missing."""
    approvals = approvals_of(plan)
    if not approvals or not Acceptance.objects.filter(request=plan, payload_hash=plan.payload_hash).exists():
        return "not_agreed"
    if plan.offer_until is None or plan.offer_until < on:
        return "not_agreed"
    review, makers = review_of(plan, on, decided=_last(approvals)), makers_of([plan])[plan.pk]
    asked = [_approvers(each, plan, review, makers) for each in approvals]
    is_fit = all(0 < number <= len(approvals) for number in asked)
    return "" if is_fit else "checker_unfit"


def _approvers(decision: Decision, plan: PlanRequest, review: Review, makers: Collection[int]) -> int:
    """How many must approve, by the limits within which this one was given, as they are now; 0: they do not reach."""
    checker, holder = decision.checker, decision.acting_for or decision.checker
    is_here = checker.is_active and may(checker.role, "restructuring.decide") and holder.is_active
    if not is_here or checker.pk in makers:
        return 0
    day = decision.decided_on or timezone.localtime(decision.at).date()
    within = Authority(holder, holder == checker, tuple(approvals_within([holder.pk], day)))
    return entitled(review, [within], weight_of(plan, day, decision.pk), makers=makers).approvers


def _new_schedule(plan: PlanRequest, *, by: User, at: datetime, on: date) -> ScheduleVersion:
    proposal = proposal_of(plan)
    return put_in_force(
        loan=plan.loan,
        capitalised=proposal.capitalised if isinstance(proposal, Reshaped) else 0,
        rows=proposal.new_rows,
        effective_on=on,
        reason=str(plan.instrument),
        source=f"restructuring.planrequest:{plan.pk}",
        on=on,
        at=at,
        by=by,
    )
