"""Rates by themselves: what they do with nothing, with the last bucket, with losses."""

from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk import rates
from risk.rates import CODES, LAST, Moved, Step

AMOUNTS = st.integers(0, 10_000)


@pytest.mark.parametrize(
    "nothing",
    [
        rates.entry_rate(0, 0),
        rates.first_payment_default(0, 0),
        rates.vintage(0, 0),
        rates.cure_rate([Moved("M0", "M1", 3, 900)]),
        rates.recovery_rate(0, []),
        rates.kept_rate(0, 0),
        rates.contact_rate(0, 0),
        rates.right_party_rate(0, 0),
    ],
)
def test_a_rate_of_nothing_is_none(nothing: Fraction | None) -> None:
    assert nothing is None


def test_promises_and_contacts() -> None:
    """Of five promises judged two were broken; of eight attempts five were answered, two of them by the borrower."""
    assert rates.kept_rate(3, 2) == Fraction(3, 5)
    assert rates.contact_rate(5, 8) == Fraction(5, 8)
    assert rates.right_party_rate(2, 8) == Fraction(1, 4)


def test_months_on_book_begin_with_the_month_of_the_loan() -> None:
    assert rates.months_on_book(date(2026, 1, 1), date(2026, 2, 1)) == 0
    assert rates.months_on_book(date(2025, 11, 1), date(2026, 2, 1)) == 2


def test_the_last_bucket_counts_only_what_came_to_it() -> None:
    """M7 ends with 900, of which 700 stood there before: 200 came out of the 400 of M6."""
    step = rates.roll_chain({"M6": 400, "M7": 800}, {"M7": 900}, stayed_last=700)[-1]

    assert step == Step("M6", "M7", Fraction(1, 2))


def test_a_loss_is_the_balance_times_the_chain_to_the_last_bucket() -> None:
    """Each step halves but the first, a tenth: of 12,800 in M0 1/640 is lost, of 64 in M6 a half, of M7 everything."""
    start = {"M0": 1_000, **dict.fromkeys(CODES[1:], 100)}
    end = {"M0": 12_800, "M1": 100, **dict.fromkeys(CODES[2:], 50)}
    lost = {loss.bucket: loss for loss in rates.losses(end, rates.roll_chain(start, end, stayed_last=0))}

    assert lost["M0"].part == Fraction(1, 10) * Fraction(1, 2) ** 6
    assert lost["M0"].amount == 20
    assert [lost["M6"].amount, lost["M7"].amount] == [25, 50]


def test_a_loss_behind_an_unknown_step_is_unknown_unless_nothing_is_there_or_rolls_on_later() -> None:
    chain = rates.roll_chain({"M0": 10, "M5": 10}, {"M0": 10, "M1": 1, "M6": 0})
    lost = {loss.bucket: loss.amount for loss in rates.losses({"M0": 10, "M6": 5}, chain)}

    assert lost["M6"] is None
    assert lost["M3"] == 0
    assert lost["M0"] == 0


def test_no_more_than_all_of_a_balance_is_lost() -> None:
    """M5 jumped to M6 at twice its balance: what stands in M4 reaches M7 with a half, not with the whole of it twice."""
    steps = [
        Step(before, bucket, Fraction(1, 2) if before == "M4" else Fraction(2)) for before, bucket in pairwise(CODES)
    ]
    parts = {loss.bucket: loss.part for loss in rates.losses({}, steps)}

    assert [parts[code] for code in ("M6", "M5", "M4", "M3")] == [1, 1, Fraction(1, 2), 1]


@settings(max_examples=30)
@given(st.dictionaries(st.sampled_from(CODES), AMOUNTS), st.dictionaries(st.sampled_from(CODES), AMOUNTS), st.data())
def test_a_row_of_the_matrix_and_what_was_repaid_are_the_whole_bucket(
    start: dict[str, int], weights: dict[str, int], data: st.DataObject
) -> None:
    """Whatever is left of a bucket's balance stands in exactly one cell of its row."""
    moved = []
    for before, balance in start.items():
        left = balance
        for bucket in weights:
            part = data.draw(st.integers(0, left))
            moved.append(Moved(before, bucket, 1, part))
            left -= part
    matrix = rates.roll_matrix(start, moved)

    for before, row in matrix.items():
        assert sum(row.values()) * start[before] == sum(one.principal for one in moved if one.before == before)
        assert sum(row.values()) <= 1
    assert set(matrix) == {before for before, balance in start.items() if balance}


def test_every_bucket_has_a_step_to_the_next() -> None:
    assert [(step.before, step.bucket) for step in rates.roll_chain({}, {})] == list(pairwise(CODES))
    assert CODES[-1] == LAST
