"""Who gets how many cases of which kind: rules, skills and capacity in, quotas out. Pure; no case is named here.

Cases that agree in all that a rule or a skill asks are of one kind, people who may take the same kinds are of one group. Between
kinds and groups the flow is exact (`cases.filling`); within a group each case goes to whoever is then least loaded by
weight. Nobody is given more cases than their capacity, nor more weight than their effort. Where no effort is set, or all cases weigh the
same, as many are placed as any way could place; with mixed weights no case is left that somebody still has room for.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace
from typing import NamedTuple

from cases.filling import STEPS, fill

SCALE = 1_000_000
"""Loads are compared in parts per million of capacity."""


class Kind(NamedTuple):
    """What a rule or a skill may ask of a case; `amounts` holds per currency the overdue amount's place among the rules' bounds."""

    stage: str
    language: str
    funders: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    amounts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Rule:
    """An assignment rule; empty fields fit every case. `members` are those who may take its cases, None being everybody."""

    pk: int = 0
    stage: str = ""
    language: str = ""
    funder: str = ""
    product: str = ""
    currency: str = ""
    amount_from: int | None = None
    amount_below: int | None = None
    members: frozenset[int] | None = None
    weight: int = 1
    stays: bool = True

    def fits(self, kind: Kind) -> bool:
        return (
            self.stage in {"", kind.stage}
            and self.language in {"", kind.language}
            and (not self.funder or self.funder in kind.funders)
            and (not self.product or self.product in kind.products)
            and self._fits_amount(dict(kind.amounts))
        )

    def _fits_amount(self, amounts: Mapping[str, int]) -> bool:
        if self.amount_from is None and self.amount_below is None:
            return True
        amount = amounts.get(self.currency)
        if amount is None:
            return False
        return (self.amount_from or 0) <= amount and (self.amount_below is None or amount < self.amount_below)


NO_RULE = Rule()
"""What holds for a case that no rule fits: everybody with the skills may take it, and it weighs one."""


def rule_of(kind: Kind, rules: Sequence[Rule]) -> Rule:
    return next((rule for rule in rules if rule.fits(kind)), NO_RULE)


@dataclass(frozen=True)
class Person:
    """Somebody who can be given cases; `cases` and `points` are all that is in hand, and its weight."""

    pk: int
    capacity: int
    effort: int | None = None
    cases: int = 0
    points: int = 0
    skills: Mapping[str, frozenset[str]] | None = None

    @property
    def limit(self) -> int:
        """What weighted load is measured against."""
        return self.capacity if self.effort is None else self.effort

    def may_take(self, kind: Kind, rule: Rule) -> bool:
        """Whether the rule names their team, and whether every skill by which they are bound fits: all funders and products."""
        if rule.members is not None and self.pk not in rule.members:
            return False
        asked = {
            "stage": (kind.stage,), "language": (kind.language,), "funder": kind.funders, "product": kind.products,
        }  # fmt: skip
        return all(values.issuperset(asked[name]) for name, values in (self.skills or {}).items())


class Demand(NamedTuple):
    """So many cases of a kind wait, each weighs so much; `takers` are the places in the list of people who may take them.

    `in_hand` says how many of the kind each taker has who may give them up, if that lets another case in.
    """

    number: int
    weight: int
    takers: frozenset[int]
    in_hand: Mapping[int, int] = {}


Quotas = list[dict[int, int]]
"""Per kind: how many of its cases each person (by place) has."""


def deal(demands: Sequence[Demand], people: Sequence[Person]) -> Quotas:
    """How many of each kind each person has afterwards, of those that wait and those `in_hand`; what does not fit is in none."""
    groups = _groups(demands, people)
    takers: list[list[int]] = [[] for _ in demands]
    for number, (kinds, _members) in enumerate(groups):
        for kind in kinds:
            takers[kind].append(number)
    levels = [_levels([people[at] for at in members], kinds, demands) for kinds, members in groups]
    in_hand = [
        {kind: sum(demands[kind].in_hand.get(at, 0) for at in members) for kind in kinds} for kinds, members in groups
    ]
    flow = fill([demand.number for demand in demands], takers, in_hand, lambda group, step: levels[group][step])
    quotas: Quotas = [dict(demand.in_hand) for demand in demands]
    left = list(flow.left)
    hands = [_Hand(person) for person in people]
    for (_kinds, members), placed, kept in zip(groups, flow.placed, in_hand, strict=True):
        for kind, number in placed.items():
            _release(kind, kept.get(kind, 0) - number, members, hands, demands, quotas)
        come = {kind: number - kept.get(kind, 0) for kind, number in placed.items() if number > kept.get(kind, 0)}
        for kind, missed in _share(come, members, hands, demands, quotas).items():
            left[kind] += missed
    for kind in _heaviest_first(range(len(demands)), demands):
        _share({kind: left[kind]}, sorted(demands[kind].takers), hands, demands, quotas)
    return quotas


def _groups(demands: Sequence[Demand], people: Sequence[Person]) -> list[tuple[tuple[int, ...], list[int]]]:
    """People by the kinds that they may take; who may take none is in no group."""
    takes: list[list[int]] = [[] for _ in people]
    for kind, demand in enumerate(demands):
        for at in demand.takers:
            takes[at].append(kind)
    alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for at, kinds in enumerate(takes):
        if kinds:
            alike[tuple(kinds)].append(at)
    return list(alike.items())


def _levels(members: Sequence[Person], kinds: Sequence[int], demands: Sequence[Demand]) -> list[int]:
    """How many more cases the group may hold at each step; effort counts there by the mean weight, at the last by the least."""
    weights = [demands[kind].weight for kind in kinds]
    count = sum(demands[kind].number for kind in kinds) or 1
    total = sum(demands[kind].weight * demands[kind].number for kind in kinds) or 1
    levels = [0] * (STEPS + 1)
    for person in members:
        room = 0
        for step in range(1, STEPS):
            if person.effort is None:
                fits = person.capacity * step // STEPS - person.cases
            else:
                fits = (person.effort * step // STEPS - person.points) * count // total
            room = max(room, min(fits, person.capacity - person.cases))
            levels[step] += room
        levels[STEPS] += max(0, _most(person, min(weights)))
    return levels


def _most(person: Person, weight: int) -> int:
    """How many cases of that weight fit."""
    room = person.capacity - person.cases
    return room if person.effort is None else min(room, (person.effort - person.points) // weight)


class _Hand:
    """A person's load while cases are dealt."""

    __slots__ = ("cases", "effort", "limit", "points", "room")

    def __init__(self, person: Person) -> None:
        self.room = person.capacity - person.cases
        self.points = person.points
        self.effort = person.effort
        self.limit = max(person.limit, 1)

    def takes(self, weight: int) -> bool:
        return self.room > 0 and (self.effort is None or self.points + weight <= self.effort)

    def take(self, weight: int, number: int = 1) -> None:
        self.room -= number
        self.points += number * weight

    def load_with(self, weight: int) -> int:
        return (self.points + weight) * SCALE // self.limit


