"""Buckets hold every number of days exactly once."""

from itertools import pairwise

import pytest

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
