"""Which contacts of a day are reviewed: rules as data, and a pick that comes out the same however often it is made.

A contact is picked under the first rule that wants it. Where a rule wants only some of an agent's contacts, those with the
smallest digest of their number are taken: as good as a lot, and the same on every run.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import F
from django.utils import timezone

from cases.complaints.models import Complaint
from cases.quality.models import Review
from contacts.models import CONNECTED_OUTCOMES, Contact, ContactQuerySet
from contacts.rules import Rule as ContactRule
from contacts.situations import rules
from contacts.wording import banned_in

LONG_SECONDS = 600
NEW_DAYS = 30
BEFORE_A_COMPLAINT = timedelta(days=7)
ABOUT_US = (Complaint.Kind.CONDUCT, Complaint.Kind.PRIVACY)


class Candidate(NamedTuple):
    """A contact that a person made, with what the rules look at."""

    id: int
    agent_id: int
    borrower_id: int
    connected: bool
    flagged: bool
    seconds: int
    is_new: bool
    words_found: tuple[str, ...]


class Rule(NamedTuple):
    """`most` is how many of an agent's contacts a day it takes; None: every one that it wants."""

    why: str
    wants: Callable[[Candidate], bool]
    most: int | None = None


RULES = (
    Rule(Review.Why.FLAGGED, lambda each: each.flagged),
    Rule(Review.Why.WORDING, lambda each: bool(each.words_found)),
    Rule(Review.Why.NEW, lambda each: each.connected and each.is_new, most=2),
    Rule(Review.Why.LONG, lambda each: each.connected and each.seconds >= LONG_SECONDS, most=1),
    Rule(Review.Why.USUAL, lambda each: each.connected, most=1),
)


def picked(candidates: Iterable[Candidate]) -> dict[int, str]:
    """Contact to the reason for which it is reviewed; each rule chooses among what the rules before it left."""
    left = sorted(candidates, key=lambda each: hashlib.sha256(str(each.id).encode()).digest())
    found: dict[int, str] = {}
    for rule in RULES:
        taken: defaultdict[int, int] = defaultdict(int)
        for each in left:
            if each.id in found or not rule.wants(each) or taken[each.agent_id] == rule.most:
                continue
            found[each.id] = rule.why
            taken[each.agent_id] += 1
    return found


def run(*, on: date, at: datetime, progress: object = None) -> dict[str, int]:
    """Pick among the contacts of the day before `on`, and of the week before each complaint of that day about how we work."""
    day = on - timedelta(days=1)
    candidates = {each.id: each for each in _candidates(day)}
    reasons = picked(candidates.values())
    reasons |= dict.fromkeys(_before_complaints(day), str(Review.Why.COMPLAINT))
    known = set(Review.objects.filter(contact__in=reasons).values_list("contact", flat=True))
    agents = dict(Contact.objects.filter(pk__in=reasons).values_list("pk", "by"))
    Review.objects.bulk_create(
        [
            Review(
                contact_id=contact_id,
                agent_id=agents[contact_id],
                why=why,
                words_found=list(candidates[contact_id].words_found) if contact_id in candidates else [],
                picked_on=on,
            )
            for contact_id, why in sorted(reasons.items())
            if contact_id not in known
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
    return {"picked": len(reasons) - len(known)} if len(reasons) > len(known) else {}


def _candidates(day: date) -> Iterable[Candidate]:
    """Outgoing and incoming talks and visits of that day which a person made."""
    rows = _made_by_people().filter(at__gte=_start(day), at__lt=_start(day + timedelta(days=1)))
    banned = _wording(day)
    columns = ("pk", "by", "borrower", "outcome", "flagged", "seconds", "note", "joined")
    for pk, by, borrower, outcome, flagged, seconds, note, joined in rows.annotate(
        joined=F("by__date_joined")
    ).values_list(*columns):
        yield Candidate(
            id=pk,
            agent_id=by,
            borrower_id=borrower,
            connected=outcome in CONNECTED_OUTCOMES,
            flagged=bool(flagged),
            seconds=seconds or 0,
            is_new=(day - timezone.localtime(joined).date()).days < NEW_DAYS,
            words_found=tuple(banned_in(banned, note)) if note else (),
        )


def _before_complaints(day: date) -> list[int]:
    """Contacts of the week before a complaint that was taken down on that day and is about how we work."""
    taken = Complaint.objects.filter(
        kind__in=ABOUT_US, taken_at__gte=_start(day), taken_at__lt=_start(day + timedelta(days=1))
    )
    borrowers = list(taken.values_list("borrower", flat=True))
    since = _start(day) - BEFORE_A_COMPLAINT
    rows = _made_by_people().filter(borrower__in=borrowers, at__gte=since, at__lt=_start(day + timedelta(days=1)))
    return list(rows.values_list("pk", flat=True))


def _wording(day: date) -> list[ContactRule]:
    """The rules on wording towards the borrower that are in force on that day, whatever the channel."""
    return [
        rule
        for rule in rules()
        if rule.kind == "content"
        and rule.valid_from <= day <= (rule.valid_to or day)
        and (not rule.details.subjects or "borrower" in rule.details.subjects)
    ]


def _made_by_people() -> ContactQuerySet:
    return Contact.objects.filter(state=Contact.State.MADE, channel__in=["call", "visit"], by__isnull=False)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())
