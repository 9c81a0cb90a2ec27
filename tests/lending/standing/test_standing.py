"""Standing: days past due, what is due, what settles the loan, worked by hand."""

from datetime import date

import pytest

from lending.allocation import PRESETS, AllocationBy, Component
from lending.standing import AllocationFact, standing
from tests.lending.standing.conftest import LoanFactory

QUARTER = [("2025-02-01", 100_00, 30_00), ("2025-03-01", 100_00, 20_00), ("2025-04-01", 100_00, 10_00)]
"""Three rows of a loan of 300.00 from 1 January 2025."""


def test_v32_days_past_due_are_calendar_days(loan: LoanFactory) -> None:
    facts = loan([("2025-03-10", 100_00, 0)])

    assert standing(facts, date(2025, 6, 10)).days_past_due == 92
    assert standing(facts, date(2025, 6, 10)).bucket == "M4"


@pytest.mark.parametrize(
    ("day_zero", "on", "days", "overdue"),
    [
        (True, "2025-01-31", 0, 0),
        (True, "2025-02-01", 0, 0),
        (True, "2025-02-02", 1, 100_00),
        (False, "2025-01-31", 0, 0),
        (False, "2025-02-01", 1, 100_00),
        (False, "2025-02-02", 2, 100_00),
    ],
)
def test_the_due_day_counts_as_day_zero_or_day_one(
    loan: LoanFactory, day_zero: bool, on: str, days: int, overdue: int
) -> None:
    state = standing(loan(QUARTER, day_zero=day_zero), date.fromisoformat(on))

    assert (state.days_past_due, state.overdue_principal) == (days, overdue)


def test_a_loan_in_arrears_shows_its_parts(loan: LoanFactory) -> None:
    """As of 15 March 2025, 150.00 paid on 1 February.

    | row | due | principal | interest | paid |
    | 1 | 1 Feb | 100.00 | 30.00 | 130.00 |
    | 2 | 1 Mar | 100.00 | 20.00 | 20.00 interest, ahead |
    | 3 | 1 Apr | 100.00 | 10.00 | |

    Running interest of row 3: 10.00 x 14 of 31 days = 4.516, so 4.52; pay-off 200.00 + 0 + 4.52.
    """
    state = standing(loan(QUARTER, [("2025-02-01", 150_00)]), date(2025, 3, 15))

    assert (state.days_past_due, state.oldest_due_on) == (14, date(2025, 3, 1))
    assert (state.overdue_principal, state.overdue_interest) == (100_00, 0)
    assert (state.outstanding_principal, state.payoff) == (200_00, 204_52)
    assert (state.next_due_on, state.next_due_amount) == (date(2025, 4, 1), 110_00)
    assert [row.settled_on for row in state.instalments] == [date(2025, 2, 1), None, None]
    assert state.allocations == (
        AllocationFact(1, 1, Component.INTEREST, 30_00),
        AllocationFact(1, 1, Component.PRINCIPAL, 100_00),
        AllocationFact(1, 2, Component.INTEREST, 20_00),
    )


def test_a_payment_counts_from_its_value_day(loan: LoanFactory) -> None:
    facts = loan(QUARTER, [("2025-02-20", 130_00)])

    assert standing(facts, date(2025, 2, 19)).days_past_due == 18
    assert standing(facts, date(2025, 2, 20)).days_past_due == 0


def test_an_instalment_due_today_is_next_and_not_overdue(loan: LoanFactory) -> None:
    state = standing(loan(QUARTER), date(2025, 2, 1))

    assert (state.next_due_on, state.next_due_amount) == (date(2025, 2, 1), 130_00)
    assert (state.oldest_due_on, state.payoff) == (None, 330_00)


@pytest.mark.parametrize("day_zero", [True, False])
def test_the_interest_of_a_row_due_today_is_in_the_payoff_once(loan: LoanFactory, day_zero: bool) -> None:
    assert standing(loan(QUARTER, day_zero=day_zero), date(2025, 2, 1)).payoff == 330_00


def test_payoff_on_the_first_day_is_the_principal(loan: LoanFactory) -> None:
    assert standing(loan(QUARTER), date(2025, 1, 1)).payoff == 300_00


