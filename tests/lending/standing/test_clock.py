"""The clock: tolerance in days, what it counts from, pauses in the past and to come, and each instalment's own age."""

from datetime import date

import pytest

from lending.clock import paused_days, spans_of
from lending.loan_facts import CountsFrom, PauseFact, PauseKind
from lending.standing import standing
from tests.lending.standing.conftest import LoanFactory

ROWS = [("2025-03-10", 100_00, 10_00), ("2025-04-10", 100_00, 10_00), ("2025-05-10", 100_00, 10_00)]
CLOCK, PENALTY = PauseKind.CLOCK, PauseKind.PENALTY


def pause(kind: PauseKind, from_on: str, to_on: str | None) -> PauseFact:
    return PauseFact(kind, date.fromisoformat(from_on), date.fromisoformat(to_on) if to_on else None)


def test_v32_ninety_two_days_past_due(loan: LoanFactory) -> None:
    """V32: due 2025-03-10, as of 2025-06-10: 92."""
    assert standing(loan([("2025-03-10", 100_00, 0)]), date(2025, 6, 10)).days_past_due == 92


@pytest.mark.parametrize(("on", "days"), [("2025-03-15", 0), ("2025-03-16", 6), ("2025-03-20", 10)])
def test_days_beyond_the_tolerance_of_five_count_in_full(loan: LoanFactory, on: str, days: int) -> None:
    facts = loan(ROWS, tolerance_days=5, penalty_rate_ppm=360_000)

    state = standing(facts, date.fromisoformat(on))

    assert state.days_past_due == days
    assert (state.oldest_due_on is None) == (days == 0)
    assert state.overdue_principal == 100_00
    assert state.penalty > 0


@pytest.mark.parametrize(
    ("counts_from", "on", "days"),
    [
        (CountsFrom.OLDEST, "2025-04-20", 10),
        (CountsFrom.FIRST, "2025-04-20", 41),
        (CountsFrom.FIRST, "2025-05-01", 0),
        (CountsFrom.FIRST, "2025-05-15", 5),
    ],
)
def test_paying_the_oldest_moves_the_clock_only_where_it_counts_from_the_oldest(
    loan: LoanFactory, counts_from: CountsFrom, on: str, days: int
) -> None:
    """The first instalment is paid while the second is overdue; all is cured on 1 May; the third falls due after that."""
    facts = loan(ROWS, [("2025-04-15", 110_00), ("2025-05-01", 110_00)], counts_from=counts_from)

    assert standing(facts, date.fromisoformat(on)).days_past_due == days


def test_an_instalment_paid_on_time_is_no_arrears_to_count_from(loan: LoanFactory) -> None:
    facts = loan(ROWS, [("2025-03-10", 110_00)], counts_from=CountsFrom.FIRST)

    assert standing(facts, date(2025, 4, 20)).days_past_due == 10


@pytest.mark.parametrize(
    ("on", "days"),
    [("2025-03-20", 10), ("2025-03-21", 10), ("2025-03-30", 10), ("2025-03-31", 11), ("2025-04-10", 21)],
)
def test_paused_days_do_not_count(loan: LoanFactory, on: str, days: int) -> None:
    """Ten days, 21 to 30 March, are left out."""
    facts = loan(ROWS[:1])._replace(pauses=(pause(CLOCK, "2025-03-21", "2025-03-31"),))

    state = standing(facts, date.fromisoformat(on))

    assert state.days_past_due == days
    assert state.oldest_due_on is not None
    assert (state.on - state.oldest_due_on).days == days


def test_a_pause_until_further_notice_stops_the_clock_and_not_the_penalty(loan: LoanFactory) -> None:
    facts = loan(ROWS[:1], penalty_rate_ppm=360_000)._replace(pauses=(pause(CLOCK, "2025-03-12", None),))

    state = standing(facts, date(2025, 6, 18))

    assert (state.days_past_due, state.bucket) == (1, "M1")
    assert state.penalty == 10 * 100


def test_a_frozen_penalty_leaves_out_its_days_and_not_the_clock(loan: LoanFactory) -> None:
    """0.10 a day: ten days before, ten after, none in between."""
    facts = loan(ROWS[:1], penalty_rate_ppm=360_000)
    frozen = facts._replace(pauses=(pause(PENALTY, "2025-03-20", "2025-04-20"),))

    state = standing(frozen, date(2025, 4, 30))

    assert (state.days_past_due, state.penalty) == (51, 2_00)


