"""What a sum of points comes to in life: the share of bads among rows of about that many points, without a step back.

Rows are cut into bands by rank; where more points had more bads, neighbours are pooled (pool adjacent violators). Between the
bands the log odds follow a straight line, beyond them the line of the scale, so that more points always mean less.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import groupby
from typing import Final, NamedTuple

from risk.scorecard.scaling import Scale

BANDS: Final = 20
ROWS_MIN: Final = 50
"""A band of fewer rows says nothing by itself."""


class Knot(NamedTuple):
    """Bads to goods, as the logarithm of odds, at that many points."""

    score: float
    log_odds: float


class _Band(NamedTuple):
    rows: int
    bads: int
    points: float
    """Summed over the rows."""

    def with_more(self, other: "_Band") -> "_Band":
        return _Band(self.rows + other.rows, self.bads + other.bads, self.points + other.points)

    @property
    def share(self) -> float:
        return self.bads / self.rows


def learn(scores: Sequence[int], target: Sequence[int]) -> tuple[Knot, ...]:
    """The knots of the curve, by rising points."""
    pooled: list[_Band] = []
    for band in _bands(scores, target):
        pooled.append(band)
        while len(pooled) > 1 and pooled[-1].share >= pooled[-2].share:
            above, below = pooled.pop(), pooled.pop()
            pooled.append(below.with_more(above))
    return tuple(
        Knot(round(band.points / band.rows, 3), round(math.log((band.bads + 0.5) / (band.rows - band.bads + 0.5)), 6))
        for band in pooled
    )


def probability(knots: Sequence[Knot], scale: Scale, score: float) -> float:
    """The probability of the target at that many points."""
    place = bisect_right([knot.score for knot in knots], score)
    if place in (0, len(knots)):
        end = knots[min(place, len(knots) - 1)]
        odds = end.log_odds - (score - end.score) / scale.factor
    else:
        below, above = knots[place - 1], knots[place]
        part = (score - below.score) / (above.score - below.score)
        odds = below.log_odds + part * (above.log_odds - below.log_odds)
    return 1 / (1 + math.exp(-odds))


def _bands(scores: Sequence[int], target: Sequence[int]) -> list[_Band]:
    """Bands of about equally many rows, rows of the same points together."""
    wanted = max(ROWS_MIN, -(-len(scores) // BANDS))
    found: list[_Band] = []
    for score, rows in groupby(sorted(zip(scores, target, strict=True)), key=lambda row: row[0]):
        sides = [bad for _score, bad in rows]
        more = _Band(len(sides), sum(sides), float(score) * len(sides))
        if found and found[-1].rows + more.rows // 2 < wanted:
            more = found.pop().with_more(more)
        found.append(more)
    return found
