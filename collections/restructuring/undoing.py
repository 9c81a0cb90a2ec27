"""A plan in effect is undone before anything was paid under it: the schedule before it holds again."""

from datetime import date, datetime

from django.db import transaction

from lending.rescheduling import take_back
from restructuring.asking import hold_loans_beside, locked, require
from restructuring.authority import beyond_limit
from restructuring.deciding import BeyondLimitError, MakerIsCheckerError, ReasonMissingError
from restructuring.effect import makers_of
from restructuring.models import PlanRequest
from restructuring.rules import review_of
from restructuring.states import MoveError, StaleError, move
from staff.models import User


@transaction.atomic
def undo(*, plan: PlanRequest, reason: str, seen: str, by: User, at: datetime, on: date) -> PlanRequest:
    """Take the plan of that hash back, by somebody who might have decided it and did not ask for it.

    PermissionDenied, StaleError, MoveError, MakerIsCheckerError, BeyondLimitError, ReasonMissingError; ReschedulingError once money
    came in under it.
    """
    require(by, "restructuring.decide")
    hold_loans_beside(plan)
    plan = locked(plan)
    if plan.payload_hash != seen:
        raise StaleError
    if plan.state != PlanRequest.State.IN_EFFECT or plan.schedule is None:
        raise MoveError(plan.state)
    if by.pk in makers_of([plan])[plan.pk]:
        raise MakerIsCheckerError
    if refusal := beyond_limit(review_of(plan, on), by):
        raise BeyondLimitError(refusal)
    if not reason.strip():
        raise ReasonMissingError
    former = take_back(version=plan.schedule, on=on, at=at, by=by)
    move(plan, "undone", by=by, at=at, on=on, facts={"note": reason, "version": former.number})
    return plan