def test_pauses_that_overlap_count_their_days_once() -> None:
    pauses = [pause(CLOCK, "2025-03-10", "2025-03-20"), pause(CLOCK, "2025-03-15", "2025-03-25")]
    pauses += [pause(CLOCK, "2025-03-12", "2025-03-12"), pause(PENALTY, "2025-01-01", None)]
    spans = spans_of(pauses, CLOCK)

    assert len(spans) == 1
    assert paused_days(spans, date(2025, 3, 1).toordinal(), date(2025, 3, 31).toordinal()) == 15


def test_a_pause_that_never_was_pauses_nothing() -> None:
    assert spans_of([pause(CLOCK, "2025-03-10", "2025-03-10")], CLOCK) == []


def test_each_instalment_has_its_own_age(loan: LoanFactory) -> None:
    facts = loan(ROWS, [("2025-04-15", 109_50)], tolerance_amount=1_00)

    state = standing(facts, date(2025, 5, 15))

    assert [row.days_past_due for row in state.instalments] == [0, 35, 5]
    assert state.overdue_principal + state.overdue_interest == 50 + 220_00


@pytest.mark.parametrize(
    ("amount", "ppm", "left", "days"),
    [
        (1_00, 10_000, 1_10, 0),
        (1_00, 10_000, 1_11, 10),
        (2_00, 10_000, 2_00, 0),
        (2_00, 10_000, 2_01, 10),
        (0, 9_999, 1_09, 0),
        (0, 9_999, 1_10, 10),
    ],
)
def test_an_amount_or_a_part_of_the_instalment_is_tolerated_whichever_is_more(
    loan: LoanFactory, amount: int, ppm: int, left: int, days: int
) -> None:
    """One percent of 110.00 is 1.10; a little less than one percent rounds down to 1.09."""
    facts = loan(ROWS[:1], [("2025-03-10", 110_00 - left)], tolerance_amount=amount, tolerance_ppm=ppm)

    assert standing(facts, date(2025, 3, 20)).days_past_due == days


SPRING_FESTIVAL = [("2024-02-10", 100_00, 10_00), ("2024-03-11", 100_00, 10_00)]
"""10 to 17 February 2024 were days off; Sunday the 18th made up for one (State Council notice of 2023-10-25)."""


@pytest.mark.parametrize(
    ("on", "days", "penalty"), [("2024-02-18", 0, 0), ("2024-02-19", 1, 10), ("2024-02-28", 10, 100)]
)
def test_what_falls_due_on_a_day_off_can_be_paid_on_the_next_working_day(
    loan: LoanFactory, on: str, days: int, penalty: int
) -> None:
    facts = loan(SPRING_FESTIVAL, start="2024-01-10", calendar="CN", penalty_rate_ppm=360_000)

    state = standing(facts, date.fromisoformat(on))

    assert (state.days_past_due, state.penalty) == (days, penalty)
    assert state.overdue_principal == (100_00 if days else 0)
    assert state.next_due_on == (date(2024, 3, 11) if days else date(2024, 2, 18))
    assert state.instalments[0].due_on == date(2024, 2, 10)


def test_money_of_that_working_day_is_on_time(loan: LoanFactory) -> None:
    paid = loan(
        SPRING_FESTIVAL[:1], [("2024-02-18", 110_00)], start="2024-01-10", calendar="CN", penalty_rate_ppm=360_000
    )

    state = standing(paid, date(2024, 3, 1))

    assert (state.paid_off_on, state.penalty_accrued) == (date(2024, 2, 18), 0)


def test_in_between_the_pay_off_has_the_interest_fallen_due_and_that_which_runs(loan: LoanFactory) -> None:
    """200.00 lent, 10.00 due on the 10th, and 4 of 30 days of the next 10.00: 1.33."""
    facts = loan(SPRING_FESTIVAL, start="2024-01-10", calendar="CN")

    assert standing(facts, date(2024, 2, 14)).payoff == 200_00 + 10_00 + 1_33


@pytest.mark.parametrize(
    ("in_working_days", "on", "penalty"),
    [(False, "2024-05-02", 0), (False, "2024-05-03", 10), (True, "2024-05-07", 0), (True, "2024-05-08", 10)],
)
def test_grace_may_be_counted_in_working_days(loan: LoanFactory, in_working_days: bool, on: str, penalty: int) -> None:
    """Due on Monday 29 April 2024: three working days after it are 30 April, 6 and 7 May (1 to 5 May were days off)."""
    facts = loan(
        [("2024-04-29", 100_00, 0)],
        calendar="CN",
        grace_days=3,
        grace_in_working_days=in_working_days,
        penalty_rate_ppm=360_000,
    )

    assert standing(facts, date.fromisoformat(on)).penalty == penalty
