"""Consent to direct debits: recorded with its evidence, shown by the last four digits only, revocable at any time."""

import re
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.record import record
from lending.models import Borrower, Mandate
from lending.personal import AccountNumber
from staff.models import User

ACCOUNT = re.compile(r"[0-9A-Z]{8,34}")
"""A card has up to 19 digits; the longest international account number (ISO 13616) 34 letters and digits."""


class MandateError(ValueError):
    """A mandate that cannot be recorded or revoked, in words; `field` is the form's field that it is about."""

    def __init__(self, words: str, field: str | None = None) -> None:
        super().__init__(words)
        self.field = field


@transaction.atomic
def record_mandate(
    *,
    borrower: Borrower,
    account: str,
    bank: str,
    evidence: str,
    from_on: date,
    at: datetime,
    by: User,
) -> Mandate:
    """Keep a consent; MandateError when the account is none or has one that stands."""
    number = AccountNumber(AccountNumber(account.replace("-", "")).normalised())
    if not ACCOUNT.fullmatch(number.normalised()):
        raise MandateError(_("An account or card number has 8 to 34 digits and letters."), "account")
    mandate = Mandate(
        borrower=borrower,
        account=number,
        account_digest=number.digest(),
        bank=bank,
        evidence=evidence,
        from_on=from_on,
        recorded_by=by,
        recorded_at=at,
    )
    try:
        with transaction.atomic():
            mandate.save(force_insert=True)
    except IntegrityError:
        raise MandateError(_("There is consent for this account already."), "account") from None
    record(
        "lending.mandate_recorded",
        by=by,
        at=at,
        subject=mandate,
        borrower=borrower.pk,
        evidence=evidence,
        from_on=from_on.isoformat(),
    )
    return mandate


@transaction.atomic
def revoke_mandate(mandate: Mandate, *, words: str, at: datetime, by: User) -> None:
    """The borrower withdraws consent: nothing is debited under it any more. MandateError when it had ended already."""
    standing = Mandate.objects.filter(pk=mandate.pk, revoked_at=None)
    if not standing.update(revoked_at=at, revoked_by=by, revoked_words=words):
        raise MandateError(_("This consent has ended already."))
    record("lending.mandate_revoked", by=by, at=at, subject=mandate, borrower=mandate.borrower_id, words=words)
