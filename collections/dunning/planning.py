"""Plans the reminders of a day: who is reminded by which step, decided once.

A creditor's step for a borrower follows from the oldest unpaid instalment: so many days before it falls due, or after.
Everything is read in a constant number of queries per chunk of borrowers, and only borrowers with an instalment due on one
of the ladder's days are read at all. A policy decides once a day for a borrower and creditor: the unique key of `Reminder`
makes a second decision impossible, so planning may be killed, repeated, run twice at once, or meet a new version at noon.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.failpoints import failpoint
from audit.record import record
from cases.facts import pauses
from contacts.gate import Question, decide_many
from contacts.localtime import zone_of
from contacts.models import Purpose
from dunning.models import Policy, PolicyStep, Reminder, ReminderLine
from dunning.owed import OpenRow, by_creditor, loans_of, open_rows
from lending.models import Borrower, Instalment, Loan
from lending.personal import keyed_digest
from lending.tolerance import BEYOND_TOLERANCE

CHUNK_BORROWERS = 2_000
Progress = Callable[[int, int], None]


class PlanCounts(NamedTuple):
    """How many rows this call wrote, and how many reminders it refused, by rule."""

    planned: int
    refused: dict[str, int]


class Ladder(NamedTuple):
    """A policy in force and its steps by days from the due day."""

    code: str
    version: int
    steps: dict[int, PolicyStep]


class Candidate(NamedTuple):
    """A reminder that a step of the ladder asks for."""

    ladder: Ladder
    step: PolicyStep
    borrower_id: int
    funder_id: int
    rows: tuple[OpenRow, ...]

    @property
    def purpose(self) -> Purpose:
        return Purpose.DEMAND if self.step.offset_days > 0 else Purpose.REMINDER


class Person(NamedTuple):
    """In which words and by which clock a borrower is reminded."""

    language: str
    zone: ZoneInfo


def plan(on: date, at: datetime, progress: Progress | None = None) -> PlanCounts:
    """Write the reminders of day `on`; a second call for the same day writes what is not there yet."""
    run = secrets.token_hex(16)
    refused: Counter[str] = Counter()
    planned = 0
    for ladder in ladders(on):
        borrowers = borrowers_due(ladder, on)
        for done in range(0, len(borrowers), CHUNK_BORROWERS):
            chunk = borrowers[done : done + CHUNK_BORROWERS]
            wrote, said_no = _plan_chunk(ladder, chunk, run=run, on=on, at=at)
            planned += wrote
            refused += said_no
            if progress:
                progress(done + len(chunk), len(borrowers))
    return PlanCounts(planned, dict(sorted(refused.items())))


def ladders(on: date) -> list[Ladder]:
    """The newest version in force of each policy."""
    in_force = Policy.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)
    newest = {policy.code: policy for policy in in_force.order_by("code", "version").prefetch_related("steps")}
    found = []
    for policy in newest.values():
        found.append(Ladder(policy.code, policy.version, {step.offset_days: step for step in policy.steps.all()}))
    return found


def borrowers_due(ladder: Ladder, on: date) -> list[int]:
    """Borrowers with an open instalment due on one of the days that the ladder looks at."""
    days = [on - timedelta(days=offset) for offset in ladder.steps]
    due = Instalment.objects.filter(
        is_current=True, open__gt=0, due_on__in=days, loan__status=Loan.Status.ACTIVE, loan__start_on__lte=on
    ).filter(BEYOND_TOLERANCE)
    return sorted(due.values_list("loan__borrower_id", flat=True).distinct())


def _plan_chunk(
    ladder: Ladder, borrower_ids: Sequence[int], *, run: str, on: date, at: datetime
) -> tuple[int, Counter[str]]:
    candidates = _new_candidates(ladder, borrower_ids, on)
    people = people_of([candidate.borrower_id for candidate in candidates])
    allowed, refused = _asked(candidates, people, on)
    rows = {key_of(candidate, on): (candidate, people[candidate.borrower_id]) for candidate in allowed}
    with transaction.atomic():
        reminders = [
            reminder_of(candidate, person, key=key, run=run, on=on, at=at) for key, (candidate, person) in rows.items()
        ]
        Reminder.objects.bulk_create(reminders, ignore_conflicts=True)
        mine = dict(Reminder.objects.filter(message_id__in=list(rows), run=run).values_list("message_id", "pk"))
        lines = [
            ReminderLine(reminder_id=mine[key], loan_id=row.loan_id, n=row.n, due_on=row.due_on, amount=row.amount)
            for key, (candidate, _) in rows.items()
            if key in mine
            for row in candidate.rows
        ]
        ReminderLine.objects.bulk_create(lines)
        if mine:
            record("dunning.planned", by=None, at=at, day=on.isoformat(), policy=ladder.code, reminders=len(mine))
        failpoint("dunning.plan.before_commit")
    return len(mine), refused


def candidates_of(ladder: Ladder, borrower_ids: Sequence[int], on: date) -> list[Candidate]:
    """What the ladder asks for on that day. A message covers all that is due by then, or the next due day's instalments."""
    ahead = max((-offset for offset in ladder.steps), default=0)
    rows = open_rows(loans_of(borrower_ids), until=on + timedelta(days=max(ahead, 0)))
    found = []
    for (borrower_id, funder_id), theirs in by_creditor(rows).items():
        oldest = theirs[0].due_on
        covered = tuple(row for row in theirs if row.due_on <= max(on, oldest))
        if step := ladder.steps.get((on - oldest).days):
            found.append(Candidate(ladder, step, borrower_id, funder_id, covered))
    return found


