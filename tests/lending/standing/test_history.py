"""The daily history: each day's standing, and the days on which more than a day passed."""

from datetime import date

from lending.history import history, turns
from lending.loan_facts import PauseFact, PauseKind
from lending.standing import standing
from tests.lending.standing.conftest import LoanFactory

ROWS = [("2025-03-10", 100_00, 10_00), ("2025-04-10", 100_00, 10_00)]


def test_every_day_is_what_the_standing_of_that_day_says(loan: LoanFactory) -> None:
    facts = loan(ROWS, [("2025-03-20", 60_00)], penalty_rate_ppm=360_000)

    days = history(facts, date(2025, 3, 1), date(2025, 4, 30))

    assert [day.on.toordinal() for day in days] == list(
        range(date(2025, 3, 1).toordinal(), date(2025, 5, 1).toordinal())
    )
    for day in days:
        state = standing(facts, day.on)
        assert day[1:] == (
            state.days_past_due,
            state.bucket,
            state.own_bucket,
            state.overdue_principal + state.overdue_interest,
            state.penalty,
        )


def test_turns_are_the_ends_and_the_days_on_which_something_happened(loan: LoanFactory) -> None:
    facts = loan(ROWS[:1], [("2025-03-20", 60_00)], penalty_rate_ppm=360_000)

    told = [day.on.isoformat() for day in turns(history(facts, date(2025, 3, 1), date(2025, 4, 30)))]

    assert told == ["2025-03-01", "2025-03-11", "2025-03-20", "2025-04-10", "2025-04-30"]


def test_a_pause_entered_later_changes_the_days_that_it_covers(loan: LoanFactory) -> None:
    facts = loan(ROWS[:1])
    paused = facts._replace(pauses=(PauseFact(PauseKind.CLOCK, date(2025, 3, 15), date(2025, 3, 20)),))

    before, after = (history(each, date(2025, 3, 14), date(2025, 3, 21)) for each in (facts, paused))

    assert [day.days_past_due for day in before] == [4, 5, 6, 7, 8, 9, 10, 11]
    assert [day.days_past_due for day in after] == [4, 4, 4, 4, 4, 4, 5, 6]
