"""What agencies report of their contacts: always taken into the log, counted in the caps, and flagged where they had no right to it."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from audit.clock import local_day
from cases.referrals.errors import ReferralError
from cases.referrals.kinds import AGENCY
from cases.referrals.models import Referral
from cases.referrals.writing import tell
from contacts.facts import BORROWER
from contacts.logbook import LogError, log_past_contact
from contacts.models import Contact, Purpose
from staff.models import User

NOT_ITS_TIME, NOT_ITS_WAY = "agency.time", "agency.channel"
"""Flags of contacts outside the placement's days, and by a way that the agency's terms do not allow."""


@transaction.atomic
def report_contact(
    referral: Referral,
    *,
    channel: str,
    outcome: str,
    happened_at: datetime,
    by: User,
    at: datetime,
    on: date,
    direction: str = Contact.Direction.OUT,
    subject: str = BORROWER,
    note: str = "",
    people: int = 0,
) -> Contact:
    """Take a contact of the agency into the log; ReferralError when it has not happened yet or nothing was placed."""
    if referral.kind != AGENCY or referral.terms is None:
        raise ReferralError(_("Nothing was placed with an agency here."))
    try:
        contact = log_past_contact(
            borrower=referral.case.borrower, channel=channel, direction=direction, purpose=Purpose.DEMAND, outcome=outcome,
            happened_at=happened_at, note=note, subject=subject, people=people, by=by, at=at, is_ours=False,
        )  # fmt: skip
    except LogError:
        raise ReferralError(_("This lies in the future."), "happened_at") from None
    if not contact.flagged and (flag := _flag(referral, contact)):
        Contact.objects.filter(pk=contact.pk).update(flagged=flag)
        contact.flagged = flag
    told = {"flagged": contact.flagged} if contact.flagged else {}
    tell(
        referral,
        "contacted",
        by=by,
        at=at,
        on=on,
        contact=contact,
        facts={"channel": channel, "outcome": outcome, **told},
    )
    return contact


def _flag(referral: Referral, contact: Contact) -> str:
    assert referral.terms is not None
    assert referral.decided_at is not None
    if contact.direction == Contact.Direction.IN:
        return ""
    last = referral.ended_on or referral.until_on
    if contact.at < referral.decided_at or local_day(contact.at) > last:
        return NOT_ITS_TIME
    return "" if contact.channel in referral.terms.channels else NOT_ITS_WAY