def _release(
    kind: int, number: int, members: Sequence[int], hands: Sequence[_Hand], demands: Sequence[Demand], quotas: Quotas
) -> None:
    """Take so many cases of a kind from those of a group who have them: the most loaded of whom that makes room with."""
    weight, quota = demands[kind].weight, quotas[kind]
    for _ in range(number):
        at = max(
            (at for at in members if quota.get(at, 0)),
            key=lambda at: (hands[at].room >= 0, hands[at].load_with(0), -at),
        )
        quota[at] -= 1
        hands[at].take(weight, -1)


def _share(
    placed: Mapping[int, int], members: Sequence[int], hands: Sequence[_Hand], demands: Sequence[Demand], quotas: Quotas
) -> dict[int, int]:
    """Deal what a group was given, the heaviest first, to whoever is least loaded with it; what no effort was left for."""
    missed: dict[int, int] = {}
    for kind in _heaviest_first(placed, demands):
        number, weight, quota = placed[kind], demands[kind].weight, quotas[kind]
        heap = [(hands[at].load_with(weight), at) for at in members if hands[at].takes(weight)] if number else []
        heapify(heap)
        while number and heap:
            _load, at = heap[0]
            hand = hands[at]
            hand.take(weight)
            quota[at] = quota.get(at, 0) + 1
            number -= 1
            if hand.takes(weight):
                heapreplace(heap, (hand.load_with(weight), at))
            else:
                heappop(heap)
        missed[kind] = number
    return missed


def _heaviest_first(kinds: Mapping[int, int] | range, demands: Sequence[Demand]) -> list[int]:
    return sorted(kinds, key=lambda kind: (-demands[kind].weight, kind))
