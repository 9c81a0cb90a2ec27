"""How and when a borrower may be reached, in sentences. Clock times are those where the borrower lives."""

from datetime import datetime, timedelta, tzinfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.answers import Answer, Counter, End, standing_words
from contacts.localtime import zone_of
from contacts.models import Channel, ContactRule, Hold
from lending.models import Borrower

STANDING_SHORT = {
    ContactRule.Standing.LAW: gettext_lazy("law"),
    ContactRule.Standing.SELF_REGULATION: gettext_lazy("self-regulation"),
    ContactRule.Standing.HOUSE: gettext_lazy("house rule"),
}
ALLOWED_UNTIL = {
    Channel.CALL: gettext_lazy("You may call until %(end)s (%(rules)s)"),
    Channel.VOICE: gettext_lazy("A voice notice may go until %(end)s (%(rules)s)"),
    Channel.LETTER: gettext_lazy("You may send a letter until %(end)s (%(rules)s)"),
    Channel.SMS: gettext_lazy("You may send a text message until %(end)s (%(rules)s)"),
    Channel.EMAIL: gettext_lazy("You may send an e-mail until %(end)s (%(rules)s)"),
    Channel.VISIT: gettext_lazy("You may visit until %(end)s (%(rules)s)"),
}
NOT_BEFORE = {
    Channel.CALL: gettext_lazy("Call not before %(moment)s: %(reason)s"),
    Channel.VOICE: gettext_lazy("Voice notice not before %(moment)s: %(reason)s"),
    Channel.LETTER: gettext_lazy("Letter not before %(moment)s: %(reason)s"),
    Channel.SMS: gettext_lazy("Text message not before %(moment)s: %(reason)s"),
    Channel.EMAIL: gettext_lazy("E-mail not before %(moment)s: %(reason)s"),
    Channel.VISIT: gettext_lazy("Visit not before %(moment)s: %(reason)s"),
}
NOT_AT_ALL = {
    Channel.CALL: gettext_lazy("No call: %(reason)s"),
    Channel.VOICE: gettext_lazy("No voice notice: %(reason)s"),
    Channel.LETTER: gettext_lazy("No letter: %(reason)s"),
    Channel.SMS: gettext_lazy("No text message: %(reason)s"),
    Channel.EMAIL: gettext_lazy("No e-mail: %(reason)s"),
    Channel.VISIT: gettext_lazy("No visit: %(reason)s"),
}
REASONS = {
    "opt_out": gettext_lazy("opted out"),
    "point": gettext_lazy("no usable contact point"),
    "gate": gettext_lazy("the gate is closed"),
    "refusal": gettext_lazy("refused at that number"),
    "person": gettext_lazy("not this person"),
    "hours": gettext_lazy("as the borrower asked"),
}
BY_RULE = {
    "window": gettext_lazy("quiet hours (%(standing)s)"),
    "cap": gettext_lazy("cap (%(standing)s)"),
    "holiday": gettext_lazy("day of rest (%(standing)s)"),
    "consent": gettext_lazy("consent is missing (%(standing)s)"),
    "visit": gettext_lazy("too few people (%(standing)s)"),
    "content": gettext_lazy("wording (%(standing)s)"),
    "person": gettext_lazy("not this person (%(standing)s)"),
}
"""Why not, by the kind of the rule that refuses."""


def zone_for(borrower: Borrower) -> tzinfo:
    """The borrower's zone; the house's own where theirs is not known (the gate is closed then anyway)."""
    return zone_of(borrower.time_zone) or timezone.get_default_timezone()


def moment_words(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """20:00, tomorrow 08:00 or 2016-12-12 08:00, as seen from `now` by the clock of that zone."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    clock = local.strftime("%H:%M")
    if local.date() == today:
        return clock
    if local.date() == today + timedelta(days=1):
        return _("tomorrow %(clock)s") % {"clock": clock}
    return local.strftime("%Y-%m-%d %H:%M")


def _on_both_clocks(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """By the borrower's clock, and by the office's where that shows another hour: whoever comes back to it reads the second."""
    office, there = timezone.get_default_timezone(), moment_words(moment, now, zone)
    if moment.astimezone(zone).utcoffset() == moment.astimezone(office).utcoffset():
        return there
    return _("%(there)s there (%(here)s here)") % {"there": there, "here": moment_words(moment, now, office)}


def sentence(answer: Answer, channel: str, now: datetime, zone: tzinfo) -> str:
    """The answer as one sentence: until when, or not before when and why, or not at all."""
    way = Channel(channel)
    if answer.allowed:
        if answer.until is None:
            return _("%(channel)s: at any hour, as agreed with the borrower") % {"channel": way.label}
        return ALLOWED_UNTIL[way] % {
            "end": moment_words(answer.until, now, zone),
            "rules": _ends_words(answer, now, zone),
        }
    if answer.lawful_at:
        return NOT_BEFORE[way] % {
            "moment": _on_both_clocks(answer.lawful_at, now, zone),
            "reason": reason_words(answer),
        }
    return NOT_AT_ALL[way] % {"reason": reason_words(answer)}


def reason_words(answer: Answer) -> str:
    """Why not, in two words: quiet hours (law), cap (house rule), hold (Dispute)."""
    standing = STANDING_SHORT[ContactRule.Standing(answer.standing)]
    if is_by_rule(answer):
        return str(BY_RULE[answer.kind]) % {"standing": standing}
    if answer.kind == "hold":
        return _("hold (%(hold)s)") % {"hold": Hold.Kind(answer.rule.removeprefix("hold.")).label}
    return str(REASONS[answer.kind])


def is_by_rule(answer: Answer) -> bool:
    """Whether a rule refuses, so that its own words are worth quoting, and not a fact about the borrower."""
    return answer.kind in BY_RULE and "." not in answer.rule


def counters_words(counters: list[Counter]) -> str:
    """connected 1/3, dialled 2/6."""
    return _(", ").join(_counter_words(counter) for counter in counters)


def source_words(answer: Answer) -> str:
    """CN-WIN · Law or national standard · where it is written; without a rule only the last."""
    code = "" if answer.kind == "hours" else answer.rule
    return " · ".join(part for part in (code, standing_words(answer.standing), answer.source) if part)


def _counter_words(counter: Counter) -> str:
    facts = {
        "unit": ContactRule.Unit(counter.unit).label,
        "used": counter.used,
        "max": counter.max,
        "days": counter.days,
    }
    if counter.minutes is not None:
        return _("%(unit)s in %(minutes)s minutes %(used)s/%(max)s") % {**facts, "minutes": counter.minutes}
    if counter.days == 1:
        return _("%(unit)s %(used)s/%(max)s") % facts
    return _("%(unit)s in %(days)s days %(used)s/%(max)s") % facts


def _ends_words(answer: Answer, now: datetime, zone: tzinfo) -> str:
    """house rule; law 22:00: the standing of the first end, then the later ends of another standing with their times."""
    first, *later = answer.ends
    told = [_end_words(first)]
    for end in later:
        if end.at > first.at and end.standing != first.standing:
            told.append(f"{_end_words(end)} {moment_words(end.at, now, zone)}")
    return _("; ").join(told)


def _end_words(end: End) -> str:
    return str(STANDING_SHORT[ContactRule.Standing(end.standing)] if end.standing else REASONS["hours"])
