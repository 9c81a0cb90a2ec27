"""Points: a score is a straight line of the log odds, so that a fixed number of points doubles the odds (PDO).

factor = PDO ÷ ln 2; offset = anchor − factor · ln(odds at the anchor, good to bad); score = offset + factor · ln(odds).
Source: Siddiqi, Credit Risk Scorecards; the worked figures of the tests are those of rdrr.io scorecard.
"""

import math
from typing import NamedTuple


class Scale(NamedTuple):
    """`points_to_double` points double the odds of good to bad; at `anchor` points they are `odds` to one."""

    points_to_double: float = 20
    anchor: float = 600
    odds: float = 50

    @property
    def factor(self) -> float:
        return self.points_to_double / math.log(2)

    @property
    def offset(self) -> float:
        return self.anchor - self.factor * math.log(self.odds)

    def score(self, probability: float) -> float:
        """The score at which the target has this probability, between 0 and 1 and neither."""
        return self.offset + self.factor * math.log((1 - probability) / probability)

    def probability(self, score: float) -> float:
        """The probability of the target at that score."""
        return 1 / (1 + math.exp((score - self.offset) / self.factor))