def test_paying_everything_scheduled_early_pays_the_loan_off(loan: LoanFactory) -> None:
    state = standing(loan(QUARTER, [("2025-01-10", 360_00)]), date(2025, 6, 1))

    assert (state.paid_off_on, state.payoff, state.days_past_due) == (date(2025, 1, 10), 0, 0)
    assert (state.next_due_on, state.next_due_amount) == (None, 0)


def test_more_than_everything_is_held_unapplied(loan: LoanFactory) -> None:
    state = standing(loan(QUARTER, [("2025-02-01", 200_00), ("2025-03-01", 200_00)]), date(2025, 6, 1))

    assert (state.unapplied, state.payoff, state.outstanding_principal) == (40_00, 0, 0)
    assert sum(part.amount for part in state.allocations) == 360_00


def test_penalty_alone_keeps_a_loan_open_but_not_past_due(loan: LoanFactory) -> None:
    """Principal first: 100.00 on day 10 leaves the penalty of 10 x 0.10 standing, paid on day 20."""
    facts = loan(
        [("2025-02-01", 100_00, 0)],
        [("2025-02-11", 100_00), ("2025-02-21", 1_00)],
        penalty_rate_ppm=360_000,
        allocation=PRESETS["card_from_91"],
    )

    between = standing(facts, date(2025, 2, 20))

    assert (between.penalty, between.payoff, between.days_past_due) == (1_00, 1_00, 0)
    assert between.paid_off_on is None
    assert standing(facts, date(2025, 2, 21)).paid_off_on == date(2025, 2, 21)


def test_cents_within_the_tolerance_do_not_count_as_days_past_due(loan: LoanFactory) -> None:
    facts = loan(QUARTER, [("2025-02-01", 129_50)], tolerance_amount=50)

    state = standing(facts, date(2025, 3, 5))

    assert (state.days_past_due, state.oldest_due_on) == (4, date(2025, 3, 1))
    assert state.overdue_principal == 100_50


def test_by_component_interest_of_every_due_row_goes_first(loan: LoanFactory) -> None:
    facts = loan(QUARTER, [("2025-03-02", 140_00)], allocation_by=AllocationBy.COMPONENT)

    rows = standing(facts, date(2025, 3, 2)).instalments

    assert [(row.paid_interest, row.paid_principal) for row in rows] == [(30_00, 90_00), (20_00, 0), (0, 0)]


def test_a_row_due_on_the_value_day_is_due_and_not_ahead(loan: LoanFactory) -> None:
    facts = loan(QUARTER, [("2025-03-01", 140_00)], allocation_by=AllocationBy.COMPONENT)

    rows = standing(facts, date(2025, 3, 1)).instalments

    assert [(row.paid_interest, row.paid_principal) for row in rows] == [(30_00, 90_00), (20_00, 0), (0, 0)]


def test_after_the_last_due_day_no_interest_runs(loan: LoanFactory) -> None:
    assert standing(loan(QUARTER), date(2026, 1, 1)).payoff == 360_00


def test_a_bullet_loan_counts_from_its_only_due_day(loan: LoanFactory) -> None:
    facts = loan([("2016-10-07", 1000_00, 0)], start="2016-09-08")

    assert standing(facts, date(2016, 12, 8)).days_past_due == 62


def test_before_it_starts_a_loan_owes_its_principal_and_nothing_is_due(loan: LoanFactory) -> None:
    state = standing(loan(QUARTER), date(2024, 12, 1))

    assert (state.days_past_due, state.payoff, state.bucket) == (0, 300_00, "M0")


def test_interest_paid_ahead_of_its_days_is_not_given_back(loan: LoanFactory) -> None:
    state = standing(loan(QUARTER, [("2025-01-02", 30_00)]), date(2025, 1, 2))

    assert (state.instalments[0].paid_interest, state.payoff) == (30_00, 300_00)


def test_a_loan_that_asks_for_nothing_is_paid_off_from_its_start(loan: LoanFactory) -> None:
    assert standing(loan([("2025-02-01", 0, 0)]), date(2025, 3, 1)).paid_off_on == date(2025, 1, 1)
