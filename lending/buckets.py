"""Buckets of days past due as data: the house's, by which loans of all products compare, and a product's own.

The house's are M0, current, M1, 1 to 30 days, and so on to M7, over 180 days: the bounds of the credit bureau's monthly
repayment codes (N, 1 to 7). They decide what is kept, counted and worked by; a product's own follow from the days past due
and are read wherever one loan is shown.
"""

from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import Final, NamedTuple


class Bucket(NamedTuple):
    """Days past due from `days_min` to `days_max`, both counted in; None is no upper bound."""

    code: str
    days_min: int
    days_max: int | None


Buckets = tuple[Bucket, ...]
"""Every number of days past due once: the first is of no days, the last has no end."""

BUCKETS: Final[Buckets] = (
    Bucket("M0", 0, 0),
    Bucket("M1", 1, 30),
    Bucket("M2", 31, 60),
    Bucket("M3", 61, 90),
    Bucket("M4", 91, 120),
    Bucket("M5", 121, 150),
    Bucket("M6", 151, 180),
    Bucket("M7", 181, None),
)

_days_min = attrgetter("days_min")


def bucket(days_past_due: int, buckets: Sequence[Bucket] = BUCKETS) -> str:
    """The code of the bucket that holds so many days past due."""
    return _of(days_past_due, buckets).code


def days_to_next(days_past_due: int) -> int | None:
    """Days until somebody so many days past due enters the next of the house's; None when current or in the last one."""
    days_max = _of(days_past_due, BUCKETS).days_max
    return days_max + 1 - days_past_due if days_past_due and days_max is not None else None


def _of(days_past_due: int, buckets: Sequence[Bucket]) -> Bucket:
    assert days_past_due >= 0
    return buckets[bisect_right(buckets, days_past_due, key=_days_min) - 1]
