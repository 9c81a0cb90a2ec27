"""The gate's answer, in words of the active language, with the rule that decided and where it is written."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contacts.judging import CLOSED, Finding, Obstacle, Rule
from contacts.models import Channel, ContactRule, Hold


class Counter(NamedTuple):
    """How much of a cap is used: `unit` is attempt, connected or message; the period is `days` local calendar days."""

    code: str
    used: int
    max: int
    unit: str
    days: int = 1


class End(NamedTuple):
    """Until when one rule on quiet hours leaves the way open."""

    code: str
    standing: str
    at: datetime


class Answer(NamedTuple):
    """Allowed or not, by which rule, and the next lawful moment (None: not by waiting).

    When allowed, `until` is the first moment at which quiet hours begin, `ends` the same by rule. When refused, `kind` says
    what stands against it: window, cap, hold, opt_out, point or gate.
    """

    allowed: bool
    rule: str
    standing: str
    text: str
    source: str
    lawful_at: datetime | None
    until: datetime | None
    counters: list[Counter]
    point_id: int | None = None
    ends: tuple[End, ...] = ()
    kind: str = ""

    @property
    def standing_words(self) -> str:
        return standing_words(self.standing)


def standing_words(standing: str) -> str:
    return str(ContactRule.Standing(standing).label) if standing else ""


def answer_of(finding: Finding) -> Answer:
    """Put a finding into words."""
    obstacle = finding.obstacle
    standing, text, source = _told(obstacle) if obstacle else ("", _("Nothing stands against it."), "")
    return Answer(
        allowed=obstacle is None,
        rule=obstacle.code if obstacle else "",
        standing=standing,
        text=text,
        source=source,
        lawful_at=finding.lawful_at,
        until=finding.ends[0][1] if finding.ends else None,
        counters=[
            Counter(u.rule.code, u.used, u.rule.max_count, u.rule.unit, u.rule.period_days) for u in finding.used
        ],
        point_id=finding.point_id,
        ends=tuple(End(rule.code, rule.standing, at) for rule, at in finding.ends),
        kind=_kind(obstacle) if obstacle else "",
    )


def closed() -> Answer:
    """The answer when the gate itself cannot judge: no."""
    return answer_of(Finding(CLOSED, None, None, (), ()))


def rule_text(rule: Rule | ContactRule) -> str:
    """What the rule says, in the active language."""
    return rule.text_zh if (get_language() or "").startswith("zh") else rule.text


def _kind(obstacle: Obstacle) -> str:
    return obstacle.rule.kind if obstacle.rule else obstacle.code.partition(".")[0]


def _told(obstacle: Obstacle) -> tuple[str, str, str]:
    """Standing, text and source of an obstacle."""
    if obstacle.rule:
        return obstacle.rule.standing, rule_text(obstacle.rule), obstacle.rule.source
    subject, _dot, detail = obstacle.code.partition(".")
    match subject:
        case "hold":
            return _hold(obstacle.kind)
        case "opt_out":
            text = _("The borrower does not want to be reached this way: %(channel)s.")
            return (
                "house",
                text % {"channel": Channel(detail).label},
                _("An opt-out is kept until it is withdrawn"),
            )
        case "point" if detail == "none":
            return (
                "house",
                _("There is no number or address that may be used."),
                _("Only usable contact points are used"),
            )
        case "point":
            return "house", _("This number or address may not be used."), _("Only usable contact points are used")
    return _closed()


def _hold(kind: str) -> tuple[str, str, str]:
    name = Hold.Kind(kind).label if kind in Hold.Kind.values else kind
    text = _("The borrower is left in peace: %(hold)s.") % {"hold": name}
    if kind == Hold.Kind.MORATORIUM:
        return "law", text, _("The order of the authority named in the hold")
    return "house", text, _("Holds stop reminders and demands")


def _closed() -> tuple[str, str, str]:
    text = _("The gate cannot tell whether this is lawful, so it says no: the time zone or the rules are not known.")
    return "house", text, _("The gate fails closed")
