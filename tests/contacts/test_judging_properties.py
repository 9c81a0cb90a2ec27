"""For any zone, instant and history: nothing allowed is quiet or over a cap, and the next lawful moment is lawful and the first."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.facts import Ask, HoldFact, Past, Point, Situation
from contacts.judging import judge, obstacles
from contacts.localtime import local_date, wall
from contacts.presets import PRESETS, rules_of
from contacts.rules import Rulebook

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = sorted(available_timezones())
CHANGING = ["America/New_York", "Europe/London", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Beirut",
            "America/St_Johns", "Pacific/Apia", "Pacific/Kiritimati", "America/Havana", "Antarctica/Troll"]  # fmt: skip
START = datetime(2005, 1, 1, tzinfo=UTC)
YEARS_22_MINUTES = 22 * 365 * 24 * 60


RULES = Rulebook(rules_of(PRESETS))
zones = st.one_of(st.sampled_from(CHANGING), st.sampled_from(ZONES)).map(ZoneInfo)
instants = st.integers(0, YEARS_22_MINUTES).map(lambda minutes: START + timedelta(minutes=minutes))
asks = st.builds(
    Ask, st.sampled_from(["call", "sms"]), st.sampled_from(["reminder", "demand", "service", "legal"]), st.none(),
    subject=st.just("borrower"), people=st.just(0), text=st.just(""), institution=st.just(()),
    despite=st.just(""),
)  # fmt: skip
histories = st.lists(
    st.tuples(st.sampled_from(["call", "sms"]), st.integers(-9 * 1440, 120), st.booleans()), max_size=14
)
hold_days = st.lists(
    st.tuples(st.sampled_from(["dispute", "illness"]), st.integers(-3, 3), st.integers(0, 4)), max_size=2
)


def _situation(
    zone: ZoneInfo, at: datetime, history: list[tuple[str, int, bool]], holds: list[tuple[str, int, int]]
) -> Situation:
    today = local_date(SHANGHAI, at)
    return Situation(
        zone=zone,
        house_zone=SHANGHAI,
        rules=RULES,
        points=(Point(1, "mobile"),),
        past=tuple(
            Past(channel, at + timedelta(minutes=minutes), connected) for channel, minutes, connected in history
        ),
        holds=tuple(
            HoldFact(kind, today + timedelta(days=start), today + timedelta(days=start + length))
            for kind, start, length in holds
        ),
    )


def _is_quiet(zone: ZoneInfo, at: datetime, channel: str) -> bool:
    hour = wall(zone, at).hour
    return hour < 8 or hour >= (20 if channel == "call" else 22)


def _counts(situation: Situation, zone: ZoneInfo, at: datetime, channel: str) -> tuple[int, int, int]:
    """Today's contacts, today's connected ones, and those of seven days."""
    today = local_date(zone, at)
    same = [contact for contact in situation.past if contact.channel == channel]
    days = [(local_date(zone, contact.at), contact.is_connected) for contact in same]
    week = sum(today - timedelta(days=6) <= day <= today for day, _connected in days)
    return sum(day == today for day, _c in days), sum(day == today and c for day, c in days), week


@settings(max_examples=400, deadline=None)
@given(zones, instants, asks, histories, hold_days)
def test_what_is_allowed_is_neither_quiet_nor_over_a_cap(
    zone: ZoneInfo, at: datetime, ask: Ask, history: list[tuple[str, int, bool]], holds: list[tuple[str, int, int]]
) -> None:
    situation = _situation(zone, at, history, holds)

    finding = judge(situation, ask, at)

    for moment in [at] if finding.obstacle is None else [finding.lawful_at] if finding.lawful_at else []:
        today, connected, week = _counts(situation, zone, moment, ask.channel)
        assert not _is_quiet(zone, moment, ask.channel)
        assert (today < 6 and connected < 3) if ask.channel == "call" else (today < 2 and week < 7)


@settings(max_examples=300, deadline=None)
@given(zones, instants, asks, histories, hold_days)
def test_the_next_lawful_moment_is_lawful_and_none_before_it_is(
    zone: ZoneInfo, at: datetime, ask: Ask, history: list[tuple[str, int, bool]], holds: list[tuple[str, int, int]]
) -> None:
    situation = _situation(zone, at, history, holds)

    lawful_at = judge(situation, ask, at).lawful_at

    assert lawful_at is not None
    assert judge(situation, ask, lawful_at).obstacle is None
    before = [at + (lawful_at - at) * share / 60 for share in range(60)] + [lawful_at - timedelta(seconds=1)]
    assert all(any(obstacles(situation, ask, moment)) for moment in before if at <= moment < lawful_at)


@settings(max_examples=200, deadline=None)
@given(zones, instants)
def test_an_open_way_ends_when_it_is_said_to_end(zone: ZoneInfo, at: datetime) -> None:
    situation, ask = _situation(zone, at, [], []), Ask("call", "demand")

    for rule, end in judge(situation, ask, at).ends:
        assert end > at
        assert rule.is_quiet(wall(zone, end).time())
        assert not rule.is_quiet(wall(zone, end - timedelta(seconds=1)).time())
