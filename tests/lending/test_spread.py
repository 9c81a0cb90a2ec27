"""Civil Code of China, article 560: which of several debts to one creditor a payment settles."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lending.spread import CreditorsError, Debt, spread

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def debt(
    loan: str, amount: int = 100_00, *, is_due: bool = True, due_on: date = MAY, rate: int = 240_000, secured: int = 0
) -> Debt:
    return Debt(loan, "harbour", amount, is_due, due_on, rate, secured)


@pytest.mark.parametrize(
    "debts",
    [
        pytest.param([debt("second", is_due=False), debt("first", due_on=JULY)], id="what is due first"),
        pytest.param([debt("second", secured=1, rate=360_000), debt("first")], id="then what is least secured"),
        pytest.param([debt("second"), debt("first", rate=360_000, due_on=JUNE)], id="then what is heaviest"),
        pytest.param([debt("second", due_on=JUNE), debt("first", due_on=MAY)], id="then what was due first"),
    ],
)
def test_the_article_says_which_debt_comes_first(debts: list[Debt]) -> None:
    told = spread(150_00, debts)

    assert [(share.debt.loan, share.amount) for share in told.shares] == [("first", 100_00), ("second", 50_00)]


def test_debts_equal_in_everything_are_paid_in_proportion_to_the_cent() -> None:
    told = spread(100_00, [debt("one", 100_00), debt("two", 100_00), debt("three", 100_00)])

    assert told.by_loan() == {"one": 33_34, "two": 33_33, "three": 33_33}


def test_the_debtor_may_name_the_debt() -> None:
    told = spread(150_00, [debt("heavy", rate=360_000), debt("light")], named=["light"])

    assert told.by_loan() == {"light": 100_00, "heavy": 50_00}


def test_what_is_over_stays_with_the_last() -> None:
    told = spread(250_00, [debt("one"), debt("two", due_on=JUNE)])

    assert told.over == 50_00
    assert told.by_loan() == {"one": 100_00, "two": 150_00}


def test_money_for_one_creditor_never_pays_another() -> None:
    with pytest.raises(CreditorsError):
        spread(1_00, [debt("one"), debt("two")._replace(creditor="south")])


ON_A_BUSY_MACHINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
DEBTS = st.builds(
    Debt,
    st.sampled_from(["one", "two", "three", "four"]),
    st.just("harbour"),
    st.integers(0, 10_000_00),
    st.booleans(),
    st.integers(0, 3).map(lambda days: MAY + timedelta(days=days)),
    st.sampled_from([0, 120_000, 240_000]),
    st.sampled_from([0, 0, 1]),
)


@ON_A_BUSY_MACHINE
@given(st.integers(0, 50_000_00), st.lists(DEBTS, min_size=1, max_size=8))
def test_shares_sum_to_the_money_and_none_is_more_than_its_debt(amount: int, debts: list[Debt]) -> None:
    told = spread(amount, debts)

    assert sum(share.amount for share in told.shares) + told.over == amount
    assert all(0 < share.amount <= share.debt.amount for share in told.shares)
    assert not told.over or sum(share.amount for share in told.shares) == sum(each.amount for each in debts)
