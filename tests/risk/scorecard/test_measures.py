"""What AUC, KS and tenths say, held against counting every pair."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.scorecard.measures import auc, gini, ks, tenths

ROWS = st.lists(st.tuples(st.integers(0, 6).map(lambda n: n / 6), st.integers(0, 1)), min_size=2, max_size=40).filter(
    lambda rows: 0 < sum(bad for _p, bad in rows) < len(rows)
)


@given(ROWS)
def test_auc_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[float, int]]) -> None:
    probabilities, target = zip(*rows, strict=True)
    goods, bads = ([p for p, bad in rows if bad == side] for side in (0, 1))
    right = sum((b > g) + (b == g) / 2 for g, b in product(goods, bads))

    assert auc(probabilities, target) == pytest.approx(right / (len(goods) * len(bads)))
    assert gini(probabilities, target) == pytest.approx(2 * auc(probabilities, target) - 1)


@given(ROWS)
def test_ks_is_the_widest_gap_over_every_cut(rows: list[tuple[float, int]]) -> None:
    probabilities, target = zip(*rows, strict=True)
    goods, bads = ([p for p, bad in rows if bad == side] for side in (0, 1))
    gaps = [
        abs(sum(g <= cut for g in goods) / len(goods) - sum(b <= cut for b in bads) / len(bads))
        for cut in probabilities
    ]

    assert ks(probabilities, target) == pytest.approx(max(gaps))


def test_tenths_say_what_was_expected_and_what_came() -> None:
    probabilities = [row / 100 for row in range(100)]
    target = [int(row >= 90) for row in range(100)]

    found = tenths(probabilities, target)

    assert [each.rows for each in found] == [10] * 10
    assert found[0].expected == pytest.approx(0.045)
    assert (found[-1].actual, found[-1].lift) == (1, 10)


@pytest.mark.parametrize("measure", [auc, ks])
@pytest.mark.parametrize("target", [[0, 0], [1, 1]])
def test_a_target_of_one_side_has_no_measure(measure: object, target: list[int]) -> None:
    with pytest.raises(ValueError, match="one side"):
        measure([0.1, 0.2], target)  # type: ignore[operator]
