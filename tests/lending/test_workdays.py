"""Working days, with those that China makes up for."""

from datetime import date

from lending.workdays import is_working_day, working_days_after


def test_a_make_up_saturday_is_a_working_day() -> None:
    assert is_working_day(date(2026, 2, 14))


def test_a_monday_of_the_spring_festival_is_none() -> None:
    assert not is_working_day(date(2026, 2, 16))


def test_two_working_days_after_a_thursday_end_on_monday() -> None:
    assert working_days_after(date(2016, 12, 8), 2) == date(2016, 12, 12)


def test_days_off_are_jumped_over() -> None:
    assert working_days_after(date(2026, 9, 30), 1) == date(2026, 10, 8)
