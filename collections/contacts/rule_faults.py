"""What is wrong with a rule, in words, before anybody publishes it: pure checks of one rule beside the others of its day."""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from contacts.localtime import changes_on, instants_of, zone_of
from contacts.models import Channel
from contacts.rules import Rule

PERIOD_DAYS_MAX, MINUTES_MAX = 366, 60 * 24 * 366
PHRASE_CHARACTERS_MIN = 2
YEAR_OF_WEEKS = range(53)
MINUTES_OF_A_DAY = 24 * 60


class Fault(NamedTuple):
    """What is wrong, and the field of the form that it belongs to."""

    field: str
    words: str


def faults(rule: Rule, others: Iterable[Rule], zones: Collection[str], on: date) -> Iterator[Fault]:
    """Everything that is wrong with a rule that is to stand from `on` beside `others`; `zones` are those people live in."""
    if rule.valid_to is not None and rule.valid_to < on:
        yield Fault("valid_to", _("The last day lies before the first."))
    if rule.kind == "window":
        yield from _window(rule, others, zones, on)
    elif rule.kind == "cap":
        yield from _cap(rule)
    elif rule.kind == "holiday":
        yield from _holiday(rule)
    elif rule.kind == "content":
        yield from _content(rule)
    elif rule.kind == "visit" and rule.details.people_min < 1:
        yield Fault("people_min", _("At least one person visits."))
    elif rule.kind == "block" and not rule.details.stops:
        yield Fault("stops", _("Name what stops contact."))
    elif rule.kind == "person" and not rule.details.purposes:
        yield Fault("purposes", _("Name at least one purpose, or nobody could ever be contacted by this rule."))


def _window(rule: Rule, others: Iterable[Rule], zones: Collection[str], on: date) -> Iterator[Fault]:
    if rule.quiet_from is None:
        yield Fault("quiet_from", _("Say when contact must stop."))
    elif rule.quiet_to is None:
        yield Fault("quiet_to", _("These quiet hours have no end: say when contact may begin again."))
    elif rule.quiet_from == rule.quiet_to:
        yield Fault("quiet_to", _("Quiet hours that end when they begin have no end: there would never be contact."))
    else:
        for channel in sorted(rule.channels or Channel.values):
            if not any(_is_open(minute, [rule, *others], channel, on) for minute in range(MINUTES_OF_A_DAY)):
                words = _("With the other quiet hours no minute of the day is left for this channel: %(channel)s.")
                yield Fault("quiet_to", words % {"channel": Channel(channel).label})
                return
        yield from _skipped(rule.quiet_to, zones, on)


def _is_open(minute: int, rules: Iterable[Rule], channel: str, on: date) -> bool:
    clock = time(minute // 60, minute % 60)
    return not any(rule.kind == "window" and rule.binds(channel, on) and rule.is_quiet(clock) for rule in rules)


def _skipped(clock: time, zones: Collection[str], on: date) -> Iterator[Fault]:
    """Contact may not begin at an hour that clocks leave out on some day of the coming year, where somebody lives."""
    for name in sorted(zones):
        zone = zone_of(name)
        for day in _days_of_change(zone, on) if zone else ():
            if not instants_of(zone, datetime.combine(day, clock)):
                words = _("On %(day)s clocks in %(zone)s skip %(clock)s. Choose an hour that every day has.")
                yield Fault("quiet_to", words % {"day": day, "zone": name, "clock": clock.strftime("%H:%M")})
                return


def _days_of_change(zone: ZoneInfo, on: date) -> Iterator[date]:
    start = datetime.combine(on, time(), UTC)
    for week in YEAR_OF_WEEKS:
        before, after = start + timedelta(weeks=week), start + timedelta(weeks=week + 1)
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            for day in range(8):
                yield from (
                    change.astimezone(zone).date() for change in changes_on(zone, (before + timedelta(days=day)).date())
                )


def _cap(rule: Rule) -> Iterator[Fault]:
    if rule.max_count < 1:
        yield Fault(
            "max_count", _("A cap of zero would forbid the channel for ever and say so to nobody. The least is 1.")
        )
    if not rule.unit:
        yield Fault("unit", _("Say what is counted."))
    if not 1 <= rule.period_days <= PERIOD_DAYS_MAX:
        yield Fault("period_days", _("A cap counts 1 to %(most)s days.") % {"most": PERIOD_DAYS_MAX})
    minutes = rule.details.rolling_minutes
    if minutes is not None and not 1 <= minutes <= MINUTES_MAX:
        yield Fault("rolling_minutes", _("A sliding window has 1 to %(most)s minutes.") % {"most": MINUTES_MAX})


def _holiday(rule: Rule) -> Iterator[Fault]:
    told = rule.details
    if not told.dates and not told.weekdays:
        yield Fault("dates", _("Name at least one day."))
    if len(told.weekdays) >= 7:
        yield Fault("weekdays", _("A rest on every day of the week has no end."))


def _content(rule: Rule) -> Iterator[Fault]:
    told = rule.details
    if not told.banned and not told.required:
        yield Fault("banned", _("Name a phrase that is banned or a part that is required."))
    for phrase in told.banned:
        if len(phrase.strip()) < PHRASE_CHARACTERS_MIN:
            yield Fault("banned", _("“%(phrase)s” is too short: it would stand in every message.") % {"phrase": phrase})
            return
