"""The level instalment: the one amount which, paid in every period, repays the loan with its interest.

Paying A in each of n periods that bear w_1 ... w_n on a unit of principal repays P when
P = A x sum over k of 1 / ((1 + w_1) ... (1 + w_k)). With equal periods that is the annuity formula
A = P r (1 + r)^n / ((1 + r)^n - 1). Both are solved in exact integers; only the result is rounded.
"""

from collections.abc import Sequence
from functools import lru_cache


def annuity(weights: Sequence[int], denominator: int) -> tuple[int, int]:
    """A pair (price, value) of integers: an instalment is principal x price / value."""
    first, count = weights[0], len(weights)
    if weights.count(first) != count:
        return annuities(weights, denominator)[0]
    return _equal_annuity(first, denominator, count)


@lru_cache(maxsize=256)
def _equal_annuity(weight: int, denominator: int, count: int) -> tuple[int, int]:
    """`annuity` of equal periods in closed form; a book has few products, so few of these."""
    if weight == 0:
        return 1, count
    grown, whole = (denominator + weight) ** count, denominator**count
    return weight * grown, denominator * (grown - whole)


def annuities(weights: Sequence[int], denominator: int) -> list[tuple[int, int]]:
    """For each period, the pair (price, value) of the instalment that repays from that period on.

    Backwards: the value of the rest, discounted over one more period, is (1 + rest) / (1 + w).
    """
    price, value = 1, 0
    pairs = []
    for weight in reversed(weights):
        price, value = price * (denominator + weight), (price + value) * denominator
        pairs.append((price, value))
    pairs.reverse()
    return pairs
