"""The transparent score: add the points of the lines that hold. Pure."""

from typing import NamedTuple

from risk.facts import RiskFacts
from risk.points import ABILITY, BASE, HIGHEST, LINES, LOWEST, WILLINGNESS


class Reason(NamedTuple):
    """A line that held, with its points and the number that made it hold."""

    code: str
    side: str
    points: int
    fact: int


class Score(NamedTuple):
    """0 is worst, 100 best, on each side; the reasons in the order of the table."""

    ability: int
    willingness: int
    reasons: tuple[Reason, ...]


def score(facts: RiskFacts) -> Score:
    """Ability and willingness to pay, kept apart: someone who cannot is not someone who will not."""
    reasons = []
    counted = set()
    for line in LINES:
        if (line.side, line.group) not in counted and line.holds(facts):
            counted.add((line.side, line.group))
            reasons.append(Reason(line.code, line.side, line.points, line.fact(facts)))
    sums = {side: BASE + sum(r.points for r in reasons if r.side == side) for side in (ABILITY, WILLINGNESS)}
    bounded = {side: min(HIGHEST, max(LOWEST, points)) for side, points in sums.items()}
    return Score(bounded[ABILITY], bounded[WILLINGNESS], tuple(reasons))
