"""The page of rules: what each says, how much it allows, where it is written, and from when to when."""

from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.answers import rule_text
from contacts.models import Channel, ContactRule

STANDING_KINDS = {"law": "warn", "self_regulation": "info", "house": "neutral"}


class ShownRule(NamedTuple):
    rule: ContactRule
    text: str
    limit: str
    channels: str
    standing_kind: str
    is_in_force: bool


def rule_rows(on: date) -> list[ShownRule]:
    """Every rule, those in force on that day first, the weightier standing before the lighter."""
    rows = [
        ShownRule(rule, rule_text(rule), _limit(rule), _channels(rule), STANDING_KINDS[rule.standing], _binds(rule, on))
        for rule in ContactRule.objects.order_by("rule_set", "code", "valid_from")
    ]
    weight = list(STANDING_KINDS)
    return sorted(rows, key=lambda row: (not row.is_in_force, weight.index(row.rule.standing)))


def _binds(rule: ContactRule, on: date) -> bool:
    return rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to)


def _limit(rule: ContactRule) -> str:
    if rule.quiet_from and rule.quiet_to:
        return _("quiet %(start)s–%(end)s") % {
            "start": rule.quiet_from.strftime("%H:%M"),
            "end": rule.quiet_to.strftime("%H:%M"),
        }
    facts = {"max": rule.max_count, "unit": ContactRule.Unit(rule.unit).label, "days": rule.period_days}
    return (
        ngettext(
            "at most %(max)s %(unit)s in %(days)s day", "at most %(max)s %(unit)s in %(days)s days", rule.period_days
        )
        % facts
    )


def _channels(rule: ContactRule) -> str:
    if not rule.channels:
        return _("every channel")
    return _(", ").join(str(Channel(channel).label) for channel in rule.channels)
