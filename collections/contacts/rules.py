"""A rule of the gate as a value: whom it binds, when, and by how much. What each kind says beside its limits stands in `Details`.

A rule is dated twice: by the days for which it was written, and by the next version of the same rule, which ends it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from typing import Any, NamedTuple

STANDINGS = ("law", "self_regulation", "house")
"""The weightier first: of two rules that refuse, the weightier is the one that is named."""


class Need(NamedTuple):
    """A consent that opens the way: at most `within_days` old, or standing for `after_days` already."""

    consent: str
    within_days: int | None = None
    after_days: int | None = None


class Details(NamedTuple):
    """What a rule says by its kind. An empty set binds everybody, every purpose, every zone.

    Caps: `per_number`, `rolling_minutes` (a sliding window instead of calendar days), `for_good` (all
    there ever was), `uncounted` outcomes, `counts_inbound`.
    Windows, holidays and caps: `waived_by` a consent at most `waiver_days` old. Holidays: `dates`, `weekdays` (0 is Monday).
    Blocks: what they `stop` (a hold, an opt-out, a refusal). Persons: `unreachable_after` days of failed tries.
    Consents: one of `any_of`. Visits: `people_min`. Wording: `banned` phrases, and of each group in `required` one;
    `first_only` asks it of the first contact alone.
    """

    subjects: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    waived_by: str = ""
    waiver_days: int | None = None
    per_number: bool = False
    rolling_minutes: int | None = None
    for_good: bool = False
    uncounted: frozenset[str] = frozenset()
    counts_inbound: bool = False
    dates: frozenset[date] = frozenset()
    weekdays: frozenset[int] = frozenset()
    stops: frozenset[str] = frozenset()
    unreachable_after: int | None = None
    any_of: tuple[Need, ...] = ()
    people_min: int = 0
    banned: tuple[str, ...] = ()
    required: tuple[tuple[str, ...], ...] = ()
    first_only: bool = False


class Rule(NamedTuple):
    """A dated rule: quiet hours `[quiet_from, quiet_to)` of the local clock, at most `max_count` in `period_days`, or its details."""

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
    details: Details = Details()

    def binds(self, channel: str, day: date) -> bool:
        in_force = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        return in_force and (not self.channels or channel in self.channels)

    def concerns(self, subject: str, zone: str) -> bool:
        """Whether it speaks of that kind of person, living by that clock."""
        told = self.details
        return (not told.subjects or subject in told.subjects) and (not told.zones or zone in told.zones)

    def is_quiet(self, clock: time) -> bool:
        if self.quiet_from is None or self.quiet_to is None:
            return False
        if self.quiet_from < self.quiet_to:
            return self.quiet_from <= clock < self.quiet_to
        return clock >= self.quiet_from or clock < self.quiet_to

    def is_open(self, clock: time) -> bool:
        return not self.is_quiet(clock)

    def is_holiday(self, day: date) -> bool:
        return day in self.details.dates or day.weekday() in self.details.weekdays


class Rulebook:
    """Rules that stand together. What binds a kind of contact on a day is looked up once, however many ask."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.rules = tuple(rules)
        self._by_kind: defaultdict[str, list[Rule]] = defaultdict(list)
        for rule in sorted(self.rules, key=lambda rule: (STANDINGS.index(rule.standing), rule.code)):
            self._by_kind[rule.kind].append(rule)
        self._found: dict[tuple[str, str, str, str | None, str, date], tuple[Rule, ...]] = {}

    def binding(
        self, kind: str, channel: str, subject: str, purpose: str | None, zone: str, day: date
    ) -> tuple[Rule, ...]:
        """The rules of that kind that bind such a contact, the weightiest first; purpose None: whatever it is for."""
        key = (kind, channel, subject, purpose, zone, day)
        if key not in self._found:
            self._found[key] = tuple(
                rule
                for rule in self._by_kind[kind]
                if rule.binds(channel, day)
                and rule.concerns(subject, zone)
                and (purpose is None or not rule.details.purposes or purpose in rule.details.purposes)
            )
        return self._found[key]


def details_of(told: Mapping[str, Any]) -> Details:
    """The details as they are kept; ValueError, TypeError and KeyError when they cannot be read."""
    unknown = set(told) - set(Details._fields)
    if unknown:
        raise ValueError(", ".join(sorted(unknown)))
    sets: dict[str, Any] = {
        name: frozenset(told[name])
        for name in ("subjects", "purposes", "zones", "uncounted", "weekdays", "stops")
        if name in told
    }
    plain = {
        name: told[name]
        for name in ("waived_by", "waiver_days", "per_number", "rolling_minutes", "for_good", "counts_inbound",
                     "unreachable_after", "people_min", "first_only")
        if name in told
    }  # fmt: skip
    return Details(
        **sets,
        **plain,
        dates=frozenset(date.fromisoformat(day) for day in told.get("dates", ())),
        any_of=tuple(Need(**need) for need in told.get("any_of", ())),
        banned=tuple(told.get("banned", ())),
        required=tuple(tuple(group) for group in told.get("required", ())),
    )


def in_succession(rows: Iterable[tuple[str, Rule, bool]]) -> tuple[Rule, ...]:
    """Rules of `(rule set, rule, is it withdrawn)`, each ended by the day before the next version of the same code."""
    versions: defaultdict[tuple[str, str], list[tuple[Rule, bool]]] = defaultdict(list)
    for rule_set, rule, is_off in rows:
        versions[rule_set, rule.code].append((rule, is_off))
    found = []
    for theirs in versions.values():
        theirs.sort(key=lambda version: version[0].valid_from)
        for (rule, is_off), (following, _off) in zip(theirs, [*theirs[1:], (None, False)], strict=True):
            last = following.valid_from - timedelta(days=1) if following else None
            ends = [day for day in (rule.valid_to, last) if day]
            if not is_off:
                found.append(rule._replace(valid_to=min(ends, default=None)))
    return tuple(found)
