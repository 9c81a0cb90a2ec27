"""How borrowers want to be reached: in which language, and at which hours of their day somebody may take their time."""

from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.clock import local_day
from audit.record import record
from contacts.facts import BORROWER
from contacts.models import CallHours, Channel, Consent, Purpose
from contacts.rules import Rulebook
from contacts.signals import contact_unwanted
from contacts.situations import rules
from lending.models import Borrower
from lending.parties import set_language
from staff.models import User
from staff.seen import require_as_seen

Hours = tuple[time, time]


class LikingError(ValueError):
    """Hours at which nobody may call; in words for whoever typed them."""


def standing_for(borrower: Borrower) -> CallHours | None:
    """The hours that are wanted now."""
    return CallHours.objects.filter(borrower=borrower, to_at=None).first()


def columns_of(borrower: Borrower) -> dict[str, Any]:
    """What a form about this shows, for the print of it."""
    return {"language": borrower.language, "hours": standing_for(borrower)}


@transaction.atomic
def note_liking(
    *,
    borrower: Borrower,
    language: str,
    hours: Hours | None,
    evidence: str,
    by: User,
    at: datetime,
    seen: str | None = None,
) -> CallHours | None:
    """Note what the borrower wants from now on; without `hours` any lawful hour suits. LikingError.

    With `seen`, the print of what the form showed, ChangedMeanwhileError where somebody else has noted something since.
    """
    contact_unwanted.send(CallHours, borrower=borrower)
    borrower = Borrower.objects.select_for_update().get(pk=borrower.pk)
    if seen is not None:
        require_as_seen(columns_of(borrower), seen)
    set_language(borrower, language, by=by, at=at)
    standing = standing_for(borrower)
    if hours == (standing and (standing.opens, standing.closes)):
        return standing
    if hours and (fault := fault_of(borrower, hours, at)):
        raise LikingError(fault)
    CallHours.objects.filter(borrower=borrower, to_at=None).update(to_at=at)
    if hours is None:
        record("contacts.call_hours_ended", by=by, at=at, subject=borrower)
        return None
    opens, closes = hours
    noted = CallHours.objects.create(
        borrower=borrower, opens=opens, closes=closes, evidence=evidence, from_at=at, noted_by=by
    )
    record("contacts.call_hours_noted", by=by, at=at, subject=borrower, hours=str(noted))
    return noted


def fault_of(borrower: Borrower, hours: Hours, at: datetime) -> str | None:
    """Why nobody could ever call then, or None."""
    opens, closes = hours
    if closes <= opens:
        return _("The hours end before they begin.")
    if Consent.objects.filter(borrower=borrower, kind=Consent.Kind.HOURS, to_at=None).exists():
        return None
    quiet = Rulebook(rules()).binding(
        "window", Channel.CALL, BORROWER, Purpose.DEMAND, borrower.time_zone, local_day(at)
    )
    begins = [opens, *(rule.quiet_to for rule in quiet if rule.quiet_to and opens < rule.quiet_to < closes)]
    if any(not any(rule.is_quiet(clock) for rule in quiet) for clock in begins):
        return None
    return _("These are quiet hours: nobody may call then. Note first that the borrower agrees to it.")