def _new_candidates(ladder: Ladder, borrower_ids: Sequence[int], on: date) -> list[Candidate]:
    """Those that are not decided yet."""
    decided = set(
        Reminder.objects.filter(borrower__in=borrower_ids, policy=ladder.code, local_day=on).values_list(
            "borrower_id", "funder_id"
        )
    )
    return [
        candidate
        for candidate in candidates_of(ladder, borrower_ids, on)
        if (candidate.borrower_id, candidate.funder_id) not in decided
    ]


def people_of(borrower_ids: Sequence[int]) -> dict[int, Person]:
    default = ZoneInfo(timezone.get_default_timezone_name())
    found = Borrower.objects.filter(pk__in=borrower_ids).values_list("pk", "language", "time_zone")
    return {pk: Person(language, zone_of(name) or default) for pk, language, name in found}


def _asked(
    candidates: Sequence[Candidate], people: dict[int, Person], on: date
) -> tuple[list[Candidate], Counter[str]]:
    """A first look at what stands against each; the gate is asked in earnest when the message is sent."""
    paused = pauses(sorted({candidate.borrower_id for candidate in candidates}), on)
    open_ones = [candidate for candidate in candidates if candidate.borrower_id not in paused]
    refused = Counter(paused[c.borrower_id] for c in candidates if c.borrower_id in paused)
    answers = decide_many(
        [Question(c.borrower_id, c.step.channel, c.purpose, due_at(c, people[c.borrower_id], on)) for c in open_ones]
    )
    allowed = []
    for candidate, answer in zip(open_ones, answers, strict=True):
        if answer.allowed:
            allowed.append(candidate)
        else:
            refused[answer.rule] += 1
    return allowed, refused


def due_at(candidate: Candidate, person: Person, on: date) -> datetime:
    return moment(on, candidate.step.send_at, person.zone)


def moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """That time of that day on the borrower's clock, in UTC; where clocks skip it, the moment they jump to."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def key_of(candidate: Candidate, on: date) -> str:
    """The idempotency key: follows from the decision, so a book restored from yesterday's copy cannot send it anew."""
    decision = (candidate.borrower_id, candidate.funder_id, candidate.ladder.code, on.isoformat())
    return keyed_digest("Reminder", ":".join(map(str, decision)))


def reminder_of(candidate: Candidate, person: Person, *, key: str, run: str, on: date, at: datetime) -> Reminder:
    return Reminder(
        borrower_id=candidate.borrower_id,
        funder_id=candidate.funder_id,
        policy=candidate.ladder.code,
        policy_version=candidate.ladder.version,
        step=candidate.step.code,
        channel=candidate.step.channel,
        local_day=on,
        purpose=candidate.purpose,
        template=candidate.step.template,
        language=person.language,
        message_id=key,
        due_at=due_at(candidate, person, on),
        run=run,
        planned_at=at,
    )
