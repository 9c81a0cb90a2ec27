"""Penalty: the worked figures V21 to V23, compound interest, days in and out, and the grace."""

from datetime import date, timedelta

import pytest

from lending.allocation import CARD_FROM_91, CARD_TO_90, LOAN, AllocationBy, Component, Order
from lending.loan_facts import PenaltyBase, WaiverFact
from lending.standing import standing
from tests.lending.standing.conftest import LoanFactory

DUE = date(2025, 3, 10)


def days_after(days: int) -> date:
    return DUE + timedelta(days=days)


def test_v21_thirty_days_at_one_and_a_half_times_five_percent(loan: LoanFactory) -> None:
    facts = loan([("2025-03-10", 200_000_00, 0)], penalty_rate_ppm=75_000, penalty_day_basis=360)

    assert standing(facts, days_after(30)).penalty == 1_250_00


@pytest.mark.parametrize(
    ("rate_ppm", "basis", "penalty"),
    [(360_000, 360, 17_89), (360_000, 365, 17_65), (312_000, 360, 15_51)],
    ids=["24 % + 50 % act/360", "24 % + 50 % act/365", "24 % + 30 % act/360"],
)
def test_v22_twenty_days_of_penalty(loan: LoanFactory, rate_ppm: int, basis: int, penalty: int) -> None:
    facts = loan([("2025-03-10", 894_72, 240_00)], penalty_rate_ppm=rate_ppm, penalty_day_basis=basis)

    assert standing(facts, days_after(20)).penalty == penalty


@pytest.mark.parametrize(
    ("basis", "penalty", "compound"), [(360, 17_89, 4_80), (365, 17_65, 4_73)], ids=["act/360", "act/365"]
)
def test_v22_twenty_days_of_compound_interest(loan: LoanFactory, basis: int, penalty: int, compound: int) -> None:
    """DOMAIN C2 V22: 240.00 of interest at 36 % for 20 days beside the penalty on 894.72."""
    facts = loan(
        [("2025-03-10", 894_72, 240_00)],
        penalty_rate_ppm=360_000,
        penalty_day_basis=basis,
        penalty_base=PenaltyBase.COMPOUND,
    )

    state = standing(facts, days_after(20))

    assert (state.penalty - state.compound, state.compound) == (penalty, compound)
    assert state.payoff == 894_72 + 240_00 + penalty + compound


def test_a_penalty_on_the_whole_instalment_counts_its_interest(loan: LoanFactory) -> None:
    """(894.72 + 240.00) x 36 % x 20 / 360 = 22.6944."""
    facts = loan([("2025-03-10", 894_72, 240_00)], penalty_rate_ppm=360_000, penalty_base=PenaltyBase.INSTALMENT)

    state = standing(facts, days_after(20))

    assert (state.penalty, state.compound) == (22_69, 0)


@pytest.mark.parametrize(
    ("order", "paid"),
    [
        (LOAN, {"penalty": 17_89, "compound": 4_80, "interest": 240_00, "principal": 237_31}),
        (CARD_TO_90, {"interest": 240_00, "compound": 4_80, "penalty": 17_89, "principal": 237_31}),
        (CARD_FROM_91, {"principal": 500_00}),
    ],
    ids=["loan", "card to 90", "card from 91"],
)
def test_v23_without_its_fee_goes_its_way_in_the_book_too(
    loan: LoanFactory, order: Order, paid: dict[str, int]
) -> None:
    """DOMAIN C2 V23: 500.00 on penalty 17.89, compound 4.80, interest 240.00, principal 894.72."""
    facts = loan(
        [("2025-03-10", 894_72, 240_00)],
        [("2025-03-30", 500_00)],
        penalty_rate_ppm=360_000,
        penalty_base=PenaltyBase.COMPOUND,
        allocation=order,
        allocation_by=AllocationBy.COMPONENT,
    )

    assert {str(part.component): part.amount for part in standing(facts, days_after(20)).allocations} == paid


def test_a_waiver_of_penalty_takes_the_penalty_first_and_then_what_compounds(loan: LoanFactory) -> None:
    facts = loan([("2025-03-10", 894_72, 240_00)], penalty_rate_ppm=360_000, penalty_base=PenaltyBase.COMPOUND)
    waived = facts._replace(waivers=(WaiverFact(1, days_after(20), Component.PENALTY, None, 20_00),))

    state = standing(waived, days_after(20))

    assert (state.penalty, state.compound, state.penalty_waived) == (2_69, 2_69, 20_00)
    assert [(str(part.component), part.amount) for part in state.waived] == [("penalty", 17_89), ("compound", 2_11)]


