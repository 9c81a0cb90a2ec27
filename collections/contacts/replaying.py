"""What a change of the rules would have done to the last month: every contact made and every one refused, judged once by the
rules of today and once by the changed ones, each with what was known at its own moment.

Long work in slices (`staff.jobs`). A change is not published before its replay is through. Texts of messages are asked of
the floor that keeps them; how many people went to a visit is not in the log, so visits are taken to have had enough.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.facts import BORROWER, Ask, Obstacle, Point, Situation
from contacts.judging import REACHED_BY, next_lawful, obstacles
from contacts.models import Channel, Contact, Verdict
from contacts.past_facts import History, histories
from contacts.rules import Rule, Rulebook
from contacts.versions import rules_with
from lending.models import Borrower, Change, ContactPoint
from staff import jobs
from staff.models import Job, User

KIND = "contacts.replay"
MONTH = timedelta(days=30)
CHUNK = 200
"""Borrowers a step."""
EXAMPLES_MAX = 20
ENOUGH_PEOPLE = 99


class Said(NamedTuple):
    """What a message said, and the names of whoever it spoke for."""

    text: str
    institution: tuple[str, ...]


class Asked(NamedTuple):
    """A contact of the month: made, or refused when it was asked for."""

    borrower_id: int
    at: datetime
    ask: Ask
    number: str
    place: int
    was_made: bool


_TEXTS: list[Callable[[Collection[int]], dict[int, Said]]] = []


def register_texts(texts_of: Callable[[Collection[int]], dict[int, Said]]) -> None:
    """Name who knows the texts of contacts, by contact id."""
    _TEXTS.append(texts_of)


def start(change: Change, *, by: User, at: datetime) -> Job:
    """Put the replay of a change in line."""
    title = _("Replay of the last month: %(what)s") % {"what": change.subject}
    parameters = {
        "change": change.pk,
        "payload_hash": change.payload_hash,
        "from": (at - MONTH).isoformat(),
        "to": at.isoformat(),
    }
    return jobs.start(KIND, title[:200], parameters, by=by, at=at)


def replay_of(change: Change) -> Job | None:
    """The newest replay of exactly this change."""
    same = Job.objects.filter(kind=KIND, parameters__payload_hash=change.payload_hash)
    return same.order_by("-pk").first()


def is_replayed(change: Change) -> bool:
    job = replay_of(change)
    return job is not None and job.state == Job.State.DONE


def replay_panel(change: Change) -> tuple[str, dict[str, Any]] | None:
    """What the page of a change shows of its replay."""
    job = replay_of(change)
    if job is None:
        return None
    return "contacts/_replay.html", {"job": job, "url": reverse("job_page", args=[job.pk]), **shown(job.report)}


def handle(job: Job, until: float) -> None:
    """One slice: goes on after the last borrower that was kept."""
    change = Change.objects.get(pk=job.parameters["change"])
    first, last = (datetime.fromisoformat(job.parameters[name]) for name in ("from", "to"))
    before, after = (Rulebook(frozen(rules)) for rules in rules_with(change))
    if job.total is None:
        job.total = _people(first, last, 0).count()
    tally = Tally(job.report)
    while time.monotonic() < until:
        people = list(_people(first, last, job.cursor.get("after", 0)).values_list("pk", flat=True)[:CHUNK])
        if not people:
            job.state = Job.State.DONE
            break
        replay(people, first, last, before, after, tally)
        job.cursor = {"after": people[-1]}
        job.done += len(people)
    job.report = tally.report()


def frozen(rules: Iterable[Rule]) -> list[Rule]:
    """Rules as if they had always stood and always would."""
    return [rule._replace(valid_from=date.min, valid_to=None) for rule in rules]


class Tally:
    """How many were asked, what changed by rule and channel, and the first examples."""

    def __init__(self, report: dict[str, Any]) -> None:
        self.asked: int = report.get("asked", 0)
        self.refused: Counter[str] = Counter(report.get("refused", {}))
        self.allowed: Counter[str] = Counter(report.get("allowed", {}))
        self.examples: list[dict[str, Any]] = list(report.get("examples", []))

    def add(
        self, ref: str, asked: Asked, before: Obstacle | None, after: Obstacle | None, lawful_at: datetime | None
    ) -> None:
        self.asked += 1
        if (before is None) == (after is None):
            return
        obstacle = after or before
        assert obstacle is not None
        (self.refused if after else self.allowed)[f"{obstacle.code} {asked.ask.channel}"] += 1
        if len(self.examples) < EXAMPLES_MAX:
            self.examples.append({
                "borrower": ref, "channel": asked.ask.channel, "at": asked.at.isoformat(),
                "was_made": asked.was_made, "is_refused": after is not None, "rule": obstacle.code,
                "lawful_at": lawful_at.isoformat() if lawful_at else None,
            })  # fmt: skip

    def report(self) -> dict[str, Any]:
        return {
            "asked": self.asked, "refused": dict(self.refused), "allowed": dict(self.allowed), "examples": self.examples,
        }  # fmt: skip


def replay(
    people: Sequence[int], first: datetime, last: datetime, before: Rulebook, after: Rulebook, tally: Tally
) -> None:
    """Judge the month of these people under both sets of rules."""
    known = histories(people, last)
    for asked in _asked(people, first, last):
        situation = situation_at(known[asked.borrower_id], asked, before)
        was = _first(situation, asked)
        now_refused = _first(situation._replace(rules=after), asked)
        lawful_at = next_lawful(situation._replace(rules=after), asked.ask, asked.at) if now_refused else None
        tally.add(known[asked.borrower_id].ref, asked, was, now_refused, lawful_at)


def situation_at(history: History, asked: Asked, rules: Rulebook) -> Situation:
    """What was known of this borrower when that contact was asked for."""
    kind = min(REACHED_BY.get(asked.ask.channel, frozenset({"mobile"})))
    return history.at(
        asked.at, asked.place, rules, (Point(asked.ask.point_id or 0, kind, asked.ask.subject, asked.number),)
    )


def _first(situation: Situation, asked: Asked) -> Obstacle | None:
    return next(obstacles(situation, asked.ask, asked.at), None)


def _people(first: datetime, last: datetime, after: int) -> Any:
    theirs = {"at__gte": first, "at__lt": last}
    made = Contact.objects.counted().filter(**theirs).values("borrower")
    refused = Verdict.objects.filter(allowed=False, **theirs).values("borrower")
    either = Borrower.objects.filter(pk__in=made) | Borrower.objects.filter(pk__in=refused)
    return either.filter(pk__gt=after).order_by("pk")


def _asked(people: Sequence[int], first: datetime, last: datetime) -> list[Asked]:
    month = {"borrower__in": people, "at__gte": first, "at__lt": last}
    made = list(
        Contact.objects.counted().filter(**month).order_by("at", "pk").values_list(
            "pk", "borrower_id", "at", "channel", "purpose", "subject", "point_id", "point__digest"
        )
    )  # fmt: skip
    said = {pk: text for texts_of in _TEXTS for pk, text in texts_of([row[0] for row in made]).items()}
    found = []
    for pk, borrower, at, channel, purpose, subject, point, digest in made:
        message = said.get(pk, Said("", ()))
        ask = Ask(channel, purpose, point or 0, subject, ENOUGH_PEOPLE, message.text, message.institution)
        found.append(Asked(borrower, at, ask, digest or "", pk, was_made=True))
    refused = list(
        Verdict.objects.filter(allowed=False, **month).order_by("at", "pk").values_list(
            "borrower_id", "at", "channel", "purpose", "facts"
        )
    )  # fmt: skip
    numbers = _numbers(facts.get("point") for *_rest, facts in refused)
    for borrower, at, channel, purpose, facts in refused:
        point = facts.get("point") or 0
        ask = Ask(channel, purpose, point, facts.get("subject", BORROWER), ENOUGH_PEOPLE)
        found.append(Asked(borrower, at, ask, numbers.get(point, ""), 0, was_made=False))
    return found


def _numbers(points: Iterable[int | None]) -> dict[int, str]:
    wanted = {point for point in points if point}
    return dict(ContactPoint.objects.filter(pk__in=wanted).values_list("pk", "digest"))


def shown(report: dict[str, Any]) -> dict[str, Any]:
    """A report as its page draws it."""
    rows = [
        {"rule": key.rpartition(" ")[0], "channel": Channel(key.rpartition(" ")[2]).label, "count": count, "is_refused": refused}
        for refused, name in ((True, "refused"), (False, "allowed"))
        for key, count in sorted(report.get(name, {}).items(), key=lambda item: -item[1])
    ]  # fmt: skip
    examples = [
        {**each, "at": datetime.fromisoformat(each["at"]), "channel": Channel(each["channel"]).label,
         "lawful_at": datetime.fromisoformat(each["lawful_at"]) if each["lawful_at"] else None}
        for each in report.get("examples", [])
    ]  # fmt: skip
    return {
        "asked": report.get("asked", 0),
        "refused": sum(report.get("refused", {}).values()),
        "allowed": sum(report.get("allowed", {}).values()),
        "rows": rows,
        "examples": examples,
    }


jobs.register(KIND, handle, report="contacts/_replay_report.html")
