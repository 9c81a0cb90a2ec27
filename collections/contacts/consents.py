"""What people say about being contacted beside opt-outs: what a borrower agrees to, and where somebody refuses for good."""

from datetime import datetime

from django.db import IntegrityError, transaction

from audit.record import record
from contacts.models import Consent, Refusal
from contacts.signals import contact_unwanted
from lending.models import Borrower, ContactPoint
from staff.models import User


@transaction.atomic
def give_consent(*, borrower: Borrower, kind: str, evidence: str, by: User, at: datetime) -> Consent:
    """Note what the borrower agreed to; given again it counts from now on, since some rules look at its age."""
    Borrower.objects.select_for_update().get(pk=borrower.pk)
    Consent.objects.filter(borrower=borrower, kind=kind, to_at=None).update(to_at=at)
    consent = Consent.objects.create(
        borrower=borrower, kind=Consent.Kind(kind), evidence=evidence, from_at=at, noted_by=by
    )
    record("contacts.consent_given", by=by, at=at, subject=borrower, consent=consent.pk, kind=str(kind))
    return consent


@transaction.atomic
def withdraw_consent(*, borrower: Borrower, kind: str, by: User, at: datetime) -> bool:
    """End the open consent of a kind; False when there is none."""
    contact_unwanted.send(Consent, borrower=borrower)
    if not Consent.objects.filter(borrower=borrower, kind=kind, to_at=None).update(to_at=at):
        return False
    record("contacts.consent_withdrawn", by=by, at=at, subject=borrower, kind=str(kind))
    return True


@transaction.atomic
def note_refusal(*, point: ContactPoint, said: str, by: User, at: datetime) -> Refusal:
    """Somebody refused at that number or address: it is never used again, also when it is added anew."""
    contact_unwanted.send(Refusal, borrower=point.borrower)
    try:
        with transaction.atomic():
            refusal = Refusal.objects.create(
                borrower=point.borrower, point=point, digest=point.digest, said=said, noted_by=by, at=at
            )
    except IntegrityError:
        return Refusal.objects.get(borrower=point.borrower, digest=point.digest)
    record("contacts.refused_at_a_number", by=by, at=at, subject=point.borrower, point=point.pk, holder=point.holder)
    return refusal
