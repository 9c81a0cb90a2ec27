"""Quotas: exact, even, and never beyond what somebody can carry."""

from itertools import product
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.dealing import NO_RULE, Demand, Kind, Person, Quotas, Rule, deal, rule_of

thorough = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
KIND = Kind("early", "zh-hans")


def demand(count: int, takers: set[int], weight: int = 1) -> Demand:
    return Demand(count, weight, frozenset(takers))


def people(*capacities: int) -> list[Person]:
    return [Person(pk, capacity) for pk, capacity in enumerate(capacities)]


def loads(quotas: Quotas, number: int) -> list[int]:
    return [sum(quota.get(at, 0) for quota in quotas) for at in range(number)]


def best_possible(demands: list[Demand], room: list[int]) -> int:
    """The maximum of the transport problem, by the cut that is smallest (max-flow min-cut: Ford and Fulkerson, 1956).

    Over every set of kinds left on the source's side: the cases of the other kinds, and the room of all who may take one of these.
    """
    cuts = []
    for inside in product([False, True], repeat=len(demands)):
        reached = frozenset().union(*(each.takers for each, is_in in zip(demands, inside, strict=True) if is_in))
        outside = sum(each.number for each, is_in in zip(demands, inside, strict=True) if not is_in)
        cuts.append(outside + sum(room[at] for at in reached))
    return min(cuts)


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[Demand], list[Person]]:
    persons = [
        Person(pk, draw(st.integers(0, 12)), cases=(held := draw(st.integers(0, 4))), points=held)
        for pk in range(draw(st.integers(1, 6)))
    ]
    kinds = [
        demand(draw(st.integers(0, 20)), draw(st.sets(st.integers(0, len(persons) - 1))))
        for _ in range(draw(st.integers(1, 5)))
    ]
    return kinds, persons


@thorough
@given(problems())
def test_as_many_are_placed_as_any_way_could(problem: tuple[list[Demand], list[Person]]) -> None:
    demands, persons = problem
    room = [max(0, person.capacity - person.cases) for person in persons]

    quotas = deal(demands, persons)

    assert sum(loads(quotas, len(persons))) == best_possible(demands, room)
    assert all(load <= space for load, space in zip(loads(quotas, len(persons)), room, strict=True))
    for each, quota in zip(demands, quotas, strict=True):
        assert each.takers.issuperset(quota)
        assert sum(quota.values()) <= each.number


@thorough
@given(problems(), st.integers(2, 5))
def test_effort_is_never_passed_and_nobody_is_left_with_room_for_what_waits(
    problem: tuple[list[Demand], list[Person]], weight: int
) -> None:
    demands = [each._replace(weight=1 + at % weight) for at, each in enumerate(problem[0])]
    persons = [Person(one.pk, one.capacity, 3 * one.pk + 2, one.cases, one.points) for one in problem[1]]

    quotas = deal(demands, persons)

    for at, one in enumerate(persons):
        points = sum(quota.get(at, 0) * each.weight for each, quota in zip(demands, quotas, strict=True))
        cases = loads(quotas, len(persons))[at]
        assert not cases or (one.points + points <= (one.effort or 0) and one.cases + cases <= one.capacity)
        for each, quota in zip(demands, quotas, strict=True):
            has_room = one.cases + cases < one.capacity and one.points + points + each.weight <= (one.effort or 0)
            assert not (has_room and at in each.takers and sum(quota.values()) < each.number)


@pytest.mark.parametrize("seed", range(6))
def test_a_cut_proves_the_most_among_two_hundred_people(seed: int) -> None:
    """From the kinds that wait, over all who may take them and the kinds that these were given: nobody reached has room.

    So the cases of all other kinds and the capacity of all reached bound every way from above, and are met.
    """
    chance = Random(seed)
    persons = [Person(pk, chance.randint(0, 60)) for pk in range(200)]
    profiles = [{kind for kind in range(40) if chance.random() < 0.15} for _ in range(24)]
    takes = [chance.choice(profiles) for _ in persons]
    demands = [demand(chance.randint(0, 300), {at for at in range(200) if kind in takes[at]}) for kind in range(40)]

    quotas = deal(demands, persons)

    got = loads(quotas, len(persons))
    reached = {
        kind
        for kind, (each, quota) in enumerate(zip(demands, quotas, strict=True))
        if sum(quota.values()) < each.number
    }
    full: set[int] = set()
    while fresh := {at for kind in reached for at in demands[kind].takers} - full:
        full |= fresh
        reached |= {kind for kind, quota in enumerate(quotas) for at in fresh if quota.get(at, 0)}
    outside = sum(each.number for kind, each in enumerate(demands) if kind not in reached)
    assert reached or sum(got) == sum(each.number for each in demands)
    assert sum(got) == outside + sum(persons[at].capacity for at in full)


