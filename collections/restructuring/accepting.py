"""The borrower's yes to exactly the payload that was offered, with its evidence."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from restructuring.asking import hold_loans_beside, locked, require
from restructuring.effect import take_effect_when_agreed
from restructuring.models import Acceptance, PlanRequest
from restructuring.states import StaleError, move
from staff.models import User

State = PlanRequest.State


class AcceptanceRefusedError(Exception):
    """The acceptance cannot be recorded like that; `field` is what to change, None when the plan is not open to it."""

    def __init__(self, message: str, field: str | None = None) -> None:
        self.field = field
        super().__init__(message)


@transaction.atomic
def record_acceptance(
    *,
    plan: PlanRequest,
    payload_hash: str,
    means: str,
    evidence: str,
    accepted_on: date,
    by: User,
    at: datetime,
    on: date,
) -> PlanRequest:
    """Record that the borrower agreed to the payload of that hash; where it is approved the plan takes effect now.

    Returns the plan as it then stands: `sent_back` with a `lapsed` event where what was shown no longer holds.
    PermissionDenied, StaleError, MoveError, AcceptanceRefusedError.
    """
    require(by, "restructuring.accept")
    hold_loans_beside(plan)
    plan = locked(plan)
    if plan.payload_hash != payload_hash:
        raise StaleError
    _check(plan, evidence, accepted_on, on)
    acceptance = Acceptance(
        request=plan,
        payload_hash=payload_hash,
        means=Acceptance.Means(means),
        evidence=evidence.strip(),
        accepted_on=accepted_on,
        recorded_by=by,
        recorded_at=at,
    )
    try:
        with transaction.atomic():
            acceptance.save(force_insert=True)
    except IntegrityError:
        raise AcceptanceRefusedError(_("The borrower's acceptance is recorded already.")) from None
    facts = {"means": str(acceptance.means), "accepted_on": accepted_on.isoformat()}
    move(plan, "accepted", by=by, at=at, on=on, facts=facts)
    take_effect_when_agreed(plan, by=by, at=at, on=on)
    return plan


def _check(plan: PlanRequest, evidence: str, accepted_on: date, on: date) -> None:
    if plan.state == State.APPROVED and plan.offer_until and plan.offer_until < on:
        day = {"day": plan.offer_until.isoformat()}
        raise AcceptanceRefusedError(_("The offer ended on %(day)s: ask for the plan again.") % day)
    if not evidence.strip():
        raise AcceptanceRefusedError(_("Name the evidence: recording number, file or message."), "evidence")
    if not plan.made_on <= accepted_on <= on:
        days = {"first": plan.made_on.isoformat(), "last": on.isoformat()}
        raise AcceptanceRefusedError(_("The day lies between %(first)s and %(last)s.") % days, "accepted_on")
