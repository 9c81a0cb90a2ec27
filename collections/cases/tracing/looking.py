"""Looking for a new number of a borrower whom no number reaches any more: a borrower who changed phones is not a refuser.

The task is the case's next action (`find_number`), open while there is no number of the borrower that may be tried and they have not talked to us
lately; so a number that is found or confirmed, or a call from the borrower, closes it by itself. Each try is an event of the case.
"""

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from cases import moves
from cases.models import Case
from cases.reckoning import reckon
from cases.tracing.means import BY_HAND, MEANS
from contacts.calls import start_call, wrap_up
from contacts.consents import note_refusal
from contacts.facts import BORROWER
from contacts.models import Contact
from lending.models import ContactPoint
from lending.parties import ContactPointError, add_contact_point
from staff.models import User

AGAIN_DAYS_MAX: Final = 60
Outcome = Contact.Outcome
SAID: Final = {
    "gave": Outcome.RIGHT_PARTY,
    "passes_on": Outcome.RIGHT_PARTY,
    "knows_nothing": Outcome.RIGHT_PARTY,
    "refuses": Outcome.RIGHT_PARTY,
    "stranger": Outcome.OTHER_PERSON,
    "no_answer": Outcome.NO_ANSWER,
    "busy": Outcome.BUSY,
    "invalid": Outcome.INVALID,
}
"""What came of a call to somebody else, and what the contact log takes it for."""


class TraceRefusedError(ValueError):
    """What cannot be written down so; `field` is the form's."""

    def __init__(self, words: str, field: str) -> None:
        super().__init__(words)
        self.field = field


class Found(NamedTuple):
    """A number of the borrower's, if one was found; else the day on which to look again."""

    kind: str = ""
    value: str = ""
    look_again_on: date | None = None
    note: str = ""


@transaction.atomic
def record_trace(
    *, case: Case, means: str, found: Found, by: User, at: datetime, on: date, seen: int | None = None
) -> ContactPoint | None:
    """Write down a try by hand: the new number with its source, or nothing and when to look again. TraceRefusedError, StaleError, MoveError."""
    if means not in BY_HAND:
        raise TraceRefusedError(_("Somebody else is asked by a call that the gate allows."), "means")
    return _record(case, means, found, by=by, at=at, on=on, seen=seen)


def ask_somebody(*, case: Case, point: ContactPoint, by: User, at: datetime) -> Contact:
    """Ring a contact person or a guarantor, if the gate agrees. TraceRefusedError, RefusedError."""
    means = MEANS.get(point.holder)
    if means is None or point.borrower_id != case.borrower_id:
        raise TraceRefusedError(_("There is no such person to ask."), "point")
    return start_call(borrower=case.borrower, point=point, purpose=means.purpose, by=by, at=at, subject=point.holder)


@transaction.atomic
def wrap_up_asking(
    *, case: Case, contact: Contact, said: str, found: Found, by: User, at: datetime, on: date
) -> ContactPoint | None:
    """Write down what somebody else said, all or nothing. TraceRefusedError, WrapUpError, MoveError."""
    if contact.subject == BORROWER or said not in SAID:
        raise TraceRefusedError(_("This was no call to somebody else."), "said")
    if bool(found.value) != (said == "gave"):
        raise TraceRefusedError(_("Which number?") if said == "gave" else _("Nobody gave a number."), "value")
    wrap_up(contact, outcome=SAID[said], note=found.note, by=by, at=at)
    if said == "refuses" and contact.point:
        note_refusal(point=contact.point, said=_("Asked not to be called about the borrower"), by=by, at=at)
    return _record(case, contact.subject, found._replace(note=""), by=by, at=at, on=on)


def _record(
    case: Case, means: str, found: Found, *, by: User, at: datetime, on: date, seen: int | None = None
) -> ContactPoint | None:
    point = _added(case, means, found, by=by, at=at) if found.value else None
    again_on = None if point else _again_on(found.look_again_on, on)
    facts = {"means": means, "point": point.pk if point else None, "note": found.note}
    facts |= {"again_on": again_on.isoformat()} if again_on else {}
    moves.apply(case, "traced", by=by, at=at, on=on, seen=seen, facts=facts, look_again_on=again_on)
    case.refresh_from_db()
    reckon([case], on=on)
    return point


def _added(case: Case, means: str, found: Found, *, by: User, at: datetime) -> ContactPoint:
    try:
        return add_contact_point(borrower=case.borrower, kind=found.kind, value=found.value, source=means, by=by, at=at)
    except ContactPointError as fault:
        raise TraceRefusedError(str(fault), "value") from None


def _again_on(day: date | None, on: date) -> date:
    if day is None:
        raise TraceRefusedError(_("When is it worth looking again?"), "look_again_on")
    if not on < day <= on + timedelta(days=AGAIN_DAYS_MAX):
        words = _("A later day, at most %(days)s days ahead.") % {"days": AGAIN_DAYS_MAX}
        raise TraceRefusedError(words, "look_again_on")
    return day
