"""Referrals in words: their steps, their time, what came of them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.referrals.models import Referral, ReferralStep
from contacts.models import Channel, Contact
from staff.templatetags.ui import day_words

State = Referral.State
SOON_DAYS = 7
"""What ends within so many days is shown as expiring."""
STATE_KINDS = {
    State.WAITING: "wait",
    State.RUNNING: "info",
    State.REFUSED: "off",
    State.WITHDRAWN: "off",
    State.ENDED: "neutral",
}
GOOD = {"met", "agreement", "for_us", "in_part", "paid", "plan"}


def badge_of(referral: Referral, on: date) -> tuple[str, str]:
    """The kind and words of its badge: days left while it runs, the result once it has ended."""
    if referral.state == State.ENDED:
        return ("good" if referral.result in GOOD else "neutral"), referral.get_result_display()
    if referral.state == State.RUNNING:
        return days_left(referral, on)
    return STATE_KINDS[State(referral.state)], referral.get_state_display()


def days_left(referral: Referral, on: date) -> tuple[str, str]:
    left = (referral.until_on - on).days
    if left < 0:
        return "bad", ngettext("%(days)s day over its time", "%(days)s days over its time", -left) % {"days": -left}
    words = (
        _("last day today") if left == 0 else ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left}
    )
    return ("wait" if left <= SOON_DAYS else "info"), words


def with_whom(referral: Referral) -> str:
    """In whose hands it is."""
    if referral.agency:
        named = referral.terms or max(referral.agency.terms.all(), key=lambda terms: terms.valid_from, default=None)
        return str(named or referral.agency)
    if referral.first_visitor and referral.second_visitor:
        return _("%(first)s and %(second)s") % {"first": referral.first_visitor, "second": referral.second_visitor}
    return referral.get_stage_display() if referral.stage else ""


def step_words(step: ReferralStep) -> str:
    return event_words(step.event, {**step.facts, "kind": step.referral.kind})


def event_words(event: str, facts: dict[str, Any]) -> str:
    said = {**facts, "kind": Referral.Kind(facts["kind"]).label}
    if "result" in facts:
        said["result"] = Referral.Result(facts["result"]).label
    return EVENTS[event](said)


def _contacted(facts: dict[str, Any]) -> str:
    told = {"channel": Channel(facts["channel"]).label, "outcome": Contact.Outcome(facts["outcome"]).label}
    words = _("The agency made contact: %(channel)s, %(outcome)s") % told
    return words + (
        _("; the gate would have refused it by %(rule)s") % {"rule": facts["flagged"]} if facts.get("flagged") else ""
    )


def _day(text: str) -> str:
    return day_words(date.fromisoformat(text))


EVENTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "asked": lambda said: _("%(kind)s asked for, until %(day)s") % {**said, "day": _day(said["until_on"])},
    "approved": lambda said: _("%(kind)s approved") % said,
    "refused": lambda said: _("%(kind)s refused") % said,
    "withdrawn": lambda said: _("%(kind)s: request withdrawn") % said,
    "lapsed": lambda said: _("%(kind)s: request lapsed (%(result)s)") % said,
    "set_out": lambda said: _("Two people set out on a visit"),
    "contacted": _contacted,
    "moved": lambda said: (
        _("%(kind)s: %(stage)s on %(day)s")
        % {**said, "stage": Referral.Stage(said["stage"]).label, "day": _day(said["happened_on"])}
    ),
    "noted": lambda said: _("%(kind)s: note") % said,
    "ended": lambda said: _("%(kind)s ended: %(result)s") % said,
}