@pytest.mark.parametrize(("days", "paid"), [(90, {"interest": 10_00, "principal": 40_00}), (91, {"principal": 50_00})])
def test_a_card_pays_principal_first_from_ninety_one_days_on(
    loan: LoanFactory, days: int, paid: dict[str, int]
) -> None:
    """Commercial banks' card rules, article 57, by the days past due on the value day."""
    facts = loan(
        [("2025-03-10", 100_00, 10_00)],
        [(days_after(days).isoformat(), 50_00)],
        allocation=CARD_TO_90,
        allocation_late=CARD_FROM_91,
        allocation_by=AllocationBy.COMPONENT,
    )

    assert {str(part.component): part.amount for part in standing(facts, days_after(days)).allocations} == paid


def test_a_payment_lowers_the_principal_from_its_value_day_on(loan: LoanFactory) -> None:
    """One fen of penalty a day for each 100.00 open (36 % / 360 is a thousandth a day, of 10.00).

    | days | open | a day | sum |
    | 10 Mar – 14 Mar | 100.00 | 0.10 | 0.50 |
    | 15 Mar: 40.50 paid: 0.50 penalty, 40.00 principal | 60.00 | 0.06 | |
    | 15 Mar – 19 Mar | 60.00 | 0.06 | 0.30 |
    """
    facts = loan([("2025-03-10", 100_00, 0)], [("2025-03-15", 40_50)], penalty_rate_ppm=360_000)

    state = standing(facts, date(2025, 3, 20))

    assert (state.penalty_paid, state.overdue_principal, state.penalty) == (50, 60_00, 30)
    assert state.penalty_accrued == 80
    assert state.penalty_numerator == (100_00 * 5 + 60_00 * 5) * 360_000


def test_penalty_is_never_charged_for_the_day_it_is_paid_on(loan: LoanFactory) -> None:
    facts = loan([("2025-03-10", 100_00, 5_00)], [("2025-03-10", 105_00)], penalty_rate_ppm=360_000)

    assert standing(facts, days_after(90)).penalty_numerator == 0


def test_daily_readings_add_up_to_the_whole_without_drift(loan: LoanFactory) -> None:
    facts = loan([("2025-03-10", 333_33, 0)], penalty_rate_ppm=180_000, penalty_day_basis=365)

    postings = [
        standing(facts, days_after(day + 1)).penalty_accrued - standing(facts, days_after(day)).penalty_accrued
        for day in range(365)
    ]

    assert set(postings) == {16, 17}
    assert sum(postings) == 60_00


@pytest.mark.parametrize(
    ("excuses", "days", "charged"),
    [(True, 3, 0), (True, 4, 1), (True, 10, 7), (False, 3, 0), (False, 4, 4), (False, 10, 10)],
)
def test_penalty_begins_when_the_grace_of_three_days_has_run_out(
    loan: LoanFactory, excuses: bool, days: int, charged: int
) -> None:
    facts = loan([("2025-03-10", 100_00, 0)], penalty_rate_ppm=360_000, grace_days=3, grace_excuses=excuses)

    assert standing(facts, days_after(days)).penalty == 10 * charged


@pytest.mark.parametrize("excuses", [True, False])
def test_paying_on_the_last_day_of_grace_costs_nothing(loan: LoanFactory, excuses: bool) -> None:
    facts = loan(
        [("2025-03-10", 100_00, 0)],
        [("2025-03-13", 100_00)],
        penalty_rate_ppm=360_000,
        grace_days=3,
        grace_excuses=excuses,
    )

    assert standing(facts, days_after(60)).payoff == 0
    assert standing(facts, days_after(60)).paid_off_on == days_after(3)


def test_back_days_are_charged_on_what_was_open_on_each_of_them(loan: LoanFactory) -> None:
    """Two days at 100.00, one at 70.00 within the grace, then one at 70.00: 0.10 + 0.10 + 0.07 + 0.07."""
    facts = loan(
        [("2025-03-10", 100_00, 0)],
        [("2025-03-12", 30_00)],
        penalty_rate_ppm=360_000,
        grace_days=3,
        grace_excuses=False,
    )

    assert standing(facts, days_after(3)).penalty == 0
    assert standing(facts, days_after(4)).penalty == 34
