"""The search: every candidate within policy and rights, the cheapest of each mix of instruments, three of them at most.

A plan costs the lender what present value it loses at the original rate; a gain counts as no cost, so that nobody is made to pay
more for having asked. Costs are equal within `EQUAL`, and of equal plans the shortest is first. The first plan found is the cheapest of all; the
second and third are the cheapest that are made in another way (`Recipe.mix`). Candidates are left out unpriced only when a bound says that
they cannot come first in their mix.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lending.rights import Instrument as Asked
from lending.rights import Right
from lending.waivable import Parts
from restructuring.finder.candidates import Recipe, recipes, spans_of
from restructuring.finder.ground import Ground, Rate, ground_of, is_priced
from restructuring.finder.policy import Policy
from restructuring.finder.pricing import Priced, Shape, by_instruments, least_instalment, priced, shape_of
from restructuring.instruments.measures import ONE, in_minor_units
from restructuring.instruments.position import Position

EQUAL = 100
"""Costs within so many minor units are the same (house rule)."""
PLANS_MAX = 3

Key = tuple[int, int, int]


class Plan(NamedTuple):
    """A plan that fits: instalments in all, the highest and the first of them, and its cost; `consents` are asked of the funder."""

    recipe: Recipe
    periods: int
    highest: int
    first: int
    loss: int
    waived: Parts
    consents: frozenset[Asked]


class Left(NamedTuple):
    """Why plans were left out: authority, funder, first_payment, or too_high where none fits at all.

    `amount` is what the cheapest plan above one's authority costs and `waived` what it gives up; the least first payment that the
    policy takes; the lowest level instalment of those too high. `asked` is what the funder forbids.
    """

    why: str
    amount: int = 0
    waived: Parts = Parts()
    asked: frozenset[Asked] = frozenset()


class Found(NamedTuple):
    plans: tuple[Plan, ...]
    left: tuple[Left, ...]
    tried: int
    affordable: int


class _Search:
    """One run; what it has found so far, by mix."""

    def __init__(self, position: Position, policy: Policy, affordable: int) -> None:
        self.position, self.policy, self.affordable = position, policy, affordable
        self.ground: Ground = ground_of(position, policy.periods_most, max(policy.rests))
        self.is_priced = is_priced(position)
        self.best: dict[tuple[bool, ...], tuple[Key, Plan]] = {}
        self.above: tuple[Key, Plan] | None = None
        self.is_first_too_small = False
        self.least: int | None = None
        self.forbidden: set[Asked] = set()
        self.tried = 0
        self.rates: dict[object, Rate] = {}

    def rate_of(self, recipe: Recipe) -> Rate:
        if recipe.rate_ppm not in self.rates:
            self.rates[recipe.rate_ppm] = self.ground.at(recipe.rate_ppm)
        return self.rates[recipe.rate_ppm]

    def take(self, order: int, recipe: Recipe, rights: Mapping[Asked, Right]) -> None:
        """Every number of instalments of one recipe."""
        periods = spans_of(self.position, self.policy, recipe)
        self.tried += len(periods)
        asked = recipe.asks(self.position)
        never = {each for each in asked if rights.get(each, Right.FREE) is Right.NEVER}
        if never:
            self.forbidden |= never
            return
        waived, mix = recipe.waives(self.position), recipe.mix(self.position)
        waives_too_much = not waived.is_within(self.policy.waivable)
        consents = frozenset(each for each in asked if rights.get(each) is Right.CONSENT)
        for count, found, key in self._fitting(order, recipe, periods, mix, waives_too_much=waives_too_much):
            loss = in_minor_units(self.ground.old - found.worth)
            plan = Plan(recipe, count, found.highest, found.first, loss, waived, consents)
            if not (waives_too_much or self._loses_too_much(loss)):
                self.best[mix] = (key, plan)
            elif self.above is None or key < self.above[0]:
                self.above = (key, plan)

    def _fitting(
        self, order: int, recipe: Recipe, periods: range, mix: tuple[bool, ...], *, waives_too_much: bool
    ) -> Iterator[tuple[int, Priced, Key]]:
        """Those that fit and come before what was found of this mix, or of all that is above one's authority."""
        rate = self.rate_of(recipe)
        shape = shape_of(self.position, recipe, rate)
        for count in periods:
            if self.is_priced:
                least = least_instalment(shape, rate, count)
                if least > self.affordable:
                    self._too_high(least)
                    continue
                if self._comes_after(shape, rate, count, order, mix, waives_too_much=waives_too_much):
                    continue
            found = self._price(recipe, shape, rate, count)
            if found is None or not self._fits(found):
                continue
            loss = in_minor_units(self.ground.old - found.worth)
            key = (cost_of(loss), count + recipe.rest, order)
            kept = self._kept(mix, is_above=waives_too_much or self._loses_too_much(loss))
            if kept is None or key < kept:
                yield count, found, key

    def _comes_after(
        self, shape: Shape, rate: Rate, count: int, order: int, mix: tuple[bool, ...], *, waives_too_much: bool
    ) -> bool:
        """Whether what was found is better by bounds alone; near the most that may be lost both kinds must be."""
        least, most = self._losses(shape, rate, count)
        key = (cost_of(least), count + shape.rest, order)
        kinds = {waives_too_much or self._loses_too_much(least), waives_too_much or self._loses_too_much(most)}
        kept = [self._kept(mix, is_above=is_above) for is_above in kinds]
        return all(each is not None and key >= each for each in kept)

    def _kept(self, mix: tuple[bool, ...], *, is_above: bool) -> Key | None:
        found = self.above if is_above else self.best.get(mix)
        return found[0] if found else None

    def _loses_too_much(self, loss: int) -> bool:
        return self.policy.loss_most is not None and loss > self.policy.loss_most

    def _price(self, recipe: Recipe, shape: Shape, rate: Rate, count: int) -> Priced | None:
        found = priced(self.ground, shape, rate, count) if self.is_priced else None
        return found or by_instruments(self.position, recipe, count)

    def _fits(self, found: Priced) -> bool:
        if found.highest > self.affordable:
            self._too_high(found.highest)
            return False
        if found.first < self.policy.first_least:
            self.is_first_too_small = True
            return False
        return True

    def _too_high(self, instalment: int) -> None:
        self.least = instalment if self.least is None else min(self.least, instalment)

    def _losses(self, shape: Shape, rate: Rate, count: int) -> tuple[int, int]:
        """Between what the plan's loss lies: the last row differs from the others by less than all rounding together."""
        instalment = rate.instalment(shape.principal, shape.grace, count)
        running, factors, rest = self.ground.running, self.ground.factors, shape.rest
        level = instalment * (running[rest + count] - running[rest + shape.grace])
        for index in range(shape.grace):
            level += (shape.principal * rate.weights[index] // rate.denominator) * factors[rest + index]
        beside = shape.first + sum(shape.spread) + shape.last
        last = factors[rest + count - 1]
        rounding = (count + 2) * (ONE // rate.discounts[count] + 2) * last
        highest = level + sum(factors[rest : rest + shape.grace]) + beside * factors[rest] + rounding
        lowest = level + beside * last - rounding
        return in_minor_units(self.ground.old - highest), in_minor_units(self.ground.old - lowest)


def cost_of(loss: int) -> int:
    """A loss as the search compares it."""
    return max(0, -(-loss // EQUAL))


def find(position: Position, policy: Policy, rights: Mapping[Asked, Right], surplus: int) -> Found:
    """Up to three plans for somebody with this surplus a period, and why the others were left out."""
    search = _Search(position, policy, policy.affordable(surplus))
    for order, recipe in enumerate(recipes(position, policy)):
        search.take(order, recipe, rights)
    ranked = sorted(search.best.values(), key=lambda each: each[0])
    return Found(tuple(plan for _, plan in ranked[:PLANS_MAX]), tuple(_left(search)), search.tried, search.affordable)


def _left(search: _Search) -> Iterator[Left]:
    if search.above:
        _, plan = search.above
        yield Left("authority", plan.loss, plan.waived)
    if search.forbidden:
        yield Left("funder", asked=frozenset(search.forbidden))
    if search.is_first_too_small:
        yield Left("first_payment", search.policy.first_least)
    if search.least is not None and not search.best and not search.above:
        yield Left("too_high", search.least)
