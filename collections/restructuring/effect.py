"""A plan takes effect in the transaction of the last of approval and acceptance, with everything checked once more.

Where what was shown no longer holds, nothing takes effect: the request goes back to whoever asked, with the reason.
"""

from collections.abc import Iterable
from datetime import date, datetime

from lending import consents
from lending.models import ScheduleVersion
from lending.rescheduling import ReschedulingError, put_in_force
from lending.rights import Instrument
from restructuring.asking import PlanRefusedError, propose_again
from restructuring.models import Acceptance, Decision, PlanEvent, PlanRequest
from restructuring.payload import is_untouched, proposal_of
from restructuring.reshaping import Reshaped
from restructuring.rules import Review, review_one
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
    return "rules_moved" if review_one(now, plan.loan_id, on=on, means=plan.means).refusals else ""


def is_within(review: Review, person: User) -> bool:
    """Whether that person, as they stand now, may decide a plan with these checks."""
    return person.is_active and may(person.role, "restructuring.decide") and person.role in review.roles


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
    approval = Decision.objects.filter(
        request=plan, payload_hash=plan.payload_hash, verdict=Decision.Verdict.APPROVE
    ).select_related("checker")
    decision = approval.first()
    if decision is None or not Acceptance.objects.filter(request=plan, payload_hash=plan.payload_hash).exists():
        return "not_agreed"
    if plan.offer_until is None or plan.offer_until < on:
        return "not_agreed"
    review = review_one(proposal_of(plan), plan.loan_id, on=on, means=plan.means)
    is_fit = is_within(review, decision.checker) and decision.checker_id not in makers_of([plan])[plan.pk]
    return "" if is_fit else "checker_unfit"


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
