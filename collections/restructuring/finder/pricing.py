"""What a candidate asks for and costs, without making its rows one by one: level rows share one instalment and one sum of factors.

Only the cents of the last row take a loop, of integers. Where rows are not level in that way (`None`), the instruments make them
(`by_instruments`); both agree to the last bit, which tests hold.
"""

from typing import NamedTuple

from lending.money import divide
from restructuring.finder.candidates import Recipe
from restructuring.finder.ground import Ground, Rate
from restructuring.instruments.arrears import Treatment
from restructuring.instruments.measures import flows_of, worth, yardstick_of
from restructuring.instruments.position import Position
from restructuring.instruments.postponing import Interest
from restructuring.instruments.reading import apply_all
from restructuring.instruments.refusal import RefusedError


class Priced(NamedTuple):
    """The highest and the first instalment, and the present worth of all of them over 2^BITS."""

    highest: int
    first: int
    worth: int


class Shape(NamedTuple):
    """A recipe's figures that do not depend on the number of instalments; `principal` bears interest after the rest."""

    principal: int
    first: int
    spread: tuple[int, int]
    last: int
    rest: int
    grace: int


def shape_of(position: Position, recipe: Recipe, rate: Rate) -> Shape:
    """As the recipe's instruments leave it, in their order."""
    behind, how = position.arrears, recipe.arrears
    principal = position.outstanding - recipe.forgiven
    if how.interest is Treatment.CAPITALISE:
        principal += behind.interest
    if recipe.interest is Interest.CAPITALISED:
        for weight in rate.resting[: recipe.rest]:
            principal += divide(principal * weight.numerator, weight.denominator)
    parts = ((how.interest, behind.interest), (how.penalty, behind.penalty))
    first, last = (sum(part for name, part in parts if name is where) for where in (Treatment.FIRST, Treatment.LAST))
    spread = [part if name is Treatment.SPREAD else 0 for name, part in parts]
    return Shape(principal, first + position.accrued, (spread[0], spread[1]), last, recipe.rest, recipe.grace)


def least_instalment(shape: Shape, rate: Rate, periods: int) -> int:
    """The level instalment with what is spread on top: no row after the first asks for less, save by cents."""
    return rate.instalment(shape.principal, shape.grace, periods) + sum(part // periods for part in shape.spread)


def priced(ground: Ground, shape: Shape, rate: Rate, periods: int) -> Priced | None:
    """The plan's figures; None where its rows are not level."""
    if shape.principal <= 0:
        return None
    instalment = rate.instalment(shape.principal, shape.grace, periods)
    last = _last_row(shape, rate, periods, instalment)
    if last is None:
        return None
    denominator, half = rate.denominator, rate.denominator // 2
    resting = [(shape.principal * weight + half) // denominator for weight in rate.weights[: shape.grace]]
    rest, running, factors = shape.rest, ground.running, ground.factors[shape.rest :]
    level_until = periods - 1
    worth = instalment * (running[rest + level_until] - running[rest + shape.grace]) + last * factors[level_until]
    worth += sum(amount * factor for amount, factor in zip(resting, factors, strict=False))
    worth += shape.first * factors[0] + shape.last * factors[level_until]
    extra = [0] * min(periods, shape.grace + 2)
    extra_last = shape.last
    for part in shape.spread:
        if part:
            even, odd = divmod(part, periods)
            worth += even * (running[rest + periods] - running[rest]) + running[rest + odd] - running[rest]
            extra = [more + even + (index < odd) for index, more in enumerate(extra)]
            extra_last += even
    amounts = [*resting, *[instalment] * (level_until - shape.grace)][: len(extra)]
    tops = [amount + more for amount, more in zip(amounts, extra, strict=False)]
    if shape.grace and not resting[0]:
        return None
    first = (tops[0] if tops else last + extra_last) + shape.first
    return Priced(max(first, last + extra_last, *tops[1:]) if level_until else first, first, worth)


def _last_row(shape: Shape, rate: Rate, periods: int, instalment: int) -> int | None:
    """What rounding leaves for the last row; None when a row before it repays nothing or everything."""
    left, denominator, half = shape.principal, rate.denominator, rate.denominator // 2
    weights = rate.weights
    if rate.same is not None:
        weight = rate.same
        if instalment <= (left * weight + half) // denominator and periods - shape.grace > 1:
            return None
        for _ in range(shape.grace, periods - 1):
            left -= instalment - (left * weight + half) // denominator
    else:
        for index in range(shape.grace, periods - 1):
            part = instalment - (left * weights[index] + half) // denominator
            if part <= 0:
                return None
            left -= part
    return left + (left * weights[periods - 1] + half) // denominator if left > 0 else None


def by_instruments(position: Position, recipe: Recipe, periods: int) -> Priced | None:
    """The same figures from the rows that the recipe's instruments make; None where they refuse."""
    try:
        planned = apply_all(position, recipe.instruments(periods))
    except RefusedError:
        return None
    totals = [row.total for row in planned.schedule]
    if not totals:
        return None
    return Priced(max(totals), totals[0], worth(flows_of(planned), yardstick_of(position)))
