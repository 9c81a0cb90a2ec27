"""The rates of twelve loans worked out by hand (`twelve_loans`): from facts through nights and tables to the exact fraction."""

from datetime import date
from fractions import Fraction

import pytest

from risk.figures import Asked, Figures, Month, figures
from risk.models import Flow, MonthEnd, Roll, Snapshot
from twelve_loans import (
    END_OF_APRIL,
    END_OF_FEBRUARY,
    END_OF_JANUARY,
    END_OF_MARCH,
    UNIT,
    night,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lived")]
HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


def found(on: date = END_OF_APRIL, **narrowed: str) -> Figures:
    return figures(Asked(on, **narrowed))["CNY"]


def month(on: date) -> Month:
    return next(month for month in found().months if month.on == on)


def principal(on: date) -> dict[str, int]:
    rows = Snapshot.objects.filter(on=on).values_list("bucket", "principal")
    sums: dict[str, int] = {}
    for bucket, left in rows:
        sums[bucket] = sums.get(bucket, 0) + left // UNIT
    return sums


def test_the_balance_of_each_bucket_as_each_month_ends() -> None:
    assert principal(END_OF_JANUARY) == {"M0": 2200}
    assert principal(END_OF_FEBRUARY) == {"M0": 300 + 300 + 300 + 6 * 400, "M1": 400 + 400 + 200}
    assert principal(END_OF_MARCH) == {"M0": 3 * 200 + 4 * 300, "M1": 300 + 400 + 400, "M2": 400, "paid": 0}
    assert principal(END_OF_APRIL) == {"M0": 3 * 100 + 3 * 200, "M1": 300 + 250, "M2": 300 + 400, "M3": 400, "paid": 0}


def test_a_loan_in_arrears_has_a_row_at_both_ends_of_the_month_and_one_that_was_always_current_has_none() -> None:
    rows = MonthEnd.objects.filter(on=END_OF_MARCH).order_by("loan__number")

    assert list(rows.values_list("loan__number", "before", "bucket", "principal", "collected")) == [
        ("A3", "M0", "M1", 300 * UNIT, 0),
        ("A4", "M1", "M2", 400 * UNIT, 0),
        ("A5", "M1", "M0", 200 * UNIT, 200 * UNIT),
        ("A6", "M1", "paid", 0, 200 * UNIT),
        ("B4", "M0", "M1", 400 * UNIT, 0),
        ("B5", "M0", "M1", 400 * UNIT, 0),
    ]


def test_rolls_of_march() -> None:
    """M0 began with 3,300: 1,100 went behind, 1,600 stayed (of 1,800 at the end 200 were cured), 600 were repaid."""
    rolled = found(END_OF_MARCH).rolled

    assert rolled
    assert rolled.on == END_OF_MARCH
    assert rolled.matrix == {
        "M0": {"M0": Fraction(1600, 3300), "M1": Fraction(1100, 3300)},
        "M1": {"M0": Fraction(200, 1000), "M2": Fraction(400, 1000)},
    }
    assert [(step.before, step.rate) for step in rolled.chain[:3]] == [
        ("M0", THIRD),
        ("M1", Fraction(2, 5)),
        ("M2", None),
    ]


def test_rolls_of_april() -> None:
    """M1 began with 1,100 (A3, B4, B5): A3 and B4 rolled on, of B5 300 stayed. M0 began with 1,800: 250 of B6 went behind."""
    rolled = found().rolled

    assert rolled
    assert rolled.matrix == {
        "M0": {"M0": Fraction(900, 1800), "M1": Fraction(250, 1800)},
        "M1": {"M1": Fraction(300, 1100), "M2": Fraction(700, 1100)},
        "M2": {"M3": Fraction(1)},
    }
    assert [step.rate for step in rolled.chain[:4]] == [Fraction(550, 1800), Fraction(700, 1100), Fraction(1), None]


def test_vintages_by_months_on_book() -> None:
    """A: 2,200 lent, A4 is 30+ after two months, A3 and A4 after three. B: 2,400 lent, B4 is 30+ after two months."""
    cohorts = {cohort.began_in: cohort for cohort in found().cohorts}

    assert {began_in: cohort.lent // UNIT for began_in, cohort in cohorts.items()} == {
        date(2026, 2, 1): 2400,
        date(2026, 1, 1): 2200,
    }
    assert cohorts[date(2026, 1, 1)].rates == [0, 0, Fraction(400, 2200), Fraction(700, 2200)]
    assert cohorts[date(2026, 2, 1)].rates == [0, 0, Fraction(400, 2400)]


def test_entry_into_collection() -> None:
    """Due in February 6 x 100, unpaid that day A4 A5 A6. In March 12 x 100: those, A3, B3, B4, B5. In April 11 x 100: A3 A4 B4 B5 B6."""
    assert [month.entry for month in found().months] == [HALF, Fraction(700, 1200), Fraction(500, 1100)]


def test_first_payment_default() -> None:
    """A: three of six never paid their first in time, nor within 30 days. B: three of six on the day, B3 pays on the fourth."""
    assert (month(END_OF_FEBRUARY).fpd, month(END_OF_FEBRUARY).fpd7, month(END_OF_FEBRUARY).fpd30) == (HALF, HALF, HALF)
    assert (month(END_OF_MARCH).fpd, month(END_OF_MARCH).fpd7, month(END_OF_MARCH).fpd30) == (HALF, THIRD, THIRD)


def test_a_first_payment_rate_is_not_told_before_the_days_of_its_whole_month_are_over() -> None:
    march = next(month for month in found(END_OF_MARCH).months if month.on == END_OF_MARCH)

    assert (march.fpd, march.fpd7, march.fpd30) == (HALF, None, None)


def test_cures_and_recovery() -> None:
    """March begins with A4 A5 A6 and 300 past due: A5 and A6 are cured and pay 400. April with A3 A4 B4 B5 and 500: B5 pays 100."""
    assert (month(END_OF_FEBRUARY).cured, month(END_OF_FEBRUARY).recovered) == (None, None)
    assert (month(END_OF_MARCH).cured, month(END_OF_MARCH).recovered) == (Fraction(2, 3), Fraction(400, 300))
    assert (month(END_OF_APRIL).cured, month(END_OF_APRIL).recovered) == (Fraction(0), Fraction(100, 500))


def test_figures_of_one_funder_are_those_of_its_loans() -> None:
    south = found(funder="south")

    assert [month.entry for month in south.months] == [HALF, HALF]
    assert [cohort.began_in for cohort in south.cohorts] == [date(2026, 2, 1)]
    assert figures(Asked(END_OF_APRIL, product="another")) == {}


def test_a_past_day_knows_nothing_of_what_came_after() -> None:
    as_of_then = found(END_OF_MARCH)

    assert [month.on for month in as_of_then.months] == [END_OF_FEBRUARY, END_OF_MARCH]
    assert as_of_then.cohorts[-1].rates == [0, 0, Fraction(400, 2200)]


def test_the_same_night_again_writes_nothing() -> None:
    tables = (Snapshot, MonthEnd, Roll, Flow)
    counts = [table.objects.count() for table in tables]

    assert night(END_OF_APRIL) == {"written": 0}
    assert [table.objects.count() for table in tables] == counts
