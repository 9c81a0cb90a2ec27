"""The law of the gate as a pure function: facts, a contact and an instant in; what stands against it out.

Order of decision: holds and opt-outs, consent that is needed, who this person is, a usable number or address, quiet hours
and holidays in the borrower's own zone, the hours that the borrower wants, caps over every agent, a visit's company, wording.
The gate fails closed: without a known zone or without quiet hours in force, nothing is allowed; a hold that no rule names
stops everything; a person whom no rule names is not contacted. The next lawful moment is the earliest instant that itself
passes everything known now; None when waiting does not help.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from contacts.counting import is_unreachable, refills, used
from contacts.facts import BORROWER, Ask, ConsentFact, Finding, HoldFact, HoursFact, Obstacle, Point, Situation, Used
from contacts.localtime import local_date, next_moment, start_of_day, wall
from contacts.rules import Rule
from contacts.wording import fault

STEPS_MAX = 1000
"""How often a release may meet the next obstacle before the search gives up and says None."""
HOLIDAYS_IN_A_ROW_MAX = 366
CLOSED = Obstacle("gate.closed", None)
REACHED_BY: dict[str, frozenset[str]] = {
    "call": frozenset({"mobile", "phone"}),
    "voice": frozenset({"mobile", "phone"}),
    "sms": frozenset({"mobile"}),
    "email": frozenset({"email"}),
    "letter": frozenset({"address"}),
    "visit": frozenset({"address"}),
}
"""Which kinds of contact point serve a channel. A channel that is not listed has none."""
SPOKEN = frozenset({"call", "voice", "visit"})
"""Channels that take the borrower's time: only these keep to the hours that the borrower wants."""
NOT_THERE_TO_ASK = frozenset({"deceased", "incapacity"})
"""Holds that say that the borrower cannot be spoken to at all."""


