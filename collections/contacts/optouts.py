"""Opt-outs: a borrower's wish not to be reached through a channel for optional reminders."""

from datetime import datetime

from django.db import transaction

from audit.record import record
from contacts.models import OptOut
from contacts.signals import contact_unwanted
from lending.models import Borrower
from staff.models import User


@transaction.atomic
def opt_out(*, borrower: Borrower, channel: str, evidence: str, by: User | None, at: datetime) -> OptOut:
    """Note the wish; an opt-out that is open already stays as it is."""
    contact_unwanted.send(OptOut, borrower=borrower)
    wish, is_new = OptOut.objects.get_or_create(
        borrower=borrower,
        channel=channel,
        to_at=None,
        defaults={"from_at": at, "evidence": evidence, "noted_by": by},
    )
    if is_new:
        record("contacts.opted_out", by=by, at=at, subject=borrower, channel=channel, evidence=bool(evidence))
    return wish


@transaction.atomic
def opt_in(*, borrower: Borrower, channel: str, by: User | None, at: datetime) -> bool:
    """Withdraw the open opt-out; False when there is none."""
    open_wish = OptOut.objects.filter(borrower=borrower, channel=channel, to_at=None)
    if not open_wish.update(to_at=at):
        return False
    record("contacts.opted_in", by=by, at=at, subject=borrower, channel=channel)
    return True
