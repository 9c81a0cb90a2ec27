"""The report of a rehearsal in words: tables of counts, what it would cost, and a few messages to read."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from contacts.models import Channel
from contacts.names import display_names
from dunning.models import PolicyStep
from dunning.rehearsing import samples_of
from dunning.texts import shown
from dunning.words import offset_in_words, reason_in_words, rules_by_code
from lending.models import Borrower
from staff.models import Job, User

Rows = list[tuple[str, int]]


class Table(NamedTuple):
    """Counts by one thing; `head` names it, `caption` says what is counted."""

    caption: str
    head: str
    rows: Rows


class Sample(NamedTuple):
    """A message as its borrower would read it."""

    borrower: str
    step: str
    language: str
    text: str


def told(job: Job, user: User) -> dict[str, Any]:
    """What a finished slice has found so far."""
    report = job.report
    offsets = dict(PolicyStep.objects.order_by("policy__version").values_list("code", "offset_days"))
    tables = [
        Table(_("By step"), _("Step of the ladder"), _by_step(report.get("steps", {}), offsets)),
        Table(_("By channel"), _("Channel"), [(str(Channel(code).label), n) for code, n in _of(report, "channels")]),
        Table(
            _("By hour, on the borrower's clock"), _("Hour"), [(f"{hour}:00", n) for hour, n in _of(report, "hours")]
        ),
        Table(_("Refused, by rule"), _("Rule"), _refused(report.get("refused", {}))),
        Table(_("Parts that a carrier would charge for"), _("Alphabet"), _of(report, "segments")),
    ]
    return {
        "planned": report.get("planned", 0),
        "refused": sum(report.get("refused", {}).values()),
        "segments": sum(report.get("segments", {}).values()),
        "tables": [table for table in tables if table.rows],
        "samples": _samples(job, user, offsets),
    }


def _of(report: Mapping[str, Any], name: str) -> Rows:
    return sorted(report.get(name, {}).items())


def _by_step(counts: Mapping[str, int], offsets: Mapping[str, int]) -> Rows:
    """In the order of the ladder."""
    in_order = sorted(counts.items(), key=lambda pair: offsets.get(pair[0], 0))
    return [(_step(code, offsets), number) for code, number in in_order]


def _step(code: str, offsets: Mapping[str, int]) -> str:
    return offset_in_words(offsets[code]) if code in offsets else code


def _refused(counts: Mapping[str, int]) -> Rows:
    rules = rules_by_code() if counts else {}
    return [
        (reason_in_words(rule, rules), number) for rule, number in sorted(counts.items(), key=lambda each: -each[1])
    ]


def _samples(job: Job, user: User, offsets: Mapping[str, int]) -> list[Sample]:
    found = samples_of(job, user)
    borrowers = Borrower.objects.in_bulk({would.candidate.borrower_id for would in found})
    names = display_names(list(borrowers.values()), user)
    return [
        Sample(
            names[would.candidate.borrower_id],
            _step(would.candidate.step.code, offsets),
            would.person.language,
            shown(would.text),
        )
        for would in found
    ]
