"""A second person approves, rejects or sends back exactly the payload that they looked at. Maker is never checker.

Where the approval matrix asks for two approvers, the first approval leaves the plan in review until a third person approves, too.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from restructuring.asking import hold_loans_beside, locked, require
from restructuring.authority import Authority, Entitled, authorities_of, entitled, stand_ins_on, weight_of
from restructuring.effect import approvals_of, lapse, makers_of, take_effect_when_agreed, why_not_holding
from restructuring.models import Decision, PlanRequest
from restructuring.rules import Review, review_of
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
    """The plan lies beyond what this person may decide, or beyond what is left of their day or month."""


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
    hold_loans_beside(plan)
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
    given = approvals_of(plan)
    if by.pk in {each.checker_id for each in given}:
        raise BeyondLimitError(_("You approved it already: a second person must decide it, too."))
    _write(plan, Verdict(verdict), reason, seat=len(given) + 1, by=by, at=at, on=on)
    move(plan, EVENTS[Verdict(verdict)], by=by, at=at, on=on, facts={"note": reason})
    return plan


def _approve(plan: PlanRequest, reason: str, *, by: User, at: datetime, on: date) -> PlanRequest:
    why = why_not_holding(plan, on)
    if why:
        lapse(plan, why, at=at, on=on)
        return plan
    _hold_limits(by, on)
    given = approvals_of(plan)
    found = entitlement(plan, review_of(plan, on), by, authorities_of(by, on), makers_of([plan])[plan.pk], given, on)
    if found.authority is None:
        raise BeyondLimitError(found.refusal)
    holder = found.authority.holder
    seat = len(given) + 1
    acting_for = None if found.authority.is_own else holder
    _write(plan, Verdict.APPROVE, reason, seat=seat, by=by, at=at, on=on, acting_for=acting_for)
    facts = {"note": reason} | ({"acting_for": str(holder)} if acting_for else {})
    if seat < found.approvers:
        move(plan, "seconded", by=by, at=at, on=on, facts=facts)
        return plan
    until = on + timedelta(days=OFFER_DAYS)
    facts["until"] = until.isoformat()
    move(plan, "approved", by=by, at=at, on=on, facts=facts, offer_until=until)
    take_effect_when_agreed(plan, by=by, at=at, on=on)
    return plan


def entitlement(
    plan: PlanRequest,
    review: Review,
    person: User,
    authorities: Sequence[Authority],
    makers: Collection[int],
    given: Collection[Decision],
    on: date,
) -> Entitled:
    """Whether and within whose limits this person may give the next approval; `given` are those that the plan has."""
    if not person.is_active or not may(person.role, "restructuring.decide"):
        return Entitled(None, refusal=_("Plans are decided by supervisors within their limits and by managers."))
    if person.pk in makers:
        return Entitled(None, refusal=str(MakerIsCheckerError()))
    if person.pk in {each.checker_id for each in given}:
        return Entitled(None, refusal=_("You approved it already: a second person must decide it, too."))
    taken = {each.acting_for_id or each.checker_id for each in given}
    escalated = plan.escalated_on is not None
    weight = weight_of(plan, on)
    return entitled(review, authorities, weight, makers=makers, taken=taken, is_escalated=escalated)


def _hold_limits(person: User, on: date) -> None:
    """Keep whoever decides within the same limits from counting them at the same moment."""
    holders = {person.pk, *stand_ins_on(on).filter(person=person).values_list("absence__user", flat=True)}
    list(User.objects.filter(pk__in=holders).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


def _write(
    plan: PlanRequest,
    verdict: Verdict,
    reason: str,
    *,
    seat: int,
    by: User,
    at: datetime,
    on: date,
    acting_for: User | None = None,
) -> None:
    """Keep the decision; the database refuses a second one in the seat, and a checker who is the maker."""
    decision = Decision(
        request=plan,
        payload_hash=plan.payload_hash,
        verdict=verdict,
        reason=reason,
        maker=plan.maker,
        checker=by,
        acting_for=acting_for,
        seat=seat,
        decided_on=on,
        at=at,
    )
    try:
        with transaction.atomic():
            decision.save(force_insert=True)
    except IntegrityError:
        raise StaleError from None
