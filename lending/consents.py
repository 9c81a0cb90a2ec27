"""Whether the creditors of a loan permit a plan or a waiver, and their consents to exactly one payload.

Asked when it is put forward (a funder that never permits it refuses at once) and again when it is approved (by then every
consent that is needed has to be recorded).
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.record import record
from lending.claims import creditor_facts, creditors_of, rights_of
from lending.facts import standing_of
from lending.funder_terms import INSTRUMENTS
from lending.models import Funder, FunderConsent, Loan
from lending.rights import Instrument, Right, right, strictest
from lending.standing import Standing
from lending.waivable import Parts
from staff.matrix import may
from staff.models import User

SETTLEMENT_REASON = "settlement"
"""The reason of a waiver by which a debt is settled for less."""


class ConsentError(ValueError):
    """A consent that cannot be recorded, in words."""


class Need(NamedTuple):
    """What one creditor says to it; `consent` is the one it gave, if it is asked for one."""

    funder: Funder
    right: Right
    instrument: Instrument
    consent: FunderConsent | None

    @property
    def is_missing(self) -> bool:
        return self.right == Right.CONSENT and self.consent is None

    @property
    def words(self) -> str:
        facts = {"funder": self.funder, "what": INSTRUMENTS[self.instrument]}
        if self.right == Right.NEVER:
            return _("%(funder)s does not permit this: %(what)s.") % facts
        return _("%(funder)s has to consent to this: %(what)s.") % facts


def needs_of(
    loan: Loan, instruments: Iterable[Instrument], *, on: date, payload_hash: str = "", state: Standing | None = None
) -> list[Need]:
    """What each creditor of what is still open asks for; those that leave it free are left out."""
    funders = creditors_of(creditor_facts([loan.pk])[loan.pk], state or standing_of(loan, on))
    history, asked = rights_of(funders), list(instruments)
    strict: dict[int, tuple[Right, Instrument]] = {}
    for funder in funders:
        by_instrument = {each: right(history.get(funder, []), each, on) for each in asked}
        hardest = strictest(by_instrument.values())
        if hardest != Right.FREE:
            strict[funder] = hardest, next(each for each, said in by_instrument.items() if said == hardest)
    if not strict:
        return []
    given = {each.funder_id: each for each in consents_to(payload_hash)} if payload_hash else {}
    known = Funder.objects.in_bulk(list(strict))
    return [Need(known[funder], *said, given.get(funder)) for funder, said in strict.items()]


def refusal(needs: Iterable[Need]) -> str:
    """Why it cannot be asked for at all, in words; empty when it can."""
    return " ".join(need.words for need in needs if need.right == Right.NEVER)


def missing(needs: Iterable[Need]) -> str:
    """Why it cannot be approved yet, in words; empty when it can."""
    return " ".join(need.words for need in needs if need.right == Right.NEVER or need.is_missing)


def waiver_instruments(parts: Parts, reason: str) -> list[Instrument]:
    """What a waiver asks the creditors for."""
    by_part = zip((Instrument.WAIVE_PENALTY, Instrument.WAIVE_INTEREST, Instrument.WAIVE_PRINCIPAL), parts, strict=True)
    asked = [instrument for instrument, amount in by_part if amount]
    return [*asked, Instrument.SETTLEMENT] if reason == SETTLEMENT_REASON else asked


def consents_to(payload_hash: str) -> list[FunderConsent]:
    return list(FunderConsent.objects.filter(payload_hash=payload_hash).select_related("funder", "by"))


@transaction.atomic
def record_consent(
    *,
    loan: Loan,
    funder: Funder,
    payload_hash: str,
    given_on: date,
    reference: str,
    by: User,
    at: datetime,
    on: date,
) -> FunderConsent:
    """Keep that the funder agreed to exactly this payload; ConsentError, PermissionDenied."""
    if not by.is_active or not may(by.role, "lending.consent"):
        raise PermissionDenied("lending.consent")
    if given_on > on:
        raise ConsentError(_("That day lies ahead of the business date."))
    try:
        with transaction.atomic():
            consent = FunderConsent.objects.create(
                loan=loan,
                funder=funder,
                payload_hash=payload_hash,
                given_on=given_on,
                reference=reference,
                by=by,
                at=at,
            )
    except IntegrityError:
        raise ConsentError(_("The consent is recorded already.")) from None
    record(
        "lending.funder_consented", by=by, at=at, subject=consent, loan=loan.number, funder=funder.code,
        reference=reference, payload_hash=payload_hash,
    )  # fmt: skip
    return consent
