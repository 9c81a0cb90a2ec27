"""A standing holds until the day it names: up to then only the numerator of the penalty grows, by the same amount a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lending.standing import LoanFacts, standing
from tests.lending.standing.books import DAYS_MAX, day, loans
from tests.lending.standing.conftest import LoanFactory


def as_known_on(facts: LoanFacts, on: date) -> LoanFacts:
    """Without what is dated later: time alone goes on."""
    return facts._replace(
        versions=(facts.versions[0], *(each for each in facts.versions[1:] if each.effective_on <= on)),
        payments=tuple(each for each in facts.payments if each.value_on <= on),
        waivers=tuple(each for each in facts.waivers if each.on <= on),
        sureties=tuple(each for each in facts.sureties if each.on <= on),
    )


@settings(max_examples=200, deadline=None)
@given(loans(), st.integers(0, DAYS_MAX), st.integers(1, 200))
def test_until_its_turning_day_a_standing_changes_by_its_growth_alone(facts: LoanFacts, offset: int, days: int) -> None:
    known = as_known_on(facts, day(offset))
    state = standing(known, day(offset))
    if state.holds_until:
        days = min(days, (state.holds_until - state.on).days - 1)

    later = standing(known, state.on + timedelta(days=days))

    standing_still = ("oldest_due_on", "bucket", "overdue_principal", "overdue_interest")
    names = (*standing_still, "penalty_growth", "compound_growth", "holds_until")
    assert [getattr(later, name) for name in names] == [getattr(state, name) for name in names]
    assert later.penalty_numerator == state.penalty_numerator + state.penalty_growth * days
    assert later.compound_numerator == state.compound_numerator + state.compound_growth * days


@settings(max_examples=100, deadline=None)
@given(loans(), st.integers(0, DAYS_MAX))
def test_a_standing_that_holds_for_ever_has_nothing_left_that_could_fall_due(facts: LoanFacts, offset: int) -> None:
    known = as_known_on(facts, day(offset))
    state = standing(known, day(offset))

    assert state.holds_until is None or state.holds_until > state.on
    if state.holds_until is None:
        assert all(row.due_on <= state.on for row in state.instalments if row.open)


@pytest.mark.parametrize(
    ("on", "holds_until", "why"),
    [
        ("2025-01-10", "2025-02-02", "the first instalment becomes overdue"),
        ("2025-02-02", "2025-02-05", "its grace has run out and a day is charged"),
        ("2025-02-05", "2025-03-02", "the second becomes overdue, before the bucket changes on the 4th"),
        ("2025-03-02", "2025-03-04", "31 days past due"),
        ("2025-03-04", "2025-03-05", "the grace of the second has run out"),
        ("2025-03-05", "2025-04-03", "61 days past due"),
        ("2025-08-01", None, "the last bucket, nothing left to fall due"),
    ],
)
def test_a_standing_turns(loan: LoanFactory, on: str, holds_until: str | None, why: str) -> None:
    schedule = [("2025-02-01", 100_00, 5_00), ("2025-03-01", 100_00, 5_00)]
    facts = loan(schedule, penalty_rate_ppm=360_000, grace_days=3, grace_excuses=True)

    found = standing(facts, date.fromisoformat(on)).holds_until

    assert found == (date.fromisoformat(holds_until) if holds_until else None), why


def test_where_the_due_day_counts_a_standing_turns_on_it(loan: LoanFactory) -> None:
    facts = loan([("2025-02-01", 100_00, 5_00)], penalty_rate_ppm=360_000, day_zero=False)

    turns = [standing(facts, date(2025, *day)).holds_until for day in ((1, 31), (2, 1), (2, 2), (3, 3))]

    assert turns == [date(2025, 2, 1), date(2025, 2, 2), date(2025, 3, 3), date(2025, 4, 2)]
