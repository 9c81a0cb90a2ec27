"""Deciding a referral: by somebody else than who asked, of the role that its kind wants, on what holds at that moment."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.referrals.agencies import agency_on
from cases.referrals.errors import ReferralError
from cases.referrals.kinds import AGENCY, KINDS
from cases.referrals.models import Referral
from cases.referrals.obstacles import check
from cases.referrals.writing import tell, write
from contacts.holds import HoldError, place_hold
from contacts.models import Hold
from lending.days import business_date
from staff.models import User

State = Referral.State


def why_not(referral: Referral, person: User) -> str:
    """Why this person may not decide it, in words; empty when they may."""
    if person.role not in KINDS[referral.kind].decided_by:
        return _("This is decided by a manager.")
    if person.pk == referral.maker_id:
        return _("You asked for this yourself: somebody else must decide it.")
    return ""


@transaction.atomic
def decide(
    referral: Referral, *, approve: bool, words: str, by: User, at: datetime, on: date, seen: int | None = None
) -> None:
    """Approve or refuse it; approved it runs from today. ReferralError, ReferralStaleError."""
    if refusal := why_not(referral, by):
        raise ReferralError(refusal)
    if not approve and not words.strip():
        raise ReferralError(_("Say why, so that whoever asked knows."), "words")
    decided = {"checker": by, "decided_at": at, "decided_words": words}
    if not approve:
        write(referral, State.WAITING, seen, state=State.REFUSED, **decided)
        tell(referral, "refused", by=by, at=at, on=on, words=words)
        return
    check(referral, at=at, on=on)
    terms = agency_on(referral.agency, on).terms if referral.agency else None
    try:
        with transaction.atomic():
            write(referral, State.WAITING, seen, state=State.RUNNING, from_on=on, terms=terms, **decided)
    except IntegrityError:
        raise ReferralError(_("You asked for this yourself: somebody else must decide it.")) from None
    tell(referral, "approved", by=by, at=at, on=on, words=words)
    if referral.kind == AGENCY:
        _silence_the_house(referral, by=by, at=at, on=on)


def decide_batch(
    referrals: Sequence[Referral], *, approve: bool, words: str, by: User, at: datetime, on: date
) -> tuple[int, list[tuple[Referral, str]]]:
    """Decide all that wait of a batch: how many were, and those left waiting with the reason."""
    decided, left = 0, list[tuple[Referral, str]]()
    for referral in referrals:
        try:
            with transaction.atomic():
                decide(referral, approve=approve, words=words, by=by, at=at, on=on)
        except ReferralError as error:
            if error.field == "words":
                raise
            left.append((referral, str(error)))
        else:
            decided += 1
    return decided, left


def _silence_the_house(referral: Referral, *, by: User, at: datetime, on: date) -> None:
    """While an agency is at work nobody else speaks: a hold of its own, which the floors of the book see too."""
    try:
        place_hold(
            borrower=referral.case.borrower,
            kind=Hold.Kind.PLACED,
            reason=f"{referral} · {referral.terms}"[:300],
            from_on=min(on, business_date(at)),
            to_on=referral.until_on,
            by=by,
            at=at,
        )
    except HoldError:
        raise ReferralError(_("This borrower is with an agency already.")) from None
