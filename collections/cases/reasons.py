"""Why the borrower is behind: coded, dated, never overwritten; the newest stands in the case's header."""

from datetime import date, datetime

from django.db import transaction

from cases import moves
from cases.models import Case, DelayReason
from risk.observe import DELAY_REASON, observe
from staff.models import User

NOT_KNOWN = {"", DelayReason.Code.UNREACHED}


def is_reason_wanted(case: Case) -> bool:
    """Whether nobody knows yet why this borrower is behind."""
    return case.reason_behind in NOT_KNOWN


@transaction.atomic
def record_reason(
    *, case: Case, code: str, note: str, by: User, at: datetime, on: date, seen: int | None = None
) -> DelayReason:
    """Record the reason that was given on that day; moves.StaleError, moves.MoveError."""
    facts = {"code": DelayReason.Code(code).value, "note": note}
    moves.apply(case, "reason_recorded", by=by, at=at, on=on, seen=seen, facts=facts, reason_behind=code)
    observe(case.borrower, DELAY_REASON, code, on)
    return DelayReason.objects.create(case=case, code=code, note=note, on=on, at=at, by=by)
