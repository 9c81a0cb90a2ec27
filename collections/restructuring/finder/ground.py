"""What does not depend on the candidate, counted once for a search: discount factors with their running sums, weights by rate."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple

from lending.money import PPM, bias, divide
from lending.schedules import Absorb
from lending.schedules.level import annuity
from restructuring.instruments.measures import ONE, flows_of, worth, yardstick_of
from restructuring.instruments.position import Carried, Position
from restructuring.instruments.rebuilding import weights_of

_GUARD = 1 << 40
"""How near to a tie an instalment from running sums may come before it is solved exactly; their error is far below."""


class Rate(NamedTuple):
    """Weights of the coming periods at one rate. `sums[k]` is what a payment of 1 in each of the first k periods is worth at that
    rate, `discounts[k]` what 1 at the end of the k-th is, both over 2^BITS; `same` is the weight where all are equal, else None.
    """

    weights: Sequence[int]
    denominator: int
    same: int | None
    sums: Sequence[int]
    discounts: Sequence[int]
    resting: Sequence[Fraction]

    def instalment(self, principal: int, grace: int, periods: int) -> int:
        """The level instalment, rounded half-up, as `lending.schedules.level` solves it."""
        worth = self.sums[periods] - self.sums[grace]
        numerator = 2 * principal * self.discounts[grace] + worth
        found, rest = divmod(numerator, 2 * worth)
        margin = 2 * worth // _GUARD
        if margin < rest < 2 * worth - margin:
            return found
        price, value = annuity(self.weights[grace:periods], self.denominator)
        return divide(principal * price, value)


class Ground(NamedTuple):
    """`factors[k]` is what one unit due on the k-th coming due date is worth, `running[k]` the sum of the first k."""

    position: Position
    old: int
    factors: Sequence[int]
    running: Sequence[int]
    spans: Sequence[Fraction]
    resting: Sequence[Fraction]

    def at(self, rate_ppm: int | Fraction) -> Rate:
        weights, denominator = weights_of(self.spans, [rate_ppm] * len(self.spans))
        discounts = [ONE]
        for weight in weights:
            discounts.append(discounts[-1] * denominator // (denominator + weight))
        same = weights[0] if len(set(weights)) == 1 else None
        resting = [Fraction(span * rate_ppm, PPM) for span in self.resting]
        return Rate(weights, denominator, same, [0, *accumulate(discounts[1:])], discounts, resting)


def ground_of(position: Position, periods: int, rest: int) -> Ground:
    """For plans of up to so many instalments after so long a rest."""
    yardstick = yardstick_of(position)
    factors = yardstick.factors(position.calendar.due(periods + rest))
    calendar = position.calendar
    return Ground(
        position=position,
        old=worth(flows_of(position), yardstick),
        factors=factors,
        running=[0, *accumulate(factors)],
        spans=calendar.spans(periods),
        resting=calendar._replace(asked=calendar.passed).spans(rest) if rest else (),
    )


def is_priced(position: Position) -> bool:
    """Whether level rows of this loan follow from one instalment: no coarse rounding, the last row takes the cents, nothing carried."""
    terms = position.terms
    is_plain = terms.installment_multiple == 1 and terms.absorb is Absorb.LAST and bias(2, terms.rounding) == 1
    return is_plain and position.carried == Carried() and not position.forgiven
