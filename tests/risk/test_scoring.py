"""The expert scorecard: worked by hand, one line a fact, the two sides apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.classes import FiveClass, five_class, worst
from risk.facts import RiskFacts
from risk.points import ABILITY, LINES, WILLINGNESS
from risk.scoring import score
from risk.words import WORDS


def test_a_borrower_of_whom_nothing_is_known_stands_at_the_base() -> None:
    assert score(RiskFacts())[:2] == (60, 60)


def test_job_loss_lowers_ability_and_leaves_willingness_alone() -> None:
    """60 − 20 (hardship) − 12 (over 30 days) = 28; willingness 60 + 10 (talks to us) = 70."""
    result = score(RiskFacts(days_past_due=45, hardship=True, right_party_contacts=2, due=2, settled=1, on_time=1))

    assert (result.ability, result.willingness) == (28, 70)


def test_who_broke_promises_and_stays_silent_is_low_on_willingness_only() -> None:
    """60 − 15 (promises broken) − 10 (three calls unanswered) = 35; ability keeps 60 + 15 (half repaid) = 75."""
    result = score(RiskFacts(promises_broken=2, promises_kept=1, unanswered=3, repaid_percent=62))

    assert (result.ability, result.willingness) == (75, 35)


def test_only_the_strongest_line_of_a_group_counts() -> None:
    codes = [reason.code for reason in score(RiskFacts(days_past_due=120, repaid_percent=80)).reasons]

    assert codes == ["far_behind", "half_repaid"]


def test_the_sum_never_leaves_0_to_100() -> None:
    worst_case = RiskFacts(
        days_past_due=400, funders_in_arrears=5, hardship=True, due=9, promises_broken=4, unanswered=9, unwilling=True
    )

    assert score(worst_case)[:2] == (0, 0)


def test_the_points_shown_add_up_to_the_score() -> None:
    result = score(RiskFacts(days_past_due=31, funders_in_arrears=2, due=5, settled=4, on_time=4, promises_kept=1))

    assert result.ability == 60 + sum(r.points for r in result.reasons if r.side == ABILITY)
    assert result.willingness == 60 + sum(r.points for r in result.reasons if r.side == WILLINGNESS)


@given(st.integers(0, 500), st.integers(0, 500))
def test_more_days_past_due_never_raise_ability(one: int, other: int) -> None:
    fewer, more = sorted((one, other))

    assert score(RiskFacts(days_past_due=more)).ability <= score(RiskFacts(days_past_due=fewer)).ability


def test_every_line_has_its_words() -> None:
    assert {line.code for line in LINES} == set(WORDS)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, "normal"),
        (1, "special_mention"),
        (90, "special_mention"),
        (91, "substandard"),
        (270, "substandard"),
        (271, "doubtful"),
        (360, "doubtful"),
        (361, "loss"),
    ],
)
def test_five_class_follows_the_2023_floors(days: int, expected: str) -> None:
    assert five_class(days) == expected


def test_a_borrower_stands_where_the_worst_loan_stands() -> None:
    assert worst([FiveClass.SPECIAL_MENTION, FiveClass.LOSS, FiveClass.NORMAL]) == FiveClass.LOSS
    assert worst([]) == FiveClass.NORMAL
