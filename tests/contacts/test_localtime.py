"""Wall clocks that happen twice, never, or a day late."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from contacts.localtime import changes_on, instants_of, next_moment, start_of_day, wall, zone_of

NEW_YORK = ZoneInfo("America/New_York")
shown = datetime.fromisoformat


def test_a_wall_time_that_happens_twice_has_two_instants() -> None:
    found = instants_of(NEW_YORK, shown("2026-11-01 01:30"))

    assert found == (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC))


def test_a_wall_time_that_is_skipped_has_none() -> None:
    assert instants_of(NEW_YORK, shown("2026-03-08 02:30")) == ()


def test_the_change_of_offset_is_found_to_the_second() -> None:
    assert changes_on(NEW_YORK, date(2026, 3, 8)) == (datetime(2026, 3, 8, 7, tzinfo=UTC),)


def test_a_day_whose_midnight_is_skipped_starts_at_the_change() -> None:
    sao_paulo = ZoneInfo("America/Sao_Paulo")

    start = start_of_day(sao_paulo, date(2018, 11, 4))

    assert wall(sao_paulo, start) == shown("2018-11-04 01:00")


def test_a_day_that_is_skipped_altogether_starts_with_the_next() -> None:
    apia = ZoneInfo("Pacific/Apia")

    assert wall(apia, start_of_day(apia, date(2011, 12, 30))) == shown("2011-12-31 00:00")


def test_opening_in_a_skipped_hour_is_at_the_change() -> None:
    before = datetime(2026, 3, 8, 5, tzinfo=UTC)

    opened = next_moment(NEW_YORK, before, time(2, 30), lambda clock: time(2, 30) <= clock < time(22))

    assert opened is not None
    assert wall(NEW_YORK, opened) == shown("2026-03-08 03:00")


def test_an_unknown_zone_is_none_and_no_error() -> None:
    assert [zone_of(name) for name in ("Mars/Base", "", "../etc/passwd", "/etc")] == [None] * 4
