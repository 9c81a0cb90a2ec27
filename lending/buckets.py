"""Buckets of days past due as data: M0 is current, M1 is 1 to 30 days, and so on to M7, over 180 days.

The bounds are those of the credit bureau's monthly repayment codes (N, 1 to 7).
"""

from bisect import bisect_right
from typing import Final, NamedTuple


class Bucket(NamedTuple):
    """Days past due from `days_min` to `days_max`, both counted in; None is no upper bound."""

    code: str
    days_min: int
    days_max: int | None


BUCKETS: Final = (
    Bucket("M0", 0, 0),
    Bucket("M1", 1, 30),
    Bucket("M2", 31, 60),
    Bucket("M3", 61, 90),
    Bucket("M4", 91, 120),
    Bucket("M5", 121, 150),
    Bucket("M6", 151, 180),
    Bucket("M7", 181, None),
)

_FLOORS: Final = tuple(each.days_min for each in BUCKETS)


def bucket(days_past_due: int) -> str:
    """The code of the bucket that holds so many days past due."""
    assert days_past_due >= 0
    return BUCKETS[bisect_right(_FLOORS, days_past_due) - 1].code


def days_to_next(days_past_due: int) -> int | None:
    """Days until somebody so many days past due enters the next bucket; None when current or in the last one."""
    days_max = BUCKETS[bisect_right(_FLOORS, days_past_due) - 1].days_max
    return days_max + 1 - days_past_due if days_past_due and days_max is not None else None
