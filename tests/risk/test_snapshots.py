"""What a night writes down of the portfolio, and what it leaves alone."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client

from behind import TODAY
from lending.models import Loan
from risk.figures import Asked, figures
from risk.models import Flow, MonthEnd, Snapshot
from twelve_loans import END_OF_APRIL, END_OF_FEBRUARY, END_OF_MARCH, UNIT, book_twelve, live_through, night

pytestmark = pytest.mark.django_db


def test_without_the_month_before_a_month_end_says_where_loans_are_and_not_where_they_came_from() -> None:
    book_twelve()
    night(END_OF_MARCH)

    assert set(MonthEnd.objects.values_list("before", flat=True)) == {""}
    assert figures(Asked(END_OF_MARCH))["CNY"].rolled is None
    assert figures(Asked(END_OF_MARCH))["CNY"].months == []


def test_what_was_missed_is_only_told_of_days_of_which_it_is_known_what_fell_due() -> None:
    """The first night comes within the 30 days in which the first instalments are looked at again."""
    book_twelve()
    live_through([date(2026, 2, 18), date(2026, 3, 13)])

    assert not Flow.objects.filter(on=date(2026, 2, 10)).exists()


def test_an_empty_book_has_no_figures() -> None:
    assert night(TODAY) == {"written": 0}
    assert figures(Asked(TODAY)) == {}


def test_a_night_that_dies_leaves_nothing_of_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    book_twelve()
    with monkeypatch.context() as broken:
        broken.setattr("risk.snapshots.rolls", lambda on: [1 // 0])
        with pytest.raises(ZeroDivisionError):
            night(END_OF_FEBRUARY)

    assert not Snapshot.objects.exists()
    assert not MonthEnd.objects.exists()
    assert night(END_OF_FEBRUARY)["written"] > 0


def test_a_loan_that_is_given_up_rolls_into_its_status() -> None:
    book_twelve()
    live_through([END_OF_FEBRUARY, END_OF_MARCH])
    Loan.objects.filter(number="A4").update(status=Loan.Status.WRITTEN_OFF)
    night(END_OF_APRIL)

    row = MonthEnd.objects.get(on=END_OF_APRIL, loan__number="A4")
    assert (row.before, row.bucket, row.principal) == ("M2", "written_off", 400 * UNIT)
    assert figures(Asked(END_OF_APRIL))["CNY"].cohorts[-1].rates[-1] == Fraction(700, 2200)


def test_an_empty_book_says_what_to_do(sign_in: Callable[[str], Client]) -> None:
    assert "The book is empty" in sign_in("manager").get("/portfolio/").content.decode()


@pytest.mark.parametrize("months", [1, 5])
def test_the_page_asks_a_constant_number_of_questions(
    months: int, sign_in: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    book_twelve()
    live_through([date(2026, month, 1) for month in range(2, months + 2)])
    browser = sign_in("manager")
    browser.get("/portfolio/")

    with django_assert_max_num_queries(20):
        assert browser.get("/portfolio/").status_code == 200
