"""Buckets hold every number of days exactly once: the house's, and those that a product writes as a text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.bucket_terms import BucketsError, buckets_of, text_of
from lending.buckets import BUCKETS, bucket


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (0, "M0"),
        (1, "M1"),
        (30, "M1"),
        (31, "M2"),
        (60, "M2"),
        (61, "M3"),
        (90, "M3"),
        (91, "M4"),
        (120, "M4"),
        (121, "M5"),
        (150, "M5"),
        (151, "M6"),
        (180, "M6"),
        (181, "M7"),
        (4000, "M7"),
    ],
)
def test_days_past_due_fall_in_the_bucket_of_their_bounds(days: int, code: str) -> None:
    assert bucket(days) == code


def test_each_bucket_begins_the_day_after_the_one_before() -> None:
    assert BUCKETS[0].days_min == 0
    assert BUCKETS[-1].days_max is None
    assert all(
        below.days_max is not None and below.days_max + 1 == above.days_min for below, above in pairwise(BUCKETS)
    )


FINE = "0, 1-3, 4-15, 16-30, 31-"
"""As some funders count the first weeks."""


@pytest.mark.parametrize(
    ("days", "code"), [(0, "0"), (1, "1-3"), (3, "1-3"), (4, "4-15"), (16, "16-30"), (31, "31+"), (900, "31+")]
)
def test_buckets_without_names_are_called_by_their_bounds(days: int, code: str) -> None:
    assert bucket(days, buckets_of(FINE)) == code


@pytest.mark.parametrize(
    "written",
    [
        "M0 0, early 1-7, M1 8-30, M2 31-",
        "M0 0/early 1–7/M1 8–30/M2 31+",
        "M0 0，early 1至7；M1 8～30、M2 31-",
        "M0 0\nearly 1 - 7\nM1 8 - 30\nM2 31 -",
    ],
)
def test_buckets_are_read_however_they_are_written_and_said_in_one_way(written: str) -> None:
    assert text_of(buckets_of(written)) == "M0 0, early 1-7, M1 8-30, M2 31+"


def test_no_text_is_the_house_and_the_house_is_a_text() -> None:
    assert buckets_of(" ") == BUCKETS
    assert buckets_of(text_of(BUCKETS)) == BUCKETS


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("0, 1-3, 5-", "begins on day 4"),
        ("0, 1-3, 3-", "begins on day 4"),
        ("0, 1-30", "end with 31-"),
        ("0, 1-, 5-", "comes the bucket"),
        ("1-30, 31-", "The first bucket is 0"),
        ("0-30, 31-", "The first bucket is 0"),
        ("0, 9-3, 10-", "ends before it begins"),
        ("0, soon, 3-", "“soon” is no bucket"),
        ("0, 1-3,, 4-", "“” is no bucket"),
        ("0, A 1-3, A 4-", "the same name"),
        ("0, everlasting 1-", "too long a name"),
        (", ".join(["0", *(str(day) for day in range(1, 25)), "25-"]), "At most 20"),
    ],
)
def test_what_makes_no_buckets_is_told(written: str, told: str) -> None:
    with pytest.raises(BucketsError, match=told):
        buckets_of(written)


@given(st.sets(st.integers(1, 400), min_size=1, max_size=15), st.integers(0, 1_000))
def test_every_number_of_days_is_in_the_one_bucket_whose_bounds_hold_it(starts: set[int], days: int) -> None:
    firsts = sorted({1, *starts})
    written = ", ".join(["0", *(f"{one}-{after - 1}" for one, after in pairwise(firsts)), f"{firsts[-1]}-"])
    buckets = buckets_of(written)

    holding = [each for each in buckets if each.days_min <= days and (each.days_max is None or days <= each.days_max)]

    assert [each.code for each in holding] == [bucket(days, buckets)]
    assert buckets_of(text_of(buckets)) == buckets