def test_a_scarce_skill_is_kept_for_those_who_need_it() -> None:
    """Greedy would give the first hundred to whoever is free and leave the English cases over."""
    quotas = deal([demand(100, {0, 1}), demand(100, {1})], people(100, 100))

    assert quotas == [{0: 100}, {1: 100}]


def test_loads_are_even_in_shares_of_capacity() -> None:
    assert loads(deal([demand(90, {0, 1})], people(100, 200)), 2) == [30, 60]


def test_what_is_in_hand_counts_towards_evenness() -> None:
    persons = [Person(0, 100, cases=40, points=40), Person(1, 100)]

    assert loads(deal([demand(60, {0, 1})], persons), 2) == [10, 50]


def test_what_is_in_hand_gives_way_only_to_what_has_no_other_place() -> None:
    persons = [Person(0, 3, cases=3, points=3), Person(1, 9)]
    in_hand = Demand(0, 1, frozenset({0, 1}), {0: 3})

    assert deal([in_hand, demand(0, {0})], persons)[0] == {0: 3}
    assert deal([in_hand, demand(2, {0})], persons) == [{0: 1, 1: 2}, {0: 2}]


def test_heavy_cases_are_spread_by_weight() -> None:
    """Ten that weigh five and fifty that weigh one: fifty points each."""
    quotas = deal([demand(10, {0, 1}, 5), demand(50, {0, 1})], people(100, 100))

    points = [5 * quotas[0].get(at, 0) + quotas[1].get(at, 0) for at in (0, 1)]

    assert points == [50, 50]


@thorough
@given(problems())
def test_nobodys_share_is_higher_than_the_level_that_all_must_rise_to(
    problem: tuple[list[Demand], list[Person]],
) -> None:
    """The highest share of capacity is that of the lowest level at which as many could be placed, to one step and one case."""
    demands, persons = problem
    fresh = [Person(one.pk, one.capacity * 10) for one in persons]
    most = best_possible(demands, [one.capacity for one in fresh])

    got = loads(deal(demands, fresh), len(fresh))

    level = next(
        step for step in range(101) if best_possible(demands, [one.capacity * step // 100 for one in fresh]) == most
    )
    assert all(load <= one.capacity * level // 100 for load, one in zip(got, fresh, strict=True))


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        pytest.param(Rule(stage="early"), True, id="its stage"),
        pytest.param(Rule(stage="late"), False, id="another stage"),
        pytest.param(Rule(language="en"), False, id="another language"),
        pytest.param(Rule(funder="bank"), True, id="one of its funders"),
        pytest.param(Rule(product="car"), False, id="no such product"),
        pytest.param(Rule(currency="CNY", amount_from=500), True, id="from that amount"),
        pytest.param(Rule(currency="CNY", amount_below=500), False, id="below that amount"),
        pytest.param(Rule(currency="USD", amount_from=0), False, id="another currency"),
        pytest.param(Rule(), True, id="every case"),
    ],
)
def test_a_rule_fits_by_every_field_that_it_names(rule: Rule, fits: bool) -> None:
    kind = Kind("early", "zh-hans", ("bank", "fund"), ("cash",), (("CNY", 500),))

    assert rule.fits(kind) is fits


def test_the_first_rule_that_fits_decides() -> None:
    late, everything = Rule(pk=1, stage="late"), Rule(pk=2)

    assert [rule_of(kind, [late, everything]).pk for kind in (KIND, KIND._replace(stage="late"))] == [2, 1]
    assert rule_of(KIND, [late]) is NO_RULE


@pytest.mark.parametrize(
    ("skills", "takes"),
    [
        ({}, True),
        ({"language": frozenset({"zh-hans"})}, True),
        ({"language": frozenset({"en"})}, False),
        ({"funder": frozenset({"bank"})}, False),
        ({"funder": frozenset({"bank", "fund"})}, True),
    ],
)
def test_a_skill_binds_its_holder_to_the_values_named(skills: dict[str, frozenset[str]], takes: bool) -> None:
    kind = KIND._replace(funders=("bank", "fund"))

    assert Person(1, 10, skills=skills).may_take(kind, NO_RULE) is takes
