"""In every time zone that is known, at every change of its clocks: no contact in quiet hours, and the gate opens to the second."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from contacts.facts import Ask, Point, Situation
from contacts.judging import judge
from contacts.localtime import changes_on
from contacts.presets import PRESETS, rules_of
from contacts.rule_sets import house, others, regulation_f
from contacts.rules import Rulebook

ZONES = sorted(available_timezones() - {"localtime"})
SHANGHAI = ZoneInfo("Asia/Shanghai")
STOPS = tuple(preset for preset in house.PRESETS if preset.kind == "block")
BOOKS = {
    "China": (Rulebook(rules_of(PRESETS)), "sms", time(8), time(22)),
    "Regulation F": (Rulebook(rules_of((*regulation_f.PRESETS, *STOPS))), "call", time(8), time(21)),
    "India": (Rulebook(rules_of((*others.INDIA, *STOPS))), "call", time(8), time(19)),
}
"""Rules, a channel that no other hours bind, and the hours between which it is open."""
AROUND = [timedelta(hours=hours, seconds=seconds) for hours in (-13, -8, -1, 0, 1, 6, 12) for seconds in (-1, 0)]
WEEKS_OF_TWO_YEARS = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(weeks=week) for week in range(105)]
ODD_DAYS = [date(2011, 12, 29), date(2011, 12, 30), date(2024, 2, 29)]
"""Among them the day that Samoa never had."""


def _changes(zone: ZoneInfo) -> Iterator[datetime]:
    """The changes of offset within two years."""
    for start in WEEKS_OF_TWO_YEARS:
        if start.astimezone(zone).utcoffset() != (start + timedelta(weeks=1)).astimezone(zone).utcoffset():
            for day in range(8):
                yield from changes_on(zone, (start + timedelta(days=day)).date())


def _moments(zone: ZoneInfo) -> set[datetime]:
    edges = {change + distance for change in _changes(zone) for distance in AROUND}
    plain = {
        datetime.combine(day, time(hour), UTC) for day in (date(2026, 11, 20), *ODD_DAYS) for hour in range(0, 24, 3)
    }
    borders = {
        datetime.combine(date(2026, 11, 20), clock, zone).astimezone(UTC) + timedelta(seconds=seconds)
        for clock in (time(8), time(19), time(21), time(22))
        for seconds in (-1, 0)
    }
    return edges | plain | borders


def test_there_are_more_than_four_hundred_zones() -> None:
    assert len(ZONES) > 400


@pytest.mark.parametrize("name", BOOKS)
def test_no_contact_is_allowed_in_quiet_hours_in_any_zone(name: str) -> None:
    rules, channel, opens, shuts = BOOKS[name]
    ask, wrong = Ask(channel, "service"), []
    for zone in map(ZoneInfo, ZONES):
        situation = Situation(zone=zone, house_zone=SHANGHAI, rules=rules, points=(Point(1, "mobile"),))
        for at in _moments(zone):
            if at.year < 2024 and name != "China":
                continue
            finding = judge(situation, ask, at)
            is_open = opens <= at.astimezone(zone).time() < shuts
            lawful = finding.lawful_at
            assert lawful is not None
            shown, before = lawful.astimezone(zone).time(), (lawful - timedelta(seconds=1)).astimezone(zone).time()
            is_first = lawful == at or not opens <= before < shuts
            if (finding.obstacle is None) != is_open or not opens <= shown < shuts or not is_first:
                wrong.append((zone.key, at, finding))

    assert wrong == []
