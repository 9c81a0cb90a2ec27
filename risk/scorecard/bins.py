"""Where the values of a column are told apart: bounds of a number, groups of words, and a place for what is missing.

Bins are learnt from the values and the target together: fine ones by rank, then neighbours (of words: the most alike) are
joined while a chi-squared test finds no difference between them or one of them is too small to trust.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

FINE_MAX: Final = 20
"""So many bins by rank to begin with."""
BINS_MAX: Final = 8
SHARE_MIN: Final = 0.03
"""A bin holds at least this share of the rows."""
CHI_SQUARED: Final = 3.84
"""Neighbours that differ less are joined: one degree of freedom, five in a hundred."""
MISSING: Final = 0
"""The bin of what is missing; the others follow in their order."""


class Bins(NamedTuple):
    """The bins of a column, `MISSING` first.

    Of a number: bin 1 holds what is at most `bounds[0]`, the last one what is above all bounds. Of words: bin n + 1 holds
    the words of `groups[n]`; a word that was never seen has no bin.
    """

    bounds: tuple[float, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()

    @property
    def size(self) -> int:
        return 1 + (len(self.groups) or len(self.bounds) + 1)

    def place(self, text: str) -> int | None:
        """The bin of a value as it stands in a file; None for a word that was never seen."""
        text = text.strip()
        if not text:
            return MISSING
        if self.groups:
            return next((n for n, group in enumerate(self.groups, start=1) if text in group), None)
        number = number_of(text)
        return MISSING if number is None else 1 + bisect_left(self.bounds, number)

    def words(self, place: int) -> str:
        """A bin as a person reads it."""
        if place == MISSING:
            return "missing"
        if self.groups:
            return ", ".join(self.groups[place - 1])
        below = self.bounds[place - 2] if place > 1 else None
        upto = self.bounds[place - 1] if place <= len(self.bounds) else None
        if below is None:
            return "any" if upto is None else f"≤ {upto:g}"
        return f"> {below:g}" if upto is None else f"{below:g} … {upto:g}"


class Tally(NamedTuple):
    """How many rows of a bin have the target and how many do not."""

    goods: int
    bads: int

    @property
    def rows(self) -> int:
        return self.goods + self.bads


def number_of(text: str) -> float | None:
    """A finite number, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def learn(values: Sequence[str], target: Sequence[int]) -> Bins:
    """The bins of a column from its values as texts and the target of each row, 1 or 0."""
    present = [(value.strip(), bad) for value, bad in zip(values, target, strict=True) if value.strip()]
    numbers = [(number_of(value), bad) for value, bad in present]
    least = max(1, round(SHARE_MIN * len(target)))
    if all(number is not None for number, _bad in numbers):
        return Bins(bounds=_bounds([(number, bad) for number, bad in numbers if number is not None], least))
    return Bins(groups=_groups(present, least))


def _bounds(rows: list[tuple[float, int]], least: int) -> tuple[float, ...]:
    ordered = sorted(number for number, _bad in rows)
    distinct = sorted(set(ordered))
    if len(distinct) > FINE_MAX:
        distinct = sorted({ordered[len(ordered) * step // FINE_MAX - 1] for step in range(1, FINE_MAX + 1)})
    tallies = [[0, 0] for _bound in distinct]
    for number, bad in rows:
        tallies[bisect_left(distinct, number)][bad] += 1
    joined = _joined([(bound, Tally(*tally)) for bound, tally in zip(distinct, tallies, strict=True)], least)
    return tuple(bound for bound, _tally in joined[:-1])


def _joined(bins: list[tuple[float, Tally]], least: int) -> list[tuple[float, Tally]]:
    """Neighbours joined, each kept under its upper bound, until all are large and different enough."""
    bins = list(bins)
    while len(bins) > 1:
        distances = [_distance(bins[place][1], bins[place + 1][1], least) for place in range(len(bins) - 1)]
        nearest = min(distances)
        if nearest > CHI_SQUARED and len(bins) <= BINS_MAX:
            break
        place = distances.index(nearest)
        bound, upper = bins.pop(place + 1)
        bins[place] = (bound, _both(bins[place][1], upper))
    return bins


def _groups(rows: list[tuple[str, int]], least: int) -> tuple[tuple[str, ...], ...]:
    """Words whose shares of bads are alike in one group, ordered by that share."""
    goods = Counter(word for word, bad in rows if not bad)
    bads = Counter(word for word, bad in rows if bad)
    words = sorted({*goods, *bads}, key=lambda word: (bads[word] / (goods[word] + bads[word]), word))
    tallies = [(float(place), Tally(goods[word], bads[word])) for place, word in enumerate(words)]
    ends = [int(bound) for bound, _tally in _joined(tallies, least)]
    starts = [0, *(end + 1 for end in ends[:-1])]
    return tuple(tuple(sorted(words[start : end + 1])) for start, end in zip(starts, ends, strict=True))


def _distance(one: Tally, other: Tally, least: int) -> float:
    """Chi squared of the two by the target; less than nothing where one is too small, the smallest first."""
    smaller = min(one.rows, other.rows)
    if smaller < least:
        return float(smaller - least)
    both = _both(one, other)
    share = both.bads / both.rows
    if share in (0.0, 1.0):
        return 0.0
    gap = one.bads / one.rows - other.bads / other.rows
    return gap * gap / (share * (1 - share) * (1 / one.rows + 1 / other.rows))


def _both(one: Tally, other: Tally) -> Tally:
    return Tally(one.goods + other.goods, one.bads + other.bads)
