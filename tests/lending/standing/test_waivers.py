"""Waivers worked by hand: what is given up is no longer owed from its day, and bears no penalty from then on."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lending.allocation import Component
from lending.standing import LoanFacts, PaymentFact, WaiverFact, standing
from lending.waivable import Parts, in_house_order, open_parts, waived_parts
from tests.lending.standing.books import DAYS_MAX, amounts, day, loans
from tests.lending.standing.conftest import LoanFactory

PENALTY, INTEREST, PRINCIPAL = Component.PENALTY, Component.INTEREST, Component.PRINCIPAL
TWO_ROWS = [("2025-02-01", 100_00, 30_00), ("2025-03-01", 100_00, 20_00)]
V27 = [("2025-02-01", 6_356_01, 254_24)]


def waived(facts: LoanFacts, *given: tuple[str, Component, int]) -> LoanFacts:
    waivers = (
        WaiverFact(number, date.fromisoformat(on), component, None, amount)
        for number, (on, component, amount) in enumerate(given, start=1)
    )
    return facts._replace(waivers=tuple(waivers))


def test_a_settlement_for_70_percent_splits_what_it_waives_in_house_order(loan: LoanFactory) -> None:
    """Settle 70% of 6,667.45: pay 4,667.22, waive 2,000.23 = penalty 57.20, interest 254.24, principal 1,688.79.

    Nine days at 36% a year over 360 on 6,356.01 are 57.20. The figures are this project's own worked example V27.
    """
    facts, on = loan(V27, penalty_rate_ppm=360_000), date(2025, 2, 10)
    open_now = open_parts(standing(facts, on))
    assert open_now == Parts(57_20, 254_24, 6_356_01)
    assert standing(facts, on).payoff == 6_667_45
    to_pay = int(Fraction(6_667_45 * 7, 10) + Fraction(1, 2))

    split = in_house_order(6_667_45 - to_pay, open_now)

    assert (to_pay, split) == (4_667_22, Parts(57_20, 254_24, 1_688_79))
    assert split.total == 2_000_23
    given_up = waived(
        facts, ("2025-02-10", PENALTY, 57_20), ("2025-02-10", INTEREST, 254_24), ("2025-02-10", PRINCIPAL, 1_688_79)
    )
    assert standing(given_up, on).payoff == 4_667_22
    state = standing(given_up._replace(payments=(PaymentFact(1, on, 4_667_22, 1),)), date(2026, 1, 1))
    assert (state.payoff, state.paid_off_on, state.unapplied) == (0, on, 0)
    assert waived_parts(state) == split


def test_penalty_falls_from_the_day_of_the_waiver(loan: LoanFactory) -> None:
    """100.00 overdue at 36%: 10.00 cents a day for 10 days, then on 40.00 for 10 days: 1.00 + 0.40."""
    facts = waived(loan(TWO_ROWS[:1], penalty_rate_ppm=360_000), ("2025-02-11", PRINCIPAL, 60_00))

    before, after = standing(facts, date(2025, 2, 11)), standing(facts, date(2025, 2, 21))

    assert (before.penalty, before.overdue_principal) == (1_00, 40_00)
    assert (after.penalty, after.overdue_principal) == (1_40, 40_00)
    assert standing(facts, date(2025, 2, 10)).overdue_principal == 100_00


def test_an_amount_over_several_instalments_goes_to_the_oldest_first(loan: LoanFactory) -> None:
    state = standing(waived(loan(TWO_ROWS), ("2025-03-05", INTEREST, 40_00)), date(2025, 3, 5))

    assert [(row.waived_interest, row.paid_interest, row.open) for row in state.instalments] == [
        (30_00, 0, 100_00),
        (10_00, 0, 110_00),
    ]
    assert [(part.n, part.amount) for part in state.waived] == [(1, 30_00), (2, 10_00)]


def test_a_waiver_of_one_instalment_leaves_the_others(loan: LoanFactory) -> None:
    facts = loan(TWO_ROWS)._replace(waivers=(WaiverFact(1, date(2025, 3, 5), INTEREST, 2, 50_00),))

    assert [row.waived_interest for row in standing(facts, date(2025, 3, 5)).instalments] == [0, 20_00]


def test_a_waived_instalment_is_settled_and_no_longer_past_due(loan: LoanFactory) -> None:
    facts = waived(loan(TWO_ROWS), ("2025-02-10", INTEREST, 30_00), ("2025-02-10", PRINCIPAL, 100_00))

    state = standing(facts, date(2025, 2, 10))

    assert (state.days_past_due, state.instalments[0].settled_on) == (0, date(2025, 2, 10))
    assert standing(facts, date(2025, 2, 9)).days_past_due == 8


def test_money_of_the_same_day_comes_after_the_waiver(loan: LoanFactory) -> None:
    paid = loan(TWO_ROWS[:1], [("2025-02-10", 30_00)])

    state = standing(waived(paid, ("2025-02-10", INTEREST, 30_00)), date(2025, 2, 10))

    assert (state.instalments[0].waived_interest, state.instalments[0].paid_principal) == (30_00, 30_00)


def test_money_entered_later_for_an_earlier_day_leaves_less_to_waive(loan: LoanFactory) -> None:
    late = loan(TWO_ROWS[:1], [("2025-02-05", 130_00)])

    state = standing(waived(late, ("2025-02-10", INTEREST, 30_00)), date(2025, 2, 10))

    assert (state.waived, state.unapplied, state.payoff) == ((), 0, 0)


def test_a_new_schedule_keeps_what_was_waived(loan: LoanFactory) -> None:
    later = [("2025-02-10", [("2025-04-01", 50_00, 10_00), ("2025-05-01", 150_00, 40_00)])]
    facts = waived(loan(TWO_ROWS, later=later), ("2025-02-05", INTEREST, 30_00))

    state = standing(facts, date(2025, 2, 10))

    assert [row.waived_interest for row in state.instalments] == [10_00, 20_00]
    assert waived_parts(state) == Parts(0, 30_00, 0)


@pytest.mark.parametrize(
    ("amount", "split"), [(0, (0, 0, 0)), (5, (5, 0, 0)), (15, (10, 5, 0)), (35, (10, 20, 5)), (999, (10, 20, 30))]
)
def test_the_house_order_is_penalty_interest_principal(amount: int, split: tuple[int, int, int]) -> None:
    assert in_house_order(amount, Parts(10, 20, 30)) == split


@settings(deadline=None)
@given(loans(), st.integers(0, DAYS_MAX))
def test_waiving_all_that_is_open_pays_the_loan_off(facts: LoanFacts, offset: int) -> None:
    on = day(offset)
    facts = facts._replace(versions=tuple(each for each in facts.versions if each.effective_on <= on))
    open_now = open_parts(standing(facts, on))
    everything = (
        WaiverFact(90 + i, on, Component(name), None, amount)
        for i, (name, amount) in enumerate(open_now._asdict().items())
    )

    state = standing(facts._replace(waivers=(*facts.waivers, *everything)), on)

    assert (state.payoff, state.penalty, state.days_past_due, open_parts(state).total) == (0, 0, 0, 0)
    assert state.paid_off_on is not None


@settings(deadline=None)
@given(loans(), st.integers(0, DAYS_MAX), amounts)
def test_no_more_is_waived_than_was_given_up_and_none_twice(facts: LoanFacts, offset: int, amount: int) -> None:
    state = standing(
        facts._replace(waivers=(*facts.waivers, WaiverFact(90, day(offset), PRINCIPAL, None, amount))), day(offset)
    )

    for waiver in facts.waivers:
        assert sum(part.amount for part in state.waived if part.waiver_id == waiver.id) <= waiver.amount
    assert all(row.open_principal >= 0 and row.open_interest >= 0 for row in state.instalments)
    assert sum(part.amount for part in state.waived) == waived_parts(state).total
