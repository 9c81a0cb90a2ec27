"""The law of the gate as a pure function: facts, a channel, a purpose and an instant in; what stands against it out.

Order of decision: holds, opt-out, a usable number or address, quiet hours in the borrower's own zone, caps over every agent.
The gate fails closed: without a known zone or without quiet hours in force, nothing is allowed. The next lawful moment
is the earliest instant that itself passes everything known now; None when waiting does not help.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from contacts.localtime import local_date, next_moment, start_of_day, wall

STEPS_MAX = 100
"""How often a release may meet the next obstacle before the search gives up and says None."""
STANDINGS = ("law", "self_regulation", "house")
"""The weightier first: of two rules that refuse, the weightier is the one that is named."""


class Rule(NamedTuple):
    """A dated rule: quiet hours `[quiet_from, quiet_to)` of the local clock, or at most `max_count` in `period_days`."""

    code: str
    kind: str
    standing: str
    channels: frozenset[str]
    quiet_from: time | None
    quiet_to: time | None
    unit: str
    max_count: int
    period_days: int
    text: str
    text_zh: str
    source: str
    valid_from: date
    valid_to: date | None

    def binds(self, channel: str, day: date) -> bool:
        in_force = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        return in_force and (not self.channels or channel in self.channels)

    def is_quiet(self, clock: time) -> bool:
        if self.quiet_from is None or self.quiet_to is None:
            return False
        if self.quiet_from < self.quiet_to:
            return self.quiet_from <= clock < self.quiet_to
        return clock >= self.quiet_from or clock < self.quiet_to

    def is_open(self, clock: time) -> bool:
        return not self.is_quiet(clock)


class Past(NamedTuple):
    """A contact that caps count. `is_connected` also while nobody knows yet what comes of it."""

    channel: str
    at: datetime
    is_connected: bool


class HoldFact(NamedTuple):
    kind: str
    from_on: date
    to_on: date | None


class Point(NamedTuple):
    """A number or address that may still be tried."""

    id: int
    kind: str


class Situation(NamedTuple):
    """Everything the gate knows of one borrower. `points` best first; days of holds are days of `house_zone`."""

    zone: ZoneInfo | None
    house_zone: ZoneInfo
    rules: tuple[Rule, ...] = ()
    holds: tuple[HoldFact, ...] = ()
    opted_out: frozenset[str] = frozenset()
    points: tuple[Point, ...] = ()
    past: tuple[Past, ...] = ()


class Ask(NamedTuple):
    channel: str
    purpose: str
    point_id: int | None = None


class Obstacle(NamedTuple):
    """What stands against a contact; `release` is the first instant at which this one no longer does."""

    code: str
    release: datetime | None
    rule: Rule | None = None
    kind: str = ""


class Used(NamedTuple):
    rule: Rule
    used: int


class Finding(NamedTuple):
    obstacle: Obstacle | None
    lawful_at: datetime | None
    point_id: int | None
    ends: tuple[tuple[Rule, datetime], ...]
    used: tuple[Used, ...]


CLOSED = Obstacle("gate.closed", None)
OPTIONAL = frozenset({"reminder", "demand"})
"""Purposes that an opt-out stops; not an answer to the borrower's own request, nor what the law has the lender say."""
HOLD_STOPS: dict[str, frozenset[str]] = {
    "dispute": OPTIONAL,
    "complaint": OPTIONAL,
    "bereavement": OPTIONAL,
    "illness": OPTIONAL,
    "stop": OPTIONAL,
    "moratorium": OPTIONAL,
}
"""Which hold stops which purposes. A kind that is not listed stops everything."""
REACHED_BY: dict[str, frozenset[str]] = {
    "call": frozenset({"mobile", "phone"}),
    "sms": frozenset({"mobile"}),
    "email": frozenset({"email"}),
}
"""Which kinds of contact point serve a channel. A channel that is not listed has none."""
EVERYTHING = frozenset({"reminder", "demand", "service", "legal"})


def judge(situation: Situation, ask: Ask, at: datetime) -> Finding:
    """The whole answer for one question."""
    if situation.zone is None:
        return Finding(CLOSED, None, None, (), ())
    first = next(obstacles(situation, ask, at), None)
    return Finding(
        obstacle=first,
        lawful_at=at if first is None else next_lawful(situation, ask, at),
        point_id=point_for(situation, ask),
        ends=() if first else tuple(_ends(situation, ask, at, situation.zone)),
        used=tuple(_used(situation, ask, at, situation.zone)),
    )


def next_lawful(situation: Situation, ask: Ask, at: datetime) -> datetime | None:
    """The earliest instant from `at` on that passes: each release is a lower bound, so the latest of them is one too."""
    for _ in range(STEPS_MAX):
        releases = [obstacle.release for obstacle in obstacles(situation, ask, at)]
        if not releases:
            return at
        if None in releases:
            return None
        at = max(release for release in releases if release)
    return None


