"""The funder's yes to exactly the payload that it was shown, where its contract asks for it."""

from datetime import date, datetime

from django.db import transaction

from lending.consents import record_consent
from lending.models import Funder
from restructuring.asking import hold_loans_beside, locked
from restructuring.effect import take_effect_when_agreed
from restructuring.models import PlanRequest
from restructuring.states import StaleError, move
from staff.models import User


@transaction.atomic
def record_plan_consent(
    *,
    plan: PlanRequest,
    funder: Funder,
    payload_hash: str,
    given_on: date,
    reference: str,
    by: User,
    at: datetime,
    on: date,
) -> PlanRequest:
    """Record it; where it was the last that the plan needed, the plan takes effect now.

    PermissionDenied, StaleError, MoveError, ConsentError.
    """
    hold_loans_beside(plan)
    plan = locked(plan)
    if plan.payload_hash != payload_hash:
        raise StaleError
    record_consent(
        loan=plan.loan, funder=funder, payload_hash=payload_hash, given_on=given_on, reference=reference,
        by=by, at=at, on=on,
    )  # fmt: skip
    move(plan, "consented", by=by, at=at, on=on, facts={"funder": str(funder), "reference": reference})
    take_effect_when_agreed(plan, by=by, at=at, on=on)
    return plan
