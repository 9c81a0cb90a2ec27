"""How well a score tells bads from goods, and how well its probabilities hold. Pure.

AUC = the chance that a bad has the higher probability than a good, ties counting half; Gini = 2·AUC − 1; KS = the largest
gap between the cumulated shares of both. Source of the definitions: blog.csdn.net/fs01234/article/details/120283776.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple


class Tenth(NamedTuple):
    """A tenth of the rows by rising probability: what was expected and what came, as shares; `lift` against all rows."""

    rows: int
    expected: float
    actual: float
    lift: float


def auc(probabilities: Sequence[float], target: Sequence[int]) -> float:
    """ValueError where the target has one side only."""
    bads, goods = _sides(target)
    below = won = 0.0
    for good, bad in _steps(probabilities, target):
        won += bad * (below + good / 2)
        below += good
    return won / (goods * bads)


def gini(probabilities: Sequence[float], target: Sequence[int]) -> float:
    return 2 * auc(probabilities, target) - 1


def ks(probabilities: Sequence[float], target: Sequence[int]) -> float:
    """ValueError where the target has one side only."""
    bads, goods = _sides(target)
    seen_good = seen_bad = 0
    widest = 0.0
    for good, bad in _steps(probabilities, target):
        seen_good, seen_bad = seen_good + good, seen_bad + bad
        widest = max(widest, abs(seen_good / goods - seen_bad / bads))
    return widest


def tenths(probabilities: Sequence[float], target: Sequence[int]) -> list[Tenth]:
    """Calibration and lift by tenths of the rows; fewer than ten rows make fewer tenths."""
    ordered = sorted(zip(probabilities, target, strict=True))
    overall = sum(target) / len(target)
    found = []
    for step in range(10):
        part = ordered[len(ordered) * step // 10 : len(ordered) * (step + 1) // 10]
        if part:
            expected = sum(probability for probability, _bad in part) / len(part)
            actual = sum(bad for _probability, bad in part) / len(part)
            found.append(Tenth(len(part), expected, actual, actual / overall if overall else 0.0))
    return found


def _steps(probabilities: Sequence[float], target: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Goods and bads of each probability, from the lowest up."""
    ordered = sorted(zip(probabilities, target, strict=True))
    for _probability, rows in groupby(ordered, key=lambda row: row[0]):
        sides = [bad for _, bad in rows]
        yield len(sides) - sum(sides), sum(sides)


def _sides(target: Sequence[int]) -> tuple[int, int]:
    bads = sum(target)
    if not 0 < bads < len(target):
        raise ValueError("the target has one side only")
    return bads, len(target) - bads