def obstacles(situation: Situation, ask: Ask, at: datetime) -> Iterator[Obstacle]:
    """All that stands against a contact at that instant, in the order of decision."""
    zone = situation.zone
    if zone is None:
        yield CLOSED
        return
    yield from _holds(situation, ask, at)
    if ask.channel in situation.opted_out and ask.purpose in OPTIONAL:
        yield Obstacle(f"opt_out.{ask.channel}", None)
    if point_for(situation, ask) is None:
        yield Obstacle("point.none" if ask.point_id is None else "point.unusable", None)
    windows = _in_force(situation, ask, at, zone, "window")
    if not windows:
        yield CLOSED
    for rule in windows:
        if rule.is_quiet(wall(zone, at).time()):
            yield Obstacle(rule.code, _earlier(_opens(rule, at, zone), _expires(rule, zone)), rule)
    for rule in _in_force(situation, ask, at, zone, "cap"):
        days = _days_used(situation, rule, at, zone)
        if len(days) >= rule.max_count:
            yield Obstacle(rule.code, _earlier(_refills(rule, days, zone), _expires(rule, zone)), rule)


def point_for(situation: Situation, ask: Ask) -> int | None:
    """The number or address to use: the one asked for when it may be used, else the best."""
    kinds = REACHED_BY.get(ask.channel, frozenset())
    usable = [point.id for point in situation.points if point.kind in kinds]
    if ask.point_id is not None:
        return ask.point_id if ask.point_id in usable else None
    return usable[0] if usable else None


def _holds(situation: Situation, ask: Ask, at: datetime) -> Iterator[Obstacle]:
    today = local_date(situation.house_zone, at)
    for hold in situation.holds:
        in_force = hold.from_on <= today and (hold.to_on is None or today <= hold.to_on)
        if in_force and ask.purpose in HOLD_STOPS.get(hold.kind, EVERYTHING):
            over = start_of_day(situation.house_zone, hold.to_on + timedelta(days=1)) if hold.to_on else None
            yield Obstacle(f"hold.{hold.kind}", over, kind=hold.kind)


def _in_force(situation: Situation, ask: Ask, at: datetime, zone: ZoneInfo, kind: str) -> list[Rule]:
    day = local_date(zone, at)
    rules = [rule for rule in situation.rules if rule.kind == kind and rule.binds(ask.channel, day)]
    return sorted(rules, key=lambda rule: (STANDINGS.index(rule.standing), rule.code))


def _days_used(situation: Situation, rule: Rule, at: datetime, zone: ZoneInfo) -> list[date]:
    """The local days of the contacts that this cap counts, newest first. A later hour of the same day counts as well,
    so two clocks a little apart cannot both take the last place.
    """
    today = local_date(zone, at)
    first = today - timedelta(days=rule.period_days - 1)
    counted = (
        local_date(zone, contact.at)
        for contact in situation.past
        if (not rule.channels or contact.channel in rule.channels)
        and (rule.unit != "connected" or contact.is_connected)
    )
    return sorted((day for day in counted if first <= day <= today), reverse=True)


def _refills(rule: Rule, days: list[date], zone: ZoneInfo) -> datetime | None:
    """The first instant at which the period no longer holds as many as the cap."""
    if rule.max_count == 0:
        return None
    return start_of_day(zone, days[rule.max_count - 1] + timedelta(days=rule.period_days))


def _opens(rule: Rule, at: datetime, zone: ZoneInfo) -> datetime | None:
    assert rule.quiet_to is not None
    return next_moment(zone, at, rule.quiet_to, rule.is_open)


def _expires(rule: Rule, zone: ZoneInfo) -> datetime | None:
    return start_of_day(zone, rule.valid_to + timedelta(days=1)) if rule.valid_to else None


def _earlier(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment), default=None)


def _ends(situation: Situation, ask: Ask, at: datetime, zone: ZoneInfo) -> Iterator[tuple[Rule, datetime]]:
    """Until when each rule on quiet hours leaves the way open, the earliest first."""
    found = []
    for rule in _in_force(situation, ask, at, zone, "window"):
        assert rule.quiet_from is not None
        end = next_moment(zone, at, rule.quiet_from, partial(Rule.is_quiet, rule))
        if end:
            found.append((rule, end))
    yield from sorted(found, key=lambda pair: pair[1])


def _used(situation: Situation, ask: Ask, at: datetime, zone: ZoneInfo) -> Iterator[Used]:
    for rule in _in_force(situation, ask, at, zone, "cap"):
        yield Used(rule, len(_days_used(situation, rule, at, zone)))
