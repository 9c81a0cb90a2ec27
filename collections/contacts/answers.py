"""The gate's answer, in words of the active language, with the rule that decided and where it is written."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from contacts.facts import Finding, Obstacle
from contacts.judging import CLOSED
from contacts.models import Channel, ContactRule, Hold
from contacts.rules import Rule
from contacts.wording import INSTITUTION

FACTS = {
    "refusal": (
        gettext_lazy("Whoever answers there said that we must not call again."),
        gettext_lazy("A refusal is kept for good"),
    ),
    "person": (
        gettext_lazy("No rule says that this person may be contacted."),
        gettext_lazy("The gate fails closed"),
    ),
    "point.none": (
        gettext_lazy("There is no number or address that may be used."),
        gettext_lazy("Only usable contact points are used"),
    ),
    "point.unusable": (
        gettext_lazy("This number or address may not be used."),
        gettext_lazy("Only usable contact points are used"),
    ),
    "hours": (
        gettext_lazy("The borrower asked to be spoken to at other hours."),
        gettext_lazy("The borrower's own wish"),
    ),
    "gate": (
        gettext_lazy(
            "The gate cannot tell whether this is lawful, so it says no: the time zone or the rules are not known."
        ),
        gettext_lazy("The gate fails closed"),
    ),
}
"""What stands against a contact where no rule is quoted, and why."""


class Counter(NamedTuple):
    """How much of a cap is used: the period is `days` local calendar days, or the last `minutes` where it slides."""

    code: str
    used: int
    max: int
    unit: str
    days: int = 1
    minutes: int | None = None


class End(NamedTuple):
    """Until when one rule on quiet hours leaves the way open; without a rule the borrower's own wish."""

    code: str
    standing: str
    at: datetime


class Answer(NamedTuple):
    """Allowed or not, by which rule, and the next lawful moment (None: not by waiting).

    When allowed, `until` is the first moment at which quiet hours begin, `ends` the same by rule. When refused, `kind` says
    what stands against it: the kind of the rule, or hold, opt_out, refusal, person, point, hours or gate; `found` is the phrase of
    the text that a rule on wording bans or misses.
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
    found: str = ""

    @property
    def standing_words(self) -> str:
        return standing_words(self.standing)


def standing_words(standing: str) -> str:
    return str(ContactRule.Standing(standing).label) if standing else ""


def answer_of(finding: Finding) -> Answer:
    """Put a finding into words."""
    obstacle = finding.obstacle
    standing, text, source = _told(obstacle) if obstacle else ("", _("Nothing stands against it."), "")
    ends = _ends(finding)
    return Answer(
        allowed=obstacle is None,
        rule=obstacle.code if obstacle else "",
        standing=standing,
        text=text,
        source=source,
        lawful_at=finding.lawful_at,
        until=ends[0].at if ends else None,
        counters=[
            Counter(
                each.rule.code,
                each.used,
                each.rule.max_count,
                each.rule.unit,
                each.rule.period_days,
                each.rule.details.rolling_minutes,
            )
            for each in finding.used
        ],
        point_id=finding.point_id,
        ends=ends,
        kind=kind_of(obstacle) if obstacle else "",
        found=obstacle.found if obstacle else "",
    )


def _ends(finding: Finding) -> tuple[End, ...]:
    """The earliest first."""
    found = [End(rule.code, rule.standing, at) for rule, at in finding.ends]
    if finding.wanted_until:
        found.append(End("hours", "", finding.wanted_until))
    return tuple(sorted(found, key=lambda end: end.at))


def closed() -> Answer:
    """The answer when the gate itself cannot judge: no."""
    return answer_of(Finding(CLOSED, None, None, (), ()))


def rule_text(rule: Rule | ContactRule) -> str:
    """What the rule says, in the active language."""
    return rule.text_zh if (get_language() or "").startswith("zh") else rule.text


def kind_of(obstacle: Obstacle) -> str:
    """The kind of the rule that refuses; where a fact refuses, what kind of fact."""
    if obstacle.rule and obstacle.rule.code == obstacle.code:
        return obstacle.rule.kind
    return obstacle.code.partition(".")[0]


def _told(obstacle: Obstacle) -> tuple[str, str, str]:
    """Standing, text and source of an obstacle."""
    rule = obstacle.rule
    if rule and rule.code == obstacle.code:
        text = rule_text(rule)
        if obstacle.found:
            text = _("%(rule)s It is about: %(found)s") % {"rule": text, "found": _found_words(obstacle.found)}
        return rule.standing, text, rule.source
    text, source = _fact(obstacle)
    return (rule.standing, text, rule.source) if rule else ("house", text, source)


def _found_words(found: str) -> str:
    return _("who sends it") if found == INSTITUTION else f"“{found}”"


def _fact(obstacle: Obstacle) -> tuple[str, str]:
    """What a fact says against it, and why where no rule names it."""
    subject, _dot, detail = obstacle.code.partition(".")
    if subject == "hold":
        name = Hold.Kind(detail).label if detail in Hold.Kind.values else detail
        return _("The borrower is left in peace: %(hold)s.") % {"hold": name}, _("A hold that no rule names stops all")
    if subject == "opt_out":
        text = _("The borrower does not want to be reached this way: %(channel)s.")
        return text % {"channel": Channel(detail).label}, _("An opt-out is kept until it is withdrawn")
    text_of, source = FACTS.get(obstacle.code) or FACTS.get(subject) or FACTS["gate"]
    return str(text_of), str(source)