def judge(situation: Situation, ask: Ask, at: datetime) -> Finding:
    """The whole answer for one question."""
    zone = situation.zone
    if zone is None:
        return Finding(CLOSED, None, None, (), ())
    first = next(obstacles(situation, ask, at), None)
    chosen = _with_point(situation, ask)
    return Finding(
        obstacle=first,
        lawful_at=at if first is None else next_lawful(situation, ask, at),
        point_id=point_for(situation, ask),
        ends=() if first else tuple(_ends(situation, ask, at, zone)),
        wanted_until=None if first else _wanted_until(situation, ask, at, zone),
        used=tuple(
            Used(rule, len(used(situation, rule, chosen, at, zone)))
            for rule in _in_force(situation, ask, at, zone, "cap")
        ),
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
    yield from _holds(situation, ask, at, zone)
    if ask.channel in situation.opted_out and (stop := _stops(situation, "opt_out", ask, at, zone)):
        yield Obstacle(f"opt_out.{ask.channel}", _release(stop[0], None, zone), stop[0])
    yield from _consents(situation, ask, at, zone)
    yield from _persons(situation, ask, at, zone)
    yield from _points(situation, ask, at, zone)
    if not _in_force(situation, ask, at, zone, "window"):
        yield CLOSED
    yield from _quiet(situation, ask, at, zone)
    yield from _wanted(situation, ask, at, zone)
    yield from _caps(situation, ask, at, zone)
    for rule in _in_force(situation, ask, at, zone, "visit"):
        if ask.people < rule.details.people_min:
            yield _obstacle(rule, None, zone)
    yield from _words(situation, ask, at, zone)


def point_for(situation: Situation, ask: Ask) -> int | None:
    """The number or address to use: the one asked for when it may be used, else the best."""
    usable = [point.id for point in _of_person(situation, ask) if point.number not in situation.refused]
    if ask.point_id is not None:
        return ask.point_id if ask.point_id in usable else None
    return usable[0] if usable else None


def _of_person(situation: Situation, ask: Ask) -> list[Point]:
    kinds = REACHED_BY.get(ask.channel, frozenset())
    return [point for point in situation.points if point.kind in kinds and point.holder == ask.subject]


def _with_point(situation: Situation, ask: Ask) -> Ask:
    return ask._replace(point_id=point_for(situation, ask))


def _stops(situation: Situation, trigger: str, ask: Ask, at: datetime, zone: ZoneInfo) -> list[Rule | None]:
    """The rules by which it stops this contact, the weightiest first; [None] when no rule says what it stops: everything."""
    told = [
        rule
        for rule in _in_force(situation, ask, at, zone, "block", whatever_for=True)
        if trigger in rule.details.stops
    ]
    if not told:
        return [None]
    return [rule for rule in told if not rule.details.purposes or ask.purpose in rule.details.purposes]


def _holds(situation: Situation, ask: Ask, at: datetime, zone: ZoneInfo) -> Iterator[Obstacle]:
    for hold in _holds_in_force(situation, at):
        if hold.kind == ask.despite:
            continue
        if stop := _stops(situation, f"hold.{hold.kind}", ask, at, zone):
            over = start_of_day(situation.house_zone, hold.to_on + timedelta(days=1)) if hold.to_on else None
            yield Obstacle(f"hold.{hold.kind}", _release(stop[0], over, zone), stop[0], hold.kind)


def _holds_in_force(situation: Situation, at: datetime) -> list[HoldFact]:
    today = local_date(situation.house_zone, at)
    return [hold for hold in situation.holds if hold.from_on <= today and (hold.to_on is None or today <= hold.to_on)]


def _consents(situation: Situation, ask: Ask, at: datetime, zone: ZoneInfo) -> Iterator[Obstacle]:
    for rule in _in_force(situation, ask, at, zone, "consent"):
        starts = []
        for need in rule.details.any_of:
            for consent in _open(situation, need.consent, at):
                age = at - consent.from_at
                if need.within_days is not None and age > timedelta(days=need.within_days):
                    continue
                starts.append(consent.from_at + timedelta(days=need.after_days or 0))
        if not starts or min(starts) > at:
            yield _obstacle(rule, min(starts, default=None), zone)


def _open(situation: Situation, kind: str, at: datetime) -> list[ConsentFact]:
    return [
        each
        for each in situation.consents
        if each.kind == kind and each.from_at <= at and (each.to_at is None or at < each.to_at)
    ]


def _persons(situation: Situation, ask: Ask, at: datetime, zone: ZoneInfo) -> Iterator[Obstacle]:
    if ask.subject == BORROWER:
        return
    rules = _in_force(situation, ask, at, zone, "person", whatever_for=True)
    if not rules:
        yield Obstacle("person.unknown", None)
    for rule in rules:
        days = rule.details.unreachable_after
        if ask.purpose not in rule.details.purposes or (
            days is not None and not _cannot_be_asked(situation, days, at, zone)
        ):
            yield _obstacle(rule, None, zone)


def _cannot_be_asked(situation: Situation, days: int, at: datetime, zone: ZoneInfo) -> bool:
    gone = any(hold.kind in NOT_THERE_TO_ASK for hold in _holds_in_force(situation, at))
    return gone or is_unreachable(situation, days, at, zone)


def _points(situation: Situation, ask: Ask, at: datetime, zone: ZoneInfo) -> Iterator[Obstacle]:
    if point_for(situation, ask) is not None:
        return
    theirs = [point for point in _of_person(situation, ask) if ask.point_id in {None, point.id}]
    if theirs:
        named = _stops(situation, "refusal", ask, at, zone)
        yield Obstacle(f"refusal.{ask.subject}", None, named[0] if named else None)
    else:
        yield Obstacle("point.none" if ask.point_id is None else "point.unusable", None)


def _quiet(situation: Situation, ask: Ask, at: datetime, zone: ZoneInfo) -> Iterator[Obstacle]:
    for rule in _binding(situation, ask, at, zone, "window"):
        if rule.is_quiet(wall(zone, at).time()):
            yield _obstacle(rule, _opens(rule, at, zone), zone)
    for rule in _binding(situation, ask, at, zone, "holiday"):
        if rule.is_holiday(local_date(zone, at)):
            yield _obstacle(rule, _after_holidays(rule, local_date(zone, at), zone), zone)


def _wanted(situation: Situation, ask: Ask, at: datetime, zone: ZoneInfo) -> Iterator[Obstacle]:
    """Whoever asked to be called in the evening is not called in the morning."""
    hours = _hours(situation, ask)
    if hours and not hours.has(wall(zone, at).time()):
        yield Obstacle("hours", next_moment(zone, at, hours.opens, hours.has))


def _wanted_until(situation: Situation, ask: Ask, at: datetime, zone: ZoneInfo) -> datetime | None:
    hours = _hours(situation, ask)
    return next_moment(zone, at, hours.closes, lambda clock: not hours.has(clock)) if hours else None


def _hours(situation: Situation, ask: Ask) -> HoursFact | None:
    return situation.hours if ask.subject == BORROWER and ask.channel in SPOKEN else None


def _caps(situation: Situation, ask: Ask, at: datetime, zone: ZoneInfo) -> Iterator[Obstacle]:
    chosen = _with_point(situation, ask)
    for rule in _binding(situation, ask, at, zone, "cap"):
        moments = used(situation, rule, chosen, at, zone)
        if len(moments) >= rule.max_count:
            yield _obstacle(rule, refills(rule, moments, zone), zone)


def _words(situation: Situation, ask: Ask, at: datetime, zone: ZoneInfo) -> Iterator[Obstacle]:
    if not ask.text:
        return
    for rule in _in_force(situation, ask, at, zone, "content"):
        found = None if rule.details.first_only and situation.was_contacted else fault(rule, ask.text, ask.institution)
        if found is not None:
            yield _obstacle(rule, None, zone)._replace(found=found)


def _in_force(
    situation: Situation, ask: Ask, at: datetime, zone: ZoneInfo, kind: str, *, whatever_for: bool = False
) -> tuple[Rule, ...]:
    """The rules of that kind that bind this contact, the weightiest first."""
    purpose = None if whatever_for else ask.purpose
    return situation.rules.binding(kind, ask.channel, ask.subject, purpose, zone.key, local_date(zone, at))


def _binding(situation: Situation, ask: Ask, at: datetime, zone: ZoneInfo, kind: str) -> list[Rule]:
    """The same, without those that a consent of the borrower waives."""
    return [rule for rule in _in_force(situation, ask, at, zone, kind) if not _is_waived(situation, rule, at)]


def _is_waived(situation: Situation, rule: Rule, at: datetime) -> bool:
    most = rule.details.waiver_days
    given = _open(situation, rule.details.waived_by, at) if rule.details.waived_by else []
    return any(most is None or at - each.from_at <= timedelta(days=most) for each in given)


def _obstacle(rule: Rule, release: datetime | None, zone: ZoneInfo) -> Obstacle:
    """A rule that refuses lets go at the latest when it is no longer in force."""
    return Obstacle(rule.code, _release(rule, release, zone), rule)


def _release(rule: Rule | None, release: datetime | None, zone: ZoneInfo) -> datetime | None:
    over = start_of_day(zone, rule.valid_to + timedelta(days=1)) if rule and rule.valid_to else None
    return min((moment for moment in (release, over) if moment), default=None)


def _opens(rule: Rule, at: datetime, zone: ZoneInfo) -> datetime | None:
    assert rule.quiet_to is not None
    return next_moment(zone, at, rule.quiet_to, rule.is_open)


def _after_holidays(rule: Rule, today: date, zone: ZoneInfo) -> datetime | None:
    days = (today + timedelta(days=ahead) for ahead in range(1, HOLIDAYS_IN_A_ROW_MAX))
    return next((start_of_day(zone, day) for day in days if not rule.is_holiday(day)), None)


def _ends(situation: Situation, ask: Ask, at: datetime, zone: ZoneInfo) -> Iterator[tuple[Rule, datetime]]:
    """Until when each rule on quiet hours leaves the way open, the earliest first."""
    found = []
    for rule in _binding(situation, ask, at, zone, "window"):
        assert rule.quiet_from is not None
        end = next_moment(zone, at, rule.quiet_from, partial(Rule.is_quiet, rule))
        if end:
            found.append((rule, end))
    tomorrow = local_date(zone, at) + timedelta(days=1)
    for rule in _binding(situation, ask, at, zone, "holiday"):
        if rule.is_holiday(tomorrow):
            found.append((rule, start_of_day(zone, tomorrow)))
    yield from sorted(found, key=lambda pair: pair[1])
