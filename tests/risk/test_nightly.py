"""Scores are made anew for whom something changed, and for nobody else."""

from datetime import date, timedelta
from typing import Any

import pytest

from behind import NOW, TODAY, close_book, make_loan, pay
from lending.models import Borrower
from reachable import make_borrower
from risk import nightly
from risk.gathering import gather
from risk.models import BorrowerRisk, Unscored
from risk.observe import PROMISE_BROKEN, observe

pytestmark = pytest.mark.django_db
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def late() -> Borrower:
    """Ten days past due, and scored as of today."""
    borrower = make_borrower("B1", phone=None)
    make_loan(borrower, days=10)
    close_book(TODAY)
    nightly.run(on=TODAY, at=NOW)
    return borrower


def night(on: date, **how: Any) -> dict[str, int]:
    """The scores' part alone: the book has rewritten no row of arrears."""
    return nightly.run(on=on, at=NOW, **how)


def test_a_borrower_whom_nothing_happened_to_is_not_looked_at(late: Borrower) -> None:
    assert night(TOMORROW) == {"scored": 0, "written": 0}
    assert night(TOMORROW, everybody=True) == {"scored": 1, "written": 0}


def test_a_score_holds_until_the_first_day_on_which_time_changes_it(late: Borrower) -> None:
    """More than thirty days past due on the thirty-first."""
    until = BorrowerRisk.objects.get().holds_until
    assert until == TODAY + timedelta(days=21)

    assert night(until - timedelta(days=1))["scored"] == 0
    assert night(until) == {"scored": 1, "written": 1}
    assert "months_behind" in [reason["code"] for reason in BorrowerRisk.objects.get().reasons]


def test_what_is_told_of_a_borrower_is_scored_the_next_night(late: Borrower) -> None:
    observe(late, PROMISE_BROKEN, "", TODAY)

    assert night(TOMORROW) == {"scored": 1, "written": 1}
    assert BorrowerRisk.objects.get().as_of == TOMORROW
    assert not Unscored.objects.exists()


def test_money_is_scored_the_next_night_and_again_when_it_is_no_longer_recent(late: Borrower) -> None:
    pay(late.loans.get(), 1_000, value_on=TODAY)

    assert night(TOMORROW)["written"] == 1
    assert "paid_lately" in [reason["code"] for reason in BorrowerRisk.objects.get().reasons]
    assert night(TODAY + timedelta(days=30))["written"] == 1
    assert "paid_lately" not in [reason["code"] for reason in BorrowerRisk.objects.get().reasons]


def test_a_loan_that_is_booked_is_scored_the_next_night(late: Borrower) -> None:
    make_loan(late, number="L-second", days=-5)

    assert night(TOMORROW)["scored"] == 1
    assert BorrowerRisk.objects.get().holds_until == TODAY + timedelta(days=6)


def test_word_of_a_borrower_who_was_never_behind_is_dropped() -> None:
    punctual = make_borrower("B2", phone=None)
    observe(punctual, PROMISE_BROKEN, "", TODAY)

    assert night(TOMORROW) == {"scored": 0, "written": 0}
    assert not Unscored.objects.exists()


def test_word_that_comes_while_a_night_scores_waits_for_the_next(
    late: Borrower, monkeypatch: pytest.MonkeyPatch
) -> None:
    observe(late, PROMISE_BROKEN, "", TODAY)

    def then_another_comes(*asked: Any) -> Any:
        found = gather(*asked)
        observe(late, PROMISE_BROKEN, "", TODAY)
        return found

    monkeypatch.setattr("risk.nightly.gather", then_another_comes)
    night(TOMORROW)

    assert Unscored.objects.count() == 1


def test_a_score_that_did_not_change_keeps_its_day(late: Borrower) -> None:
    Unscored.objects.create(borrower=late)

    assert night(TOMORROW) == {"scored": 1, "written": 0}
    assert BorrowerRisk.objects.get().as_of == TODAY


def test_more_borrowers_cost_no_more_queries(django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        make_loan(make_borrower(f"B{number}", phone=None), days=10)
    close_book(TODAY)

    with django_assert_max_num_queries(25):
        night(TODAY)
