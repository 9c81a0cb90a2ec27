"""The pure rules: rights on a day, creditors of an instalment on a day, and the splitting of what was allocated."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.creditors import CreditorFacts, ShareSet, Takeover, creditor, owners
from lending.money import PPM
from lending.rights import DatedRights, Instrument, Right, right, strictest
from lending.sharing import Allocated, Splitter, received, shared

BANK, TRUST, GUARANTOR = 1, 2, 9
JAN, MARCH, MAY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1)
SHARED = CreditorFacts(
    BANK,
    shares=(ShareSet(JAN, ((BANK, 700_000), (TRUST, 300_000))), ShareSet(MARCH, ((BANK, 500_000), (TRUST, 500_000)))),
    takeovers=(Takeover(MAY, GUARANTOR, 2, 4),),
)


def test_a_right_follows_the_terms_in_force_on_the_day() -> None:
    history = [
        DatedRights(JAN, {"waive_interest": "consent"}),
        DatedRights(MARCH, {"waive_interest": "never"}),
    ]

    assert right(history, Instrument.WAIVE_INTEREST, JAN - timedelta(days=1)) == Right.FREE
    assert right(history, Instrument.WAIVE_INTEREST, JAN) == Right.CONSENT
    assert right(history, Instrument.WAIVE_INTEREST, MARCH) == Right.NEVER
    assert right(history, Instrument.EXTENSION, MARCH) == Right.FREE


def test_the_strictest_of_several_creditors_counts() -> None:
    assert strictest([Right.FREE, Right.NEVER, Right.CONSENT]) == Right.NEVER
    assert strictest([]) == Right.FREE


def test_a_loan_without_shares_is_owed_to_its_one_funder() -> None:
    assert owners(CreditorFacts(BANK), 1, JAN) == ((BANK, PPM),)


@pytest.mark.parametrize(
    ("n", "on", "whose"),
    [
        (1, JAN - timedelta(days=1), ((BANK, PPM),)),
        (1, JAN, ((BANK, 700_000), (TRUST, 300_000))),
        (2, MARCH, ((BANK, 500_000), (TRUST, 500_000))),
        (2, MAY - timedelta(days=1), ((BANK, 500_000), (TRUST, 500_000))),
        (2, MAY, ((GUARANTOR, PPM),)),
        (5, MAY, ((BANK, 500_000), (TRUST, 500_000))),
        (None, MAY, ((GUARANTOR, PPM),)),
    ],
)
def test_money_belongs_to_the_creditors_of_its_value_day(
    n: int | None, on: date, whose: tuple[tuple[int, int], ...]
) -> None:
    assert owners(SHARED, n, on) == whose


def test_a_shared_loan_speaks_with_the_name_of_the_lender_of_record_until_the_guarantor_has_paid() -> None:
    assert [creditor(SHARED, 2, on) for on in (JAN, MARCH, MAY)] == [BANK, BANK, GUARANTOR]
    assert creditor(SHARED, 5, MAY) == BANK


def test_a_split_is_by_largest_remainder() -> None:
    assert Splitter(((1, 333_334), (2, 333_333), (3, 333_333))).take(100) == [34, 33, 33]


def test_cents_left_over_do_not_gather_with_one_funder() -> None:
    splitter = Splitter(((1, 500_000), (2, 500_000)))

    parts = [splitter.take(1) for _ in range(1_000)]

    assert [sum(part[i] for part in parts) for i in (0, 1)] == [500, 500]


def test_a_million_random_splits_lose_nothing_and_never_drift() -> None:
    """Over 10,000 loans of 100 allocations: parts sum to each, and nobody is ever a minor unit from its exact share."""
    random, given_away = Random(20_260_331), 0
    for _loan in range(10_000):
        cuts = sorted({random.randrange(1, PPM) for _ in range(random.randint(1, 3))})
        weights = [b - a for a, b in zip([0, *cuts], [*cuts, PPM], strict=True)]
        splitter = Splitter(tuple(enumerate(weights)))
        for _n in range(100):
            amount = random.randint(-500, 200_000)
            given_away += amount - sum(splitter.take(amount))
        for weight, got in zip(weights, splitter.received, strict=True):
            assert abs(got * PPM - splitter.total * weight) < PPM

    assert given_away == 0


@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 2, 3, 5, None]),
            st.sampled_from(["principal", "interest", "penalty"]),
            st.integers(-10_000, 10_000_000),
            st.integers(0, 200),
        ),
        max_size=40,
    )
)
def test_the_parts_of_all_funders_are_the_allocations_of_every_component(
    rows: list[tuple[int | None, str, int, int]],
) -> None:
    allocated = [Allocated(n, what, amount, JAN + timedelta(days=d), JAN) for n, what, amount, d in rows]

    parts = list(shared(SHARED, allocated))

    for what in ("principal", "interest", "penalty"):
        assert sum(p.amount for p in parts if p.component == what) == sum(
            a.amount for a in allocated if a.component == what
        )
    assert {part.funder_id for part in parts} <= {BANK, TRUST, GUARANTOR}


def test_consecutive_periods_add_up_to_the_whole_life() -> None:
    allocated = [
        Allocated(1, "principal", 101, JAN + timedelta(days=d), JAN + timedelta(days=d)) for d in range(0, 59, 3)
    ]
    parts = list(shared(SHARED, allocated))

    january = received(parts, first=JAN, last=date(2026, 1, 31))
    later = received(parts, first=date(2026, 2, 1), last=MAY)
    whole = received(parts, first=JAN, last=MAY)

    for funder in (BANK, TRUST):
        assert january[funder]["principal"] + later[funder]["principal"] == whole[funder]["principal"]
