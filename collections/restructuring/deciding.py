"""A second person approves, rejects or sends back exactly the payload that they looked at. Maker is never checker."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lending.horizon import hold_loans
from restructuring.asking import locked, require
from restructuring.effect import is_within, lapse, makers_of, take_effect_when_agreed, why_not_holding
from restructuring.models import Decision, PlanRequest
from restructuring.payload import proposal_of
from restructuring.rules import Review, review_one
from restructuring.states import MoveError, StaleError, move
from staff.matrix import may
from staff.models import User

OFFER_DAYS = 14
"""How long the borrower may take to accept, counted from the approval; the last day is included."""

Verdict = Decision.Verdict
EVENTS = {Verdict.REJECT: "rejected", Verdict.SEND_BACK: "sent_back"}


class MakerIsCheckerError(Exception):
    """Whoever put the plan forward tried to decide it."""

    def __init__(self) -> None:
        super().__init__(_("You asked for this plan yourself: somebody else must decide it."))


class BeyondLimitError(Exception):
    """The plan lies beyond what this person's role may decide."""


class ReasonMissingError(Exception):
    """A plan is not turned down without a word."""

    def __init__(self) -> None:
        super().__init__(_("Say why, so that whoever asked knows what to change."))


@transaction.atomic
def decide(
    *, plan: PlanRequest, verdict: str, reason: str, payload_hash: str, by: User, at: datetime, on: date
) -> PlanRequest:
    """Decide the payload of that hash and return the plan as it then stands.

    An approval where what was shown no longer holds decides nothing: the plan comes back `sent_back` with a `lapsed` event.
    PermissionDenied, StaleError, MoveError, MakerIsCheckerError, BeyondLimitError, ReasonMissingError.
    """
    require(by, "restructuring.decide")
    hold_loans([plan.loan_id])
    plan = locked(plan)
    if plan.payload_hash != payload_hash:
        raise StaleError
    if plan.state != PlanRequest.State.REVIEW:
        raise MoveError(plan.state)
    if by.pk in makers_of([plan])[plan.pk]:
        raise MakerIsCheckerError
    if verdict == Verdict.APPROVE:
        return _approve(plan, reason, by=by, at=at, on=on)
    if not reason.strip():
        raise ReasonMissingError
    _write(plan, Verdict(verdict), reason, by=by, at=at)
    move(plan, EVENTS[Verdict(verdict)], by=by, at=at, on=on, facts={"note": reason})
    return plan


def _approve(plan: PlanRequest, reason: str, *, by: User, at: datetime, on: date) -> PlanRequest:
    why = why_not_holding(plan, on)
    if why:
        lapse(plan, why, at=at, on=on)
        return plan
    refusal = beyond_limit(review_one(proposal_of(plan), plan.loan_id, on=on, means=plan.means), by)
    if refusal:
        raise BeyondLimitError(refusal)
    _write(plan, Verdict.APPROVE, reason, by=by, at=at)
    until = on + timedelta(days=OFFER_DAYS)
    move(plan, "approved", by=by, at=at, on=on, facts={"note": reason, "until": until.isoformat()}, offer_until=until)
    take_effect_when_agreed(plan, by=by, at=at, on=on)
    return plan


def beyond_limit(review: Review, person: User) -> str:
    """The rule that keeps this person's role from deciding, in words; empty when it may."""
    if is_within(review, person):
        return ""
    limit = review.limit_of(person.role)
    if limit is None:
        return _("Your role has no limit for this kind of plan.")
    return f"{limit.text} ({limit.detail})" if limit.detail else limit.text


def why_not(makers: Collection[int], review: Review, person: User) -> str:
    """Why this person may not approve a plan put forward by `makers`, in words; empty when they may."""
    if not may(person.role, "restructuring.decide"):
        return _("Plans are decided by supervisors within their limits and by managers.")
    if person.pk in makers:
        return str(MakerIsCheckerError())
    return beyond_limit(review, person)


def _write(plan: PlanRequest, verdict: Verdict, reason: str, *, by: User, at: datetime) -> None:
    """Keep the decision; the database refuses a second one on this payload, and a checker who is the maker."""
    decision = Decision(
        request=plan,
        payload_hash=plan.payload_hash,
        verdict=verdict,
        reason=reason,
        maker=plan.maker,
        checker=by,
        at=at,
    )
    try:
        with transaction.atomic():
            decision.save(force_insert=True)
    except IntegrityError:
        raise StaleError from None
