"""Callbacks: the borrower said when to call."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from cases import moves
from cases.models import Case
from cases.reckoning import reckon
from staff.models import User

CALLBACK_DAYS_MAX = 30


class CallbackRefusedError(ValueError):
    """A time at which nobody can call."""


@transaction.atomic
def set_callback(
    *, case: Case, callback_at: datetime, by: User, at: datetime, on: date, seen: int | None = None
) -> None:
    """Put the case before its owner at that time; CallbackRefusedError, moves.StaleError, moves.MoveError."""
    if callback_at <= at:
        raise CallbackRefusedError(_("That time has passed."))
    if callback_at > at + timedelta(days=CALLBACK_DAYS_MAX):
        raise CallbackRefusedError(_("At most %(days)s days ahead.") % {"days": CALLBACK_DAYS_MAX})
    facts = {"at": callback_at.isoformat(timespec="minutes")}
    moves.apply(case, "callback_set", by=by, at=at, on=on, seen=seen, facts=facts, callback_at=callback_at)
    reckon([case], on=on)
