"""Versions of contact rules as plain values, and the rules of a day before and after a change of them."""

from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from typing import Any

from contacts.models import ContactRule
from contacts.rules import Rule, in_succession
from contacts.situations import rule_of
from lending.models import Change

SAID = (
    *("rule_set", "code", "kind", "standing", "channels", "unit", "max_count", "period_days", "details"),
    *("text", "text_zh", "source", "is_withdrawn"),
)
"""The columns of a version that are kept as they are; its hours and its last day are kept as text."""
Told = dict[str, Any]
"""A version as plain values."""


def told_of(row: ContactRule, **changes: Any) -> Told:
    """A version as plain values, as a change carries it."""
    clocks = {name: clock and clock.isoformat("minutes") for name, clock in _clocks(row).items()}
    last = row.valid_to.isoformat() if row.valid_to else None
    return {name: getattr(row, name) for name in SAID} | clocks | {"valid_to": last} | changes


def row_of(told: Mapping[str, Any], from_on: date, change: Change | None = None) -> ContactRule:
    """The version that such values make, unsaved."""
    clocks = {name: time.fromisoformat(told[name]) if told[name] else None for name in ("quiet_from", "quiet_to")}
    last = date.fromisoformat(told["valid_to"]) if told["valid_to"] else None
    kept = {name: told[name] for name in SAID}
    return ContactRule(**kept, **clocks, valid_from=from_on, valid_to=last, change=change)


def version_on(rule_set: str, code: str, day: date) -> ContactRule | None:
    """The version that holds on that day, withdrawn or not."""
    rows = ContactRule.objects.filter(rule_set=rule_set, code=code, valid_from__lte=day)
    return rows.order_by("-valid_from").first()


def rules_with(change: Change) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules that bind on the eve of a change, and those that would bind on its first day."""
    eve = change.from_on - timedelta(days=1)
    rows = [(row.rule_set, rule_of(row), row.is_withdrawn) for row in ContactRule.objects.all()]
    new = [row_of(told, change.from_on) for told in change.content["rules"]]
    after = [*rows, *((row.rule_set, rule_of(row), row.is_withdrawn) for row in new)]
    return _on(in_succession(rows), eve), _on(in_succession(after), change.from_on)


def _on(found: Iterable[Rule], day: date) -> tuple[Rule, ...]:
    return tuple(rule for rule in found if rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to))


def _clocks(row: ContactRule) -> dict[str, time | None]:
    return {"quiet_from": row.quiet_from, "quiet_to": row.quiet_to}
