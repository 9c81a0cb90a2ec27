"""What a day would send: the reminders of a day to come, decided on the book as it stands, and nothing written.

Long work in slices (`staff.jobs`). It asks the same ladder, the same gate and the same words as planning and sending do; what
happens until then, a payment or a hold, it cannot know. The report holds numbers and keys, never a text or a name: samples are
written anew for whoever may see their borrowers.
"""

import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from cases.facts import pauses
from contacts.gate import Question, decide_many
from contacts.localtime import wall
from dunning.judging import templates_of, text_of
from dunning.models import Reminder
from dunning.owed import penalties
from dunning.planning import (
    Candidate,
    Ladder,
    Person,
    borrowers_due,
    candidates_of,
    due_at,
    ladders,
    people_of,
    reminder_of,
)
from dunning.segments import segments_of
from dunning.texts import MessageText, shown
from dunning.wording import names_of
from lending.models import Borrower, Funder
from staff import jobs
from staff.models import Job, User

KIND = "dunning.rehearsal"
CHUNK = 500
"""Borrowers a step."""
SAMPLES_MAX = 12


class Would(NamedTuple):
    """A reminder that the day would bring, its text, and by which rule it would be refused, if it would."""

    candidate: Candidate
    person: Person
    text: MessageText | None
    refused_by: str


def start(day: date, *, by: User, at: datetime) -> Job:
    """Put the rehearsal of a day in line."""
    title = _("What %(day)s would send") % {"day": day.isoformat()}
    return jobs.start(KIND, title, {"day": day.isoformat()}, by=by, at=at)


def handle(job: Job, until: float) -> None:
    """One slice: goes on with the ladder and behind the borrower that were kept last."""
    day, found = date.fromisoformat(job.parameters["day"]), ladders(date.fromisoformat(job.parameters["day"]))
    tally = Tally(job.report)
    place, after = job.cursor.get("ladder", 0), job.cursor.get("after", 0)
    everybody = [borrowers_due(ladder, day) for ladder in found]
    if job.total is None:
        job.total = sum(map(len, everybody))
    while place < len(found):
        chunk = everybody[place][bisect_right(everybody[place], after) :][:CHUNK]
        for would in would_send(found[place], chunk, day):
            tally.add(would, day)
        job.done += len(chunk)
        place, after = (place, chunk[-1]) if chunk else (place + 1, 0)
        if time.monotonic() >= until:
            break
    job.cursor = {"ladder": place, "after": after}
    job.report = tally.report()
    if place >= len(found):
        job.state = Job.State.DONE


def would_send(ladder: Ladder, borrower_ids: Sequence[int], day: date) -> list[Would]:
    """Each reminder of these borrowers as it would be sent in its hour; a constant number of queries."""
    candidates = sorted(candidates_of(ladder, borrower_ids, day), key=lambda each: (each.borrower_id, each.funder_id))
    people, paused = people_of(borrower_ids), pauses(list(borrower_ids), day)
    funders = Funder.objects.in_bulk({candidate.funder_id for candidate in candidates})
    templates = templates_of(candidate.step.template for candidate in candidates)
    charges = penalties({row.loan_id for candidate in candidates for row in candidate.rows}, on=day)
    texts, questions = [], []
    for candidate in candidates:
        row = _unsaved(candidate, people[candidate.borrower_id], funders[candidate.funder_id], day)
        text = text_of(row, templates, candidate.rows, charges)
        texts.append(text)
        questions.append(
            Question(
                row.borrower_id,
                row.channel,
                row.purpose,
                row.due_at,
                text=shown(text),
                institution=names_of(row.funder),
            )
        )
    answers = decide_many(questions)
    return [
        Would(
            candidate,
            people[candidate.borrower_id],
            text,
            paused.get(candidate.borrower_id)
            or ("" if text else "template")
            or ("" if answer.allowed else answer.rule),
        )
        for candidate, text, answer in zip(candidates, texts, answers, strict=True)
    ]


def _unsaved(candidate: Candidate, person: Person, funder: Funder, day: date) -> Reminder:
    row = reminder_of(candidate, person, key="", run="", on=day, at=due_at(candidate, person, day))
    row.funder = funder
    return row


class Tally:
    """Counts by step, channel, hour and rule, parts by alphabet, and the keys of a few samples of each step."""

    def __init__(self, report: dict[str, Any]) -> None:
        self.planned: int = report.get("planned", 0)
        self.steps: Counter[str] = Counter(report.get("steps", {}))
        self.channels: Counter[str] = Counter(report.get("channels", {}))
        self.hours: Counter[str] = Counter(report.get("hours", {}))
        self.refused: Counter[str] = Counter(report.get("refused", {}))
        self.segments: Counter[str] = Counter(report.get("segments", {}))
        self.samples: list[list[Any]] = report.get("samples", [])

    def add(self, would: Would, day: date) -> None:
        step = would.candidate.step
        if would.refused_by:
            self.refused[would.refused_by] += 1
            return
        self.planned += 1
        self.steps[step.code] += 1
        self.channels[step.channel] += 1
        self.hours[f"{wall(would.person.zone, due_at(would.candidate, would.person, day)).hour:02}"] += 1
        if step.channel == "sms":
            alphabet, number = segments_of(shown(would.text))
            self.segments[alphabet] += number
        seen = {(sample[1], sample[2]) for sample in self.samples}
        if len(self.samples) < SAMPLES_MAX and (step.code, would.person.language) not in seen:
            self.samples.append([would.candidate.borrower_id, step.code, would.person.language])

    def report(self) -> dict[str, Any]:
        counters = {name: value for name, value in vars(self).items() if name not in {"planned", "samples"}}
        sorted_ones = {name: dict(sorted(value.items())) for name, value in counters.items()}
        return {"planned": self.planned, **sorted_ones, "samples": self.samples}


def samples_of(job: Job, user: User) -> list[Would]:
    """The samples of a report, written anew, of those borrowers whom this user may see."""
    day = date.fromisoformat(job.parameters["day"])
    wanted = {(sample[0], sample[1]) for sample in job.report.get("samples", [])}
    seen = Borrower.objects.visible_to(user).filter(pk__in={pk for pk, _step in wanted})
    ids = sorted(seen.values_list("pk", flat=True))
    return [
        would
        for ladder in ladders(day)
        for would in (would_send(ladder, ids, day) if ids else [])
        if (would.candidate.borrower_id, would.candidate.step.code) in wanted and not would.refused_by
    ]


jobs.register(KIND, handle, report="dunning/_rehearsal.html")
