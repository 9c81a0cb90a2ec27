""" "Says has paid": reminders pause to the end of the second working day after, and the promise is not broken meanwhile."""

from datetime import date, datetime

from django.db import transaction

from cases import moves
from cases.models import Case, PaidClaim
from cases.reckoning import reckon
from lending.workdays import working_days_after
from staff.models import User

PAUSE_WORKING_DAYS = 2


@transaction.atomic
def says_paid(*, case: Case, note: str, by: User, at: datetime, on: date, seen: int | None = None) -> PaidClaim:
    """Take the borrower's word until the money can have arrived; moves.StaleError, moves.MoveError."""
    until_on = working_days_after(on, PAUSE_WORKING_DAYS)
    facts = {"until_on": until_on.isoformat(), "note": note}
    moves.apply(case, "says_paid", by=by, at=at, on=on, seen=seen, facts=facts)
    claim = PaidClaim.objects.create(case=case, on=on, until_on=until_on, note=note, at=at, by=by)
    reckon([case], on=on)
    return claim
