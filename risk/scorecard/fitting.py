"""A logistic fit over bins: one coefficient a bin, all of them drawn towards nothing as far as few rows speak for them.

Newton's method on the penalised likelihood  Σ [y·η − ln(1 + e^η)] − RIDGE/2 · Σ β²,  η = α + Σ β(bin of each column). The
penalty is that of a normal prior of variance 1/RIDGE on the log odds of a bin, so that the sum is always solvable, also where
columns repeat each other. Plain Python in a fixed order: the same input gives the same model, to the last bit.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

RIDGE: Final = 10.0
ROUNDS_MAX: Final = 25
STEP_MIN: Final = 1e-9


class Fit(NamedTuple):
    """Log odds of the target: `base`, and for each column what each of its bins adds."""

    base: float
    effects: list[list[float]]


def fit(columns: Sequence[Sequence[int]], sizes: Sequence[int], target: Sequence[int]) -> Fit:
    """Columns of bin numbers, how many bins each has, and the target of each row, which has both sides."""
    starts = [sum(sizes[:place]) for place in range(len(sizes))]
    placed = [[start + each for each in column] for start, column in zip(starts, columns, strict=True)]
    count = sum(sizes)
    share = sum(target) / len(target)
    solution = [0.0] * count + [math.log(share / (1 - share))]
    for _round in range(ROUNDS_MAX):
        step = _solve(*_curvature(placed, target, solution))
        solution = [value + change for value, change in zip(solution, step, strict=True)]
        if max(map(abs, step)) < STEP_MIN:
            break
    effects = [solution[start : start + size] for start, size in zip(starts, sizes, strict=True)]
    return Fit(solution[-1], effects)


def _curvature(
    placed: Sequence[Sequence[int]], target: Sequence[int], solution: Sequence[float]
) -> tuple[list[list[float]], list[float]]:
    """The matrix and the gradient of a step of Newton's; the base comes last."""
    last = len(solution) - 1
    chances = [1 / (1 + math.exp(-min(max(odds, -30.0), 30.0))) for odds in _log_odds(placed, solution, len(target))]
    spreads = [chance * (1 - chance) for chance in chances]
    matrix = [[0.0] * len(solution) for _ in solution]
    gradient = [0.0] * len(solution)
    misses = [bad - chance for bad, chance in zip(target, chances, strict=True)]
    for place, column in enumerate(placed):
        for each, spread, miss in zip(column, spreads, misses, strict=True):
            matrix[each][each] += spread
            gradient[each] += miss
        for other in placed[:place]:
            for each, beside, spread in zip(column, other, spreads, strict=True):
                matrix[each][beside] += spread
    for each in range(last):
        matrix[last][each] = matrix[each][each]
        matrix[each][each] += RIDGE
        gradient[each] -= RIDGE * solution[each]
    if placed:  # what the bins of one column sum to is what all rows sum to
        matrix[last][last], gradient[last] = sum(spreads), sum(misses)
    return matrix, gradient


def _log_odds(placed: Sequence[Sequence[int]], solution: Sequence[float], rows: int) -> list[float]:
    sums = [solution[-1]] * rows
    for column in placed:
        sums = [so_far + solution[each] for so_far, each in zip(sums, column, strict=True)]
    return sums


def _solve(matrix: list[list[float]], right: Sequence[float]) -> list[float]:
    """x of matrix · x = right by Cholesky; of the symmetric positive matrix the lower half is given."""
    size = len(right)
    lower = [row[:] for row in matrix]
    for row in range(size):
        mine = lower[row]
        for column in range(row + 1):
            other = lower[column]
            rest = mine[column] - sum(a * b for a, b in zip(mine[:column], other[:column], strict=True))
            mine[column] = math.sqrt(rest) if row == column else rest / other[column]
    found: list[float] = []
    for row in range(size):
        mine = lower[row]
        found.append((right[row] - sum(a * b for a, b in zip(mine, found, strict=False))) / mine[row])
    for row in reversed(range(size)):
        rest = found[row] - sum(lower[below][row] * found[below] for below in range(row + 1, size))
        found[row] = rest / lower[row][row]
    return found
