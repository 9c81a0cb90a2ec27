"""What a cap counts, and when it lets go: pure functions of past contacts, over every agent, team, agency and channel it names."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from contacts.facts import Ask, Past, Situation
from contacts.localtime import local_date, start_of_day
from contacts.rules import Rule

ANSWERED = frozenset({"right_party", "other_person"})
STRANGER = "other_person"


def used(situation: Situation, rule: Rule, ask: Ask, at: datetime, zone: ZoneInfo) -> list[datetime]:
    """The contacts that the cap counts at that instant, newest first.

    Later ones count as well: a later hour of the same day, or whatever a clock that is ahead has written, so two clocks a
    little apart cannot both take the last place.
    """
    since = None if rule.details.rolling_minutes is None else at - timedelta(minutes=rule.details.rolling_minutes)
    today = local_date(zone, at)
    first = today - timedelta(days=rule.period_days - 1)

    def is_inside(then: datetime) -> bool:
        if rule.details.for_good:
            return True
        return then > since if since else first <= local_date(zone, then) <= today

    return sorted((past.at for past in _counted(situation, rule, ask) if is_inside(past.at)), reverse=True)


def refills(rule: Rule, moments: list[datetime], zone: ZoneInfo) -> datetime | None:
    """The first instant at which the period no longer holds as many as the cap; `moments` newest first."""
    if rule.max_count == 0 or rule.details.for_good:
        return None
    leaves = moments[rule.max_count - 1]
    if rule.details.rolling_minutes is not None:
        return leaves + timedelta(minutes=rule.details.rolling_minutes)
    return start_of_day(zone, local_date(zone, leaves) + timedelta(days=rule.period_days))


def is_unreachable(situation: Situation, ask_after: int, at: datetime, zone: ZoneInfo) -> bool:
    """No number of the borrower's own may be used, or the last tries failed on that many days, one after the other."""
    if not any(point.holder == "borrower" for point in situation.points):
        return True
    days: set[date] = set()
    tries = [past for past in situation.past if past.subject == "borrower" and past.at <= at]
    for past in sorted(tries, key=lambda each: each.at, reverse=True):
        if past.is_connected or past.is_inbound:
            break
        if past.channel == "call":
            days.add(local_date(zone, past.at))
    return len(days) >= ask_after


def _counted(situation: Situation, rule: Rule, ask: Ask) -> Iterator[Past]:
    told = rule.details
    number = _number(situation, ask) if told.per_number else ""
    for past in situation.past:
        if rule.channels and past.channel not in rule.channels:
            continue
        if told.subjects and past.subject not in told.subjects:
            continue
        if past.is_inbound and not told.counts_inbound:
            continue
        if told.per_number and past.number and past.number != number:
            continue
        if past.outcome not in told.uncounted and _is_of(rule.unit, past):
            yield past


def _is_of(unit: str, past: Past) -> bool:
    match unit:
        case "connected":
            return past.is_connected
        case "conversation":
            return past.is_connected and past.outcome != STRANGER
        case "unanswered":
            return past.outcome not in ANSWERED
    return True


def _number(situation: Situation, ask: Ask) -> str:
    """The number that would be used; the gate has chosen it before it counts."""
    return next((point.number for point in situation.points if point.id == ask.point_id), "")
