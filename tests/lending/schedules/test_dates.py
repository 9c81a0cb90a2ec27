"""On which days instalments fall due."""

from datetime import date

import pytest

from lending.schedules import MonthEnd, Terms, TermsError, build
from lending.schedules.dates import add_months, due_dates

WEEKEND = {"weekdays": [5, 6]}


def terms(**changes: object) -> Terms:
    return Terms.parse({"principal": 1_200_000, "annual_rate": "24", "periods": 4, "start_on": "2026-01-31", **changes})


def days(**changes: object) -> list[str]:
    return [f"{day:%m-%d}" for day in due_dates(terms(**changes))]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, ["02-28", "03-31", "04-30", "05-31"], id="clamped from the anchor"),
        pytest.param({"month_end": "first_of_next"}, ["03-01", "03-31", "05-01", "05-31"], id="first of next"),
        pytest.param({"start_on": "2028-01-30"}, ["02-29", "03-30", "04-30", "05-30"], id="leap year"),
        pytest.param({"first_due_on": "2026-02-28"}, ["02-28", "03-31", "04-30", "05-31"], id="the default, spelt out"),
        pytest.param({"first_due_on": "2026-03-05"}, ["03-05", "04-05", "05-05", "06-05"], id="anchored to the first"),
        pytest.param({"frequency": "quarterly"}, ["04-30", "07-31", "10-31", "01-31"], id="quarters"),
        pytest.param(
            {"frequency": {"every": 2, "unit": "months"}}, ["03-31", "05-31", "07-31", "09-30"], id="2 months"
        ),
        pytest.param({"frequency": "weekly"}, ["02-07", "02-14", "02-21", "02-28"], id="weeks"),
        pytest.param({"frequency": "biweekly"}, ["02-14", "02-28", "03-14", "03-28"], id="fortnights"),
        pytest.param({"frequency": {"every": 10, "unit": "days"}}, ["02-10", "02-20", "03-02", "03-12"], id="10 days"),
        pytest.param(
            {"frequency": "semimonthly"}, ["02-16", "02-28", "03-16", "03-31"], id="half-months from the 31st"
        ),
        pytest.param(
            {"frequency": "semimonthly", "start_on": "2026-02-01"},
            ["02-16", "03-01", "03-16", "04-01"],
            id="from the 1st",
        ),
        pytest.param(
            {"frequency": "semimonthly", "first_due_on": "2026-02-15"},
            ["02-15", "02-28", "03-15", "03-30"],
            id="15, 30",
        ),
    ],
)
def test_due_dates_are_counted_from_their_anchor(changes: dict[str, object], expected: list[str]) -> None:
    assert days(**changes) == expected


@pytest.mark.parametrize(
    ("move", "expected"),
    [
        ("none", ["02-28", "03-31", "04-30", "05-31"]),
        ("forward", ["03-02", "03-31", "04-30", "06-01"]),
        ("backward", ["02-27", "03-31", "04-30", "05-29"]),
    ],
)
def test_a_due_date_moves_off_a_weekend(move: str, expected: list[str]) -> None:
    assert days(non_working={**WEEKEND, "move": move}) == expected


@pytest.mark.parametrize("weekdays", [[5, 6], [6, 7], ["sat", "Sunday"]])
def test_weekdays_are_numbers_from_monday_or_names(weekdays: list[object]) -> None:
    assert days(non_working={"weekdays": weekdays, "move": "forward"})[0] == "03-02"


def test_a_due_date_moves_over_a_closed_date_and_the_weekend_after_it() -> None:
    holiday = {**WEEKEND, "dates": ["2026-04-30", "2026-05-01"], "move": "forward"}

    assert days(non_working=holiday)[2] == "05-04"


@pytest.mark.parametrize(
    ("day_count", "interest", "expected"),
    [
        ("act/365", "keep", [22_093, 24_460]),
        ("act/365", "move", [23_671, 22_882]),
        ("month/12", "keep", [24_000, 24_000]),
        ("month/12", "move", [25_600, 22_400]),
    ],
)
def test_interest_follows_a_moved_due_date_only_where_it_is_said(
    day_count: str, interest: str, expected: list[int]
) -> None:
    """28 February 2026 is a Saturday: the first period has 28 days, or 30 with the move, the second 31 or 29."""
    moved = terms(
        day_count=day_count, method="interest_only", non_working={**WEEKEND, "move": "forward", "interest": interest}
    )

    assert [row.interest for row in build(moved)[:2]] == expected


@pytest.mark.parametrize(
    ("start", "months", "month_end", "expected"),
    [
        (date(2026, 1, 31), 1, MonthEnd.CLAMP, date(2026, 2, 28)),
        (date(2026, 1, 31), 1, MonthEnd.FIRST_OF_NEXT, date(2026, 3, 1)),
        (date(2026, 3, 31), -1, MonthEnd.CLAMP, date(2026, 2, 28)),
        (date(2026, 12, 31), 2, MonthEnd.FIRST_OF_NEXT, date(2027, 3, 1)),
        (date(1900, 1, 29), 1, MonthEnd.CLAMP, date(1900, 2, 28)),
        (date(2000, 1, 29), 1, MonthEnd.CLAMP, date(2000, 2, 29)),
    ],
)
def test_add_months_keeps_the_day_where_the_month_has_it(
    start: date, months: int, month_end: MonthEnd, expected: date
) -> None:
    assert add_months(start, months, month_end) == expected


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"start_on": "9999-11-30"}, "periods", id="the calendar ends"),
        pytest.param({"start_on": "9999-12-01", "frequency": "weekly", "periods": 5}, "periods", id="in weeks"),
        pytest.param({"non_working": {"weekdays": [*range(7)], "move": "forward"}}, "non_working", id="never open"),
        pytest.param(
            {"frequency": {"every": 1, "unit": "days"}, "non_working": {**WEEKEND, "move": "forward"}},
            "non_working",
            id="two on one day",
        ),
        pytest.param(
            {"first_due_on": "2026-02-01", "non_working": {**WEEKEND, "move": "backward"}},
            "non_working",
            id="before start",
        ),
    ],
)
def test_dates_that_cannot_be_are_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(TermsError) as refusal:
        due_dates(terms(**changes))

    assert refusal.value.field == field
