"""Frozen interest: never owed, by the days of each period, of loans by the instalment and by the day."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lending.daycount import DayCount
from lending.freezing import frozen_interest
from lending.loan_facts import LoanFacts, PauseFact, PauseKind
from lending.running import ByTheDay
from lending.standing import standing
from tests.lending.standing.conftest import LoanFactory

V24 = [
    ("2026-02-01", 894_72, 240_00),
    ("2026-03-01", 912_61, 222_11),
    ("2026-04-01", 930_87, 203_85),
    ("2026-05-01", 949_48, 185_24),
]
"""The first four of twelve rows: 12,000.00 at 24 % (V24)."""

V12 = [("2026-07-01", 2_000_00, 105_00), ("2026-08-01", 2_000_00, 86_80), ("2026-09-01", 6_000_00, 65_10)]
"""10,000.00 by the day at 0.035 % (V12), the rest of it repaid in one."""


def frozen(facts: LoanFacts, from_on: str, to_on: str | None) -> LoanFacts:
    until = date.fromisoformat(to_on) if to_on else None
    return facts._replace(pauses=(PauseFact(PauseKind.INTEREST, date.fromisoformat(from_on), until),))


def test_sixty_days_of_breathing_space_take_off_the_interest_of_their_part_of_each_period(loan: LoanFactory) -> None:
    """15 February to 15 April: 14 of 28 days of 222.11, all of 203.85, 15 of 30 days of 185.24."""
    facts = frozen(loan(V24, start="2026-01-01"), "2026-02-15", "2026-04-16")

    state = standing(facts, date(2026, 5, 1))

    assert [row.frozen_interest for row in state.instalments] == [0, 111_05, 203_85, 92_62]
    assert [row.open_interest for row in state.instalments] == [240_00, 111_06, 0, 92_62]
    assert [row.open_principal for row in state.instalments] == [894_72, 912_61, 930_87, 949_48]


def test_neither_penalty_nor_the_pay_off_grows_while_it_lasts(loan: LoanFactory) -> None:
    facts = frozen(loan(V24, start="2026-01-01", penalty_rate_ppm=360_000), "2026-02-15", "2026-04-16")

    states = [standing(facts, date(2026, 2, 15) + timedelta(days=days)) for days in range(61)]

    assert len({state.payoff for state in states}) == 1
    assert len({state.penalty for state in states}) == 1
    assert states[0].penalty == 14 * 89 + 7
    assert standing(facts, date(2026, 4, 17)).payoff > states[0].payoff


def test_days_past_due_go_on(loan: LoanFactory) -> None:
    facts = frozen(loan(V24, start="2026-01-01"), "2026-02-15", None)

    assert standing(facts, date(2026, 4, 1)).days_past_due == 59


def test_a_loan_by_the_day_leaves_out_its_days(loan: LoanFactory) -> None:
    """V12: 105.00 for 30 days of June; without ten of them 70.00, and 70.00 is what 20 days come to."""
    by_the_day = ByTheDay(126_000, DayCount.ACT_360)
    facts = frozen(loan(V12, start="2026-06-01"), "2026-06-11", "2026-06-21")._replace(by_the_day=by_the_day)

    assert standing(facts, date(2026, 7, 1)).instalments[0].open_interest == 70_00
    assert standing(facts, date(2026, 6, 11)).payoff == standing(facts, date(2026, 6, 21)).payoff == 10_035_00


def test_frozen_late_what_was_paid_too_much_goes_ahead(loan: LoanFactory) -> None:
    """The second instalment was paid in full; 111.05 of it was not owed and settles principal of the third."""
    paid = [("2026-02-01", 1_134_72), ("2026-03-01", 1_134_72)]
    facts = frozen(loan(V24, paid, start="2026-01-01"), "2026-02-15", "2026-04-16")

    state = standing(facts, date(2026, 3, 20))

    assert state.instalments[1].paid_interest == 111_06
    assert (state.instalments[2].paid_principal, state.instalments[2].open_interest) == (111_05, 0)


@given(
    st.integers(0, 100_000),
    st.integers(1, 90),
    st.lists(st.integers(0, 120), min_size=2, max_size=6, unique=True).map(sorted),
)
def test_what_is_frozen_and_what_is_not_make_the_row(interest: int, days: int, edges: list[int]) -> None:
    """Frozen days and the days between them, each counted as frozen, sum to the interest to the minor unit."""
    since, due = date(2026, 1, 1).toordinal(), date(2026, 1, 1).toordinal() + days
    marks = [since - 1, *(since + edge for edge in edges), since + 200]
    spans = list(pairwise(marks))

    parts = [frozen_interest(interest, 0, since, due, each, None) for each in (spans[::2], spans[1::2])]

    assert sum(parts) == interest
    assert min(parts) >= 0
