"""The page of rules: what each says, how much it allows, where it is written, and from when to when."""

from datetime import date
from typing import NamedTuple

from contacts.answers import rule_text
from contacts.models import ContactRule
from contacts.rule_words import channels, limit, whom
from contacts.rules import in_succession
from contacts.situations import rule_of

STANDING_KINDS = {"law": "warn", "self_regulation": "info", "house": "neutral"}


class ShownRule(NamedTuple):
    rule: ContactRule
    text: str
    limit: str
    channels: str
    whom: str
    standing_kind: str
    is_in_force: bool
    ends_on: date | None


def rule_rows(on: date) -> list[ShownRule]:
    """Every version, those in force on that day first, the weightier standing before the lighter."""
    rows = list(ContactRule.objects.order_by("rule_set", "code", "valid_from"))
    shown = [shown_rule(row, on, ends_on(row, rows)) for row in rows]
    weight = list(STANDING_KINDS)
    return sorted(
        shown, key=lambda row: (not row.is_in_force, row.rule.kind == "duty", weight.index(row.rule.standing))
    )


def shown_rule(row: ContactRule, on: date, end: date | None) -> ShownRule:
    in_force = not row.is_withdrawn and row.valid_from <= on and (end is None or on <= end)
    return ShownRule(
        row, rule_text(row), limit(row), channels(row), whom(row), STANDING_KINDS[row.standing], in_force, end
    )


def ends_on(row: ContactRule, rows: list[ContactRule]) -> date | None:
    """Its last day: its own, or the day before its next version."""
    same = [each for each in rows if (each.rule_set, each.code) == (row.rule_set, row.code)]
    versions = in_succession((each.rule_set, rule_of(each), False) for each in same)
    return next(each.valid_to for each in versions if each.valid_from == row.valid_from)
