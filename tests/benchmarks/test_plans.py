"""The finder's benchmark compares two ways of the same work."""

import pytest

from benchmarks import plans
from restructuring.finder.policy import Policy
from restructuring.finder.search import find

FEW = Policy(periods_most=16, rests=(0, 1), interest_only=(0, 3), waivable=plans.POLICY.waivable)


@pytest.mark.parametrize("loan", plans.loans()[:2], ids=lambda loan: loan.words)
def test_both_ways_try_the_same_candidates_and_find_the_same_first_plan(
    loan: plans.Loan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "POLICY", FEW)

    tried, key = plans.by_decimal(loan.position, FEW, loan.surplus)
    found = find(loan.position, FEW, {}, loan.surplus)

    assert (tried, key) == (found.tried, plans._key(loan.position, found))
    assert key is not None
