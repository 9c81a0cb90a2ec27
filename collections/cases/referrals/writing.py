"""The one writer of a referral's state, and of the steps that tell of it; each step is an audit row too.

What people wrote stays with the steps and out of the audit record.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from audit.record import record
from cases.models import Attachment
from cases.referrals.errors import ReferralStaleError
from cases.referrals.models import Referral, ReferralStep
from contacts.models import Contact
from staff.models import User


def write(referral: Referral, source: str, seen: int | None, **changes: Any) -> None:
    """Compare-and-set on state `source` and on the version that the person decided on."""
    version = referral.version if seen is None else seen
    rows = Referral.objects.filter(pk=referral.pk, state=source, version=version)
    if not rows.update(**changes, version=version + 1):
        raise ReferralStaleError(_("Somebody else has worked on this since. Nothing was saved; look again."))
    for name, value in changes.items():
        setattr(referral, name, value)
    referral.version = version + 1


def tell(
    referral: Referral,
    event: str,
    *,
    by: User | None,
    at: datetime,
    on: date,
    words: str = "",
    document: str = "",
    attachment: Attachment | None = None,
    cost: int = 0,
    currency: str = "",
    contact: Contact | None = None,
    facts: Mapping[str, Any] | None = None,
) -> ReferralStep:
    """Keep what happened, and record that it did."""
    told = dict(facts or {})
    step = ReferralStep.objects.create(
        referral=referral, event=event, on=on, at=at, by=by, words=words, document=document, attachment=attachment, cost=cost,
        currency=currency if cost else "", contact=contact, facts=told,
    )  # fmt: skip
    paid = {"cost": cost, "currency": currency} if cost else {}
    contacted = {"contact": contact.pk} if contact else {}
    record(
        f"cases.referral_{event}", by=by, at=at, subject=referral.case.borrower, referral=referral.pk,
        kind=str(referral.kind), **paid, **contacted, **told,
    )  # fmt: skip
    return step
