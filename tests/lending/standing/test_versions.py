"""Later schedule versions: what was paid stays with its instalment, what was accrued stays accrued."""

from datetime import date

import pytest

from lending.allocation import Component
from lending.standing import AllocationFact, standing
from tests.lending.standing.conftest import LoanFactory

FIRST = [("2025-02-01", 100_00, 30_00), ("2025-03-01", 100_00, 20_00), ("2025-04-01", 100_00, 10_00)]
DEFERRED = [("2025-02-01", 100_00, 30_00), ("2025-05-01", 100_00, 20_00), ("2025-06-01", 100_00, 10_00)]


def test_a_deferral_takes_the_loan_out_of_arrears_from_its_day_on(loan: LoanFactory) -> None:
    facts = loan(FIRST, [("2025-02-01", 130_00)], later=[("2025-03-11", DEFERRED)])

    assert standing(facts, date(2025, 3, 10)).days_past_due == 9
    assert standing(facts, date(2025, 3, 11)).days_past_due == 0
    assert standing(facts, date(2025, 3, 11)).next_due_on == date(2025, 5, 1)


def test_penalty_accrued_before_a_deferral_stays_and_stops_growing(loan: LoanFactory) -> None:
    facts = loan(FIRST, [("2025-02-01", 130_00)], later=[("2025-03-11", DEFERRED)], penalty_rate_ppm=360_000)

    assert [standing(facts, date(2025, 3, day)).penalty for day in (1, 2, 11, 31)] == [0, 10, 1_00, 1_00]


def test_back_days_of_a_grace_that_a_deferral_ended_are_never_charged(loan: LoanFactory) -> None:
    facts = loan(
        FIRST,
        [("2025-02-01", 130_00)],
        later=[("2025-03-04", DEFERRED)],
        penalty_rate_ppm=360_000,
        grace_days=5,
        grace_excuses=False,
    )

    assert standing(facts, date(2025, 5, 6)).penalty == 0
    assert standing(facts, date(2025, 5, 7)).penalty == 60


def test_versions_count_in_the_order_of_their_days_however_they_are_listed(loan: LoanFactory) -> None:
    facts = loan(FIRST, later=[("2025-03-11", DEFERRED)])
    first, later = facts.versions

    assert standing(facts._replace(versions=(later, first)), date(2025, 4, 2)) == standing(facts, date(2025, 4, 2))


def test_a_late_known_payment_moves_to_what_the_version_in_force_asks_for(loan: LoanFactory) -> None:
    """On 10 March the plan wrote row 2 down to nothing and spread it; a payment of 5 March then came to light.

    | row | version 1 | paid 5 March | version 2 | after 10 March |
    | 1 | 130.00 | 130.00 | 130.00 | 130.00 |
    | 2 | 120.00 | 70.00 | 0 | 0 |
    | 3 | 110.00 | | 115.00 + 60.00, due 1 April | 70.00 ahead: 60.00 interest, 10.00 principal |
    """
    second = [FIRST[0], ("2025-03-01", 0, 0), ("2025-04-01", 115_00, 60_00), ("2025-05-01", 85_00, 5_00)]
    facts = loan(FIRST, [("2025-02-01", 130_00), ("2025-03-05", 70_00)], later=[("2025-03-10", second)])

    before, after = standing(facts, date(2025, 3, 9)), standing(facts, date(2025, 3, 10))

    assert before.instalments[1].paid_principal == 50_00
    assert after.allocations[2:] == (
        AllocationFact(2, 3, Component.INTEREST, 60_00),
        AllocationFact(2, 3, Component.PRINCIPAL, 10_00),
    )
    assert (after.days_past_due, after.unapplied, after.outstanding_principal) == (0, 0, 190_00)


def test_money_held_is_used_when_a_later_version_asks_for_more(loan: LoanFactory) -> None:
    short = [("2025-02-01", 100_00, 0)]
    facts = loan(short, [("2025-02-01", 150_00)], later=[("2025-03-01", [*short, ("2025-04-01", 40_00, 0)])])

    before, after = standing(facts, date(2025, 2, 28)), standing(facts, date(2025, 3, 1))

    assert (before.unapplied, before.paid_off_on) == (50_00, date(2025, 2, 1))
    assert (after.unapplied, after.paid_off_on) == (10_00, date(2025, 3, 1))


def test_a_row_that_a_later_version_leaves_out_gives_its_money_back(loan: LoanFactory) -> None:
    facts = loan(FIRST[:2], [("2025-01-10", 200_00)], later=[("2025-01-20", [("2025-03-01", 200_00, 30_00)])])

    state = standing(facts, date(2025, 1, 20))

    assert [(row.n, row.paid_interest, row.paid_principal) for row in state.instalments] == [(1, 30_00, 170_00)]


def test_a_waiver_written_as_a_version_settles_the_loan_on_its_day(loan: LoanFactory) -> None:
    facts = loan(
        FIRST[:1], [("2025-02-01", 110_00)], later=[("2025-02-15", [("2025-02-01", 80_00, 30_00)])], currency="USD"
    )

    assert standing(facts, date(2025, 2, 14)).days_past_due == 13
    assert standing(facts, date(2025, 2, 15)).paid_off_on == date(2025, 2, 15)


def test_the_latest_payment_is_the_first_to_move_when_a_row_asks_for_less(loan: LoanFactory) -> None:
    lower = [("2025-02-01", 50_00, 0), ("2025-03-01", 100_00, 0)]
    facts = loan(
        [("2025-02-01", 100_00, 0), ("2025-03-01", 50_00, 0)],
        [("2025-01-10", 40_00), ("2025-01-11", 30_00)],
        later=[("2025-01-20", lower)],
    )

    assert standing(facts, date(2025, 1, 20)).allocations == (
        AllocationFact(1, 1, Component.PRINCIPAL, 40_00),
        AllocationFact(2, 1, Component.PRINCIPAL, 10_00),
        AllocationFact(2, 2, Component.PRINCIPAL, 20_00),
    )


def test_a_row_settled_within_the_grace_and_asked_for_again_owes_no_back_days(loan: LoanFactory) -> None:
    """Settled on day 2 of a grace of 5, asked for again on day 3: days 3 and 4 are held, charged with day 5."""
    facts = loan(
        [("2025-02-01", 100_00, 0)],
        [("2025-02-03", 100_00)],
        later=[("2025-02-04", [("2025-02-01", 150_00, 0)])],
        penalty_rate_ppm=360_000,
        grace_days=5,
        grace_excuses=False,
    )

    assert standing(facts, date(2025, 2, 7)).penalty_numerator == 3 * 50_00 * 360_000


def test_two_rows_of_one_number_are_no_schedule(loan: LoanFactory) -> None:
    facts = loan(FIRST)
    doubled = facts.versions[0]._replace(rows=facts.versions[0].rows * 2)

    with pytest.raises(AssertionError):
        standing(facts._replace(versions=(doubled,)), date(2025, 2, 1))
