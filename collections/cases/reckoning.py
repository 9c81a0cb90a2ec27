"""Facts gathered set-based, plans reckoned purely, only what changed written: next action, priority and its reasons, and
until which day they hold.

None of this is a move: it grows no version, so a form that lies open on a screen stays good.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.db.models.functions import Coalesce

from cases.models import Case, PaidClaim, Promise
from cases.moments import RETRY_HOURS, local_time
from cases.priority import BROKEN_DAYS_SHOWN, CLAIM_DAYS_SHOWN, CaseFacts, HoldFact, PromiseFact, holds_until, plan
from cases.stages import plan_on
from cases.steps.choosing import hours_again
from contacts.facts import BORROWER
from contacts.hold_effects import effect_on
from contacts.holds import holds_ahead
from contacts.models import Channel, Contact
from lending.exposure import Exposure, exposures
from lending.models import USABLE_QUALITIES, ContactPoint
from lending.sql.reading import among
from lending.sql.writing import storing, update_many
from risk.models import BorrowerRisk

CHUNK = 2_000
DERIVED = ["next_action", "next_at", "priority", "priority_reasons", "holds_until"]
LISTED = ["behind_since", "overdue", "currency", "promised_on"]
"""What the case list orders and filters by, kept with the plan, for it changes when the plan may."""
WRITTEN = [*DERIVED, *LISTED, "as_of"]
NUMBERS = [ContactPoint.Kind.MOBILE, ContactPoint.Kind.PHONE]
UNANSWERED = {Contact.Outcome.NO_ANSWER, Contact.Outcome.BUSY}


def reckon(cases: Iterable[Case], *, on: date, known: dict[int, Exposure] | None = None) -> int:
    """Reckon these open cases as of `on`, in chunks; how many changed. One that is not yet entered only takes its plan.

    Who gives more than one holds them locked.
    """
    waiting = [case for case in cases if case.state == Case.State.OPEN]
    return sum(_reckon_chunk(waiting[start : start + CHUNK], on, known) for start in range(0, len(waiting), CHUNK))


@transaction.atomic
def _reckon_chunk(cases: Sequence[Case], on: date, known: dict[int, Exposure] | None) -> int:
    facts = gather(cases, on, known)
    changed = [case for case in cases if _take(case, facts[case.borrower_id], on)]
    stored = storing(Case, WRITTEN)
    rows = ([*stored(getattr(case, name) for name in WRITTEN), case.pk] for case in changed if case.pk)
    update_many(Case, WRITTEN, rows)
    return len(changed)


def _take(case: Case, facts: CaseFacts, on: date) -> bool:
    """Put the plan on the case; whether anything differs."""
    before, found = [getattr(case, name) for name in [*DERIVED, *LISTED]], plan(facts, on)
    case.next_action, case.next_at, case.priority = found.action, found.at, found.points
    case.priority_reasons = [{"code": r.code, "points": r.points, "facts": r.facts} for r in found.reasons]
    case.holds_until = holds_until(facts, on, found)
    case.behind_since, case.overdue, case.currency = facts.oldest_due_on, facts.overdue, facts.currency
    case.promised_on = facts.promise.due_on if facts.promise else None
    if before == [getattr(case, name) for name in [*DERIVED, *LISTED]]:
        return False
    case.as_of = on
    return True


def gather(cases: Sequence[Case], on: date, known: dict[int, Exposure] | None = None) -> dict[int, CaseFacts]:
    """The facts of at most `CHUNK` cases by borrower, in a constant number of queries."""
    assert len(cases) <= CHUNK
    ids, people = [case.pk for case in cases if case.pk], [case.borrower_id for case in cases]
    owed = exposures(people, on=on) if known is None else known
    promises, broken, claims = _promises(ids), _broken_on(ids, on), _claims(ids, on)
    holds, scores = holds_ahead(people, on), _scores(people)
    contacts, unanswered, reachable = last_contacts(people), _unanswered(people, hours_again(on)), _reachable(people)
    facts, stages = {}, plan_on(on)
    for case in cases:
        exposure = owed.get(case.borrower_id)
        ability, willingness = scores.get(case.borrower_id, (None, None))
        last, talked = contacts.get(case.borrower_id, (None, None))
        missed_at, retry_hours = unanswered.get(case.borrower_id, (None, RETRY_HOURS))
        facts[case.borrower_id] = CaseFacts(
            oldest_due_on=exposure.oldest_due_on if exposure else None,
            bucket=case.bucket,
            overdue=exposure.overdue if exposure else 0,
            currency=exposure.currency if exposure else "",
            callback_at=case.callback_at,
            promise=promises.get(case.pk),
            broken_on=broken.get(case.pk),
            claim_until=claims.get(case.pk),
            holds=tuple(
                HoldFact(hold.kind, hold.from_on, hold.to_on)
                for hold in holds.get(case.borrower_id, [])
                if effect_on(hold.kind, hold.from_on).debits
            ),
            ability=ability,
            willingness=willingness,
            last_contact_on=local_time(last).date() if last else None,
            talked_on=local_time(talked).date() if talked else None,
            unanswered_at=missed_at,
            retry_hours=retry_hours,
            can_be_reached=case.borrower_id in reachable,
            look_again_on=case.look_again_on,
            returned_on=case.returned_on,
            rest_days=stages.terms(case.stage).rest_days,
        )
    return facts


def _promises(case_ids: Sequence[int]) -> dict[int, PromiseFact]:
    rows = Promise.objects.filter(among("case", case_ids), state=Promise.State.OPEN)
    part = (Coalesce("part_amount", "amount"), "currency", Coalesce("part_due_on", "due_on"))
    return {case: PromiseFact(*promised) for case, *promised in rows.values_list("case", *part)}


def _scores(people: Sequence[int]) -> dict[int, tuple[int, int]]:
    rows = BorrowerRisk.objects.filter(among("borrower", people)).values_list("borrower", "ability", "willingness")
    return {borrower: (ability, willingness) for borrower, ability, willingness in rows}


def _reachable(people: Sequence[int]) -> set[int]:
    """Those with a number of their own that may be tried."""
    points = ContactPoint.objects.filter(among("borrower", people), retired_at=None, quality__in=USABLE_QUALITIES)
    numbers = points.filter(kind__in=NUMBERS, holder=ContactPoint.Holder.BORROWER)
    return set(numbers.values_list("borrower", flat=True))


def _broken_on(case_ids: Sequence[int], on: date) -> dict[int, date]:
    rows = Promise.objects.filter(
        among("case", case_ids),
        state__in=[Promise.State.BROKEN, Promise.State.PART_KEPT],
        judged_on__gte=on - timedelta(days=BROKEN_DAYS_SHOWN),
    )
    return dict(rows.values("case").annotate(last=Max("judged_on")).values_list("case", "last"))


def _claims(case_ids: Sequence[int], on: date) -> dict[int, date]:
    rows = PaidClaim.objects.filter(among("case", case_ids), until_on__gte=on - timedelta(days=CLAIM_DAYS_SHOWN))
    return dict(rows.values("case").annotate(last=Max("until_on")).values_list("case", "last"))


def last_contacts(people: Sequence[int]) -> dict[int, tuple[datetime | None, datetime | None]]:
    """Per borrower the last contact with them, and the last talk with them in person; what others were asked is no contact with them."""
    talked = Max("at", filter=Q(outcome=Contact.Outcome.RIGHT_PARTY))
    rows = Contact.objects.filter(among("borrower", people), state=Contact.State.MADE, subject=BORROWER)
    found = rows.values("borrower").annotate(last=Max("at"), talked=talked).values_list("borrower", "last", "talked")
    return {borrower: (last, talk) for borrower, last, talk in found}


def _unanswered(people: Sequence[int], hours: Mapping[int, Sequence[str]]) -> dict[int, tuple[datetime, int]]:
    """Per borrower the moment of the last outgoing call, where nobody answered it, and after how many hours it is tried again.

    `hours` has the codes of outcomes by the hours that they bring; one that is not named waits as the house does.
    """
    calls = Contact.objects.filter(
        among("borrower", people),
        channel=Channel.CALL,
        subject=BORROWER,
        direction=Contact.Direction.OUT,
        state=Contact.State.MADE,
    )
    outcomes = Max("at", filter=Q(outcome__in=UNANSWERED))
    others = [each for each in hours if each != RETRY_HOURS]
    sooner: dict[str, Any] = {f"after_{each}": Max("at", filter=Q(code__in=hours[each])) for each in others}
    rows = calls.values("borrower").annotate(last=Max("at"), missed=outcomes, **sooner)
    found: Any = rows.values_list("borrower", "last", "missed", *sooner)
    return {
        borrower: (missed, next((each for each, at in zip(others, coded, strict=True) if at == last), RETRY_HOURS))
        for borrower, last, missed, *coded in found
        if missed is not None and missed == last
    }
