"""Writing a review, answering it, and picking a contact by hand. Each is an audit row; what is said stays with the review."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.record import record
from cases.quality.checklist import CHECKLIST, MISSED, score_of
from cases.quality.models import Review
from contacts.models import Contact
from staff.models import User


class ReviewError(ValueError):
    """Nothing was written; `field` names what was wrong with the form, if anything of it was."""

    def __init__(self, words: str, field: str | None = None) -> None:
        super().__init__(words)
        self.field = field


@transaction.atomic
def write_review(review: Review, *, answers: Mapping[str, str], coaching: str, by: User, at: datetime) -> None:
    """Judge the contact by the checklist; what was missed is explained to whoever it is about."""
    if review.agent_id == by.pk:
        raise ReviewError(_("Nobody reviews their own contact."))
    given = {item.code: answers[item.code] for item in CHECKLIST}
    if MISSED in given.values() and not coaching.strip():
        raise ReviewError(_("Say what to do better, and how."), "coaching")
    score = score_of(given)
    written = Review.objects.filter(pk=review.pk, state=Review.State.WAITING).update(
        state=Review.State.WRITTEN, reviewer=by, written_at=at, answers=given, score=score, coaching=coaching
    )
    if not written:
        raise ReviewError(_("Somebody else has written this review in the meantime. Nothing was saved."))
    record(
        "cases.review_written",
        by=by,
        at=at,
        subject=review.contact,
        review=review.pk,
        agent=str(review.agent),
        score=score,
    )
    review.refresh_from_db()


@transaction.atomic
def answer_review(review: Review, *, agrees: bool, reply: str, by: User, at: datetime) -> None:
    """Whoever it is about says whether they agree; who does not says why."""
    if review.agent_id != by.pk:
        raise ReviewError(_("Only whoever it is about answers a review."))
    if not agrees and not reply.strip():
        raise ReviewError(_("Say what you see differently."), "reply")
    answered = Review.objects.filter(pk=review.pk, state=Review.State.WRITTEN, replied_at=None)
    if not answered.update(replied_at=at, agrees=agrees, reply=reply):
        raise ReviewError(_("You have answered this review before."))
    record("cases.review_answered", by=by, at=at, subject=review.contact, review=review.pk, agrees=agrees)
    review.refresh_from_db()


@transaction.atomic
def pick(contact: Contact, *, on: date, by: User, at: datetime) -> Review:
    """Have a contact reviewed that no rule picked; one that was picked before stays as it is."""
    if contact.by is None or contact.state != Contact.State.MADE:
        raise ReviewError(_("Only a contact that a person made can be reviewed."))
    try:
        with transaction.atomic():
            made = Review.objects.create(contact=contact, agent=contact.by, why=Review.Why.BY_HAND, picked_on=on)
    except IntegrityError:
        return Review.objects.get(contact=contact)
    record("cases.review_picked", by=by, at=at, subject=contact, review=made.pk)
    return made
