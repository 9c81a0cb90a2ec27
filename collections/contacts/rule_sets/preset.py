"""What a rule of a set is before it is written to the database."""

from datetime import date
from typing import Any, NamedTuple

BEGINNING = date(2000, 1, 1)
Dated = tuple[date, str, str]
"""From which day a text stands, with what standing, and where it is written."""


class Preset(NamedTuple):
    """A rule and the days from which it stands: each text in force from a day, with its standing and source."""

    code: str
    kind: str
    channels: tuple[str, ...]
    text: str
    text_zh: str
    dated: tuple[Dated, ...]
    limits: dict[str, Any] = {}  # noqa: RUF012 - never written to
    details: dict[str, Any] = {}  # noqa: RUF012 - never written to
    rule_set: str = ""


def ahead_of(start: date, standing: str, source: str) -> tuple[Dated, ...]:
    """A text in force from a day, kept by the house before that day."""
    return (BEGINNING, "house", f"House policy 本机构提前执行: {source}"), (start, standing, source)


def since(start: date, standing: str, source: str) -> tuple[Dated, ...]:
    return ((start, standing, source),)


def belonging_to(rule_set: str, presets: tuple[Preset, ...]) -> tuple[Preset, ...]:
    return tuple(preset._replace(rule_set=rule_set) for preset in presets)
