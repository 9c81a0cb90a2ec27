"""What a rule limits, in words: for the page of rules, and for two versions side by side."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.models import Channel, Consent, ContactRule, Hold, Purpose
from contacts.rules import Details, details_of
from contacts.wording import INSTITUTION
from lending.models import ContactPoint

Kind = ContactRule.Kind
_MONDAY = date(2024, 1, 1)


def limit(rule: ContactRule) -> str:
    """What the rule allows, forbids or asks for, in one line."""
    told = details_of(rule.details)
    words = LIMITS[Kind(rule.kind)](rule, told)
    waived = told.waived_by and _("unless agreed: %(consent)s") % {"consent": _labels(Consent.Kind, [told.waived_by])}
    return _("; ").join(part for part in (words, waived) if part)


def whom(rule: ContactRule) -> str:
    """Whom it binds: the people, the purposes and the zones, where it does not bind all."""
    told = details_of(rule.details)
    purposes = told.purposes if rule.kind not in {Kind.PERSON, Kind.BLOCK} else ()
    zones = _(", ").join(sorted(told.zones)[:3]) + ("…" if len(told.zones) > 3 else "")
    parts = (_labels(ContactPoint.Holder, told.subjects), _labels(Purpose, purposes), zones)
    return _("; ").join(part for part in parts if part) or _("everybody")


def channels(rule: ContactRule) -> str:
    return _labels(Channel, rule.channels) or _("every channel")


def _window(rule: ContactRule, told: Details) -> str:
    start, end = ((clock.strftime("%H:%M") if clock else "?") for clock in (rule.quiet_from, rule.quiet_to))
    return _("quiet %(start)s–%(end)s") % {"start": start, "end": end}


def _cap(rule: ContactRule, told: Details) -> str:
    facts = {"max": rule.max_count, "unit": ContactRule.Unit(rule.unit).label, "days": rule.period_days}
    if told.for_good:
        words = _("at most %(max)s %(unit)s for good") % facts
    elif told.rolling_minutes is not None:
        words = _("at most %(max)s %(unit)s in any %(minutes)s minutes") % {**facts, "minutes": told.rolling_minutes}
    else:
        words = ngettext(
            "at most %(max)s %(unit)s in %(days)s day", "at most %(max)s %(unit)s in %(days)s days", rule.period_days
        ) % facts  # fmt: skip
    return _("%(limit)s, each number") % {"limit": words} if told.per_number else words


def _holiday(rule: ContactRule, told: Details) -> str:
    weekdays = [date_format(_MONDAY.replace(day=1 + day), "l") for day in sorted(told.weekdays)]
    days = [day.isoformat() for day in sorted(told.dates)]
    return _(", ").join([*weekdays, *days[:2], *(["…"] if len(days) > 2 else [])])


def _block(rule: ContactRule, told: Details) -> str:
    triggers = {"opt_out": _("opt-out"), "refusal": _("refusal")}
    names = [triggers.get(stop) or _labels(Hold.Kind, [stop.removeprefix("hold.")]) for stop in sorted(told.stops)]
    facts = {"when": _(", ").join(names), "what": _labels(Purpose, told.purposes) or _("everything")}
    return _("%(when)s: stops %(what)s") % facts


def _consent(rule: ContactRule, told: Details) -> str:
    needs = []
    for need in told.any_of:
        name = _labels(Consent.Kind, [need.consent])
        if need.within_days is not None:
            name = _("%(consent)s, at most %(days)s days old") % {"consent": name, "days": need.within_days}
        if need.after_days is not None:
            name = _("%(consent)s, %(days)s days ago") % {"consent": name, "days": need.after_days}
        needs.append(name)
    return _("needs %(consents)s") % {"consents": _(" or ").join(needs)}


def _person(rule: ContactRule, told: Details) -> str:
    words = _("only for: %(purposes)s") % {"purposes": _labels(Purpose, told.purposes)}
    if told.unreachable_after is None:
        return words
    after = _("after %(days)s days of failed tries") % {"days": told.unreachable_after}
    return _("; ").join([words, after])


def _visit(rule: ContactRule, told: Details) -> str:
    return _("at least %(people)s people") % {"people": told.people_min}


def _content(rule: ContactRule, told: Details) -> str:
    banned = ngettext("%(count)s banned phrase", "%(count)s banned phrases", len(told.banned)) % {
        "count": len(told.banned)
    }
    parts = [banned] if told.banned else []
    if told.required:
        groups = [_(" or ").join(_part(phrase) for phrase in group) for group in told.required]
        parts.append(_("must say: %(parts)s") % {"parts": _("; ").join(groups)})
    if told.first_only:
        parts.append(_("first contact only"))
    return _("; ").join(parts)


def _part(phrase: str) -> str:
    return _("who sends it") if phrase == INSTITUTION else phrase


def _labels(choices: Any, values: Iterable[str]) -> str:
    known = choices.values
    return _(", ").join(str(choices(value).label) if value in known else value for value in sorted(values))


LIMITS: dict[str, Callable[[ContactRule, Details], str]] = {
    Kind.WINDOW: _window,
    Kind.HOLIDAY: _holiday,
    Kind.CAP: _cap,
    Kind.BLOCK: _block,
    Kind.CONSENT: _consent,
    Kind.PERSON: _person,
    Kind.VISIT: _visit,
    Kind.CONTENT: _content,
    Kind.DUTY: lambda rule, told: _("kept elsewhere, not judged at the moment of contact"),
}
