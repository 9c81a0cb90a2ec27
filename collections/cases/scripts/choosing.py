"""Which script stands beside a call: a pure choice by who is spoken to, why they are behind, how far, and who called."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet

from cases.scripts.models import Script

LENDER, AGENT = "{lender}", "{agent}"
"""What a text may leave open: for whom the call speaks, and who calls."""


class Call(NamedTuple):
    """What is known of a call before a word is said."""

    stage: str
    reason: str
    direction: str
    is_third_party: bool = False


def in_force(on: date, rows: Iterable[Script] | None = None) -> list[Script]:
    """The version of each script that holds on that day, by code."""
    versions: QuerySet[Script] | Iterable[Script] = Script.objects.all() if rows is None else rows
    newest: dict[str, Script] = {}
    for row in sorted(versions, key=lambda row: row.valid_from):
        if row.valid_from <= on:
            newest[row.code] = row
    return [newest[code] for code in sorted(newest) if not newest[code].is_withdrawn]


def fits(script: Script, call: Call) -> bool:
    """Somebody else is only ever read what was written for somebody else, and the borrower never."""
    return (
        script.is_third_party == call.is_third_party
        and script.stage in {"", call.stage}
        and script.reason in {"", call.reason}
        and script.direction in {"", call.direction}
    )


def choose(scripts: Iterable[Script], call: Call) -> list[Script]:
    """The scripts that fit, the closest first: one for the reason before one for the direction before one for the stage."""
    fitting = [script for script in scripts if fits(script, call)]
    return sorted(fitting, key=lambda script: (not script.reason, not script.direction, not script.stage, script.code))


def text_of(script: Script, language: str, *, lender: str, agent: str) -> str:
    """The words in the language of whoever is spoken to."""
    text = script.text_zh if language.startswith("zh") else script.text
    return text.replace(LENDER, lender).replace(AGENT, agent)


def lines_of(text: str) -> Iterator[str]:
    """A text line by line, without empty ones."""
    return (line.strip() for line in text.splitlines() if line.strip())
