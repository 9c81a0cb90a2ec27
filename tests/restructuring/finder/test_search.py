"""The finder finds what a search through every plan finds, and nothing that breaks a rule."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lending.daycount import DayCount
from lending.money import PPM
from lending.rights import Instrument, Right
from lending.schedules import Method, Terms
from lending.waivable import Parts
from restructuring.finder.candidates import Recipe, recipes, spans_of
from restructuring.finder.ground import ground_of, is_priced
from restructuring.finder.policy import Policy
from restructuring.finder.pricing import by_instruments, priced, shape_of
from restructuring.finder.search import PLANS_MAX, cost_of, find
from restructuring.instruments.measures import compare
from restructuring.instruments.opening import opened
from restructuring.instruments.position import Position
from restructuring.instruments.reading import apply_all
from restructuring.instruments.refusal import RefusedError
from sizes import sized

SMALL = Policy(
    periods_most=8,
    rests=(0, 2),
    interest_only=(0, 2),
    rates=(PPM, 500_000),
    forgiven=(0, 100_000),
    arrears=Policy().arrears[1::2],
)
ALL = Parts(10**9, 10**9, 10**9)
TERMS = Terms(1_200_000, 240_000, 12, date(2026, 1, 5))


@st.composite
def positions(draw: st.DrawFn) -> Position:
    methods = [Method.EQUAL_INSTALLMENT, Method.EQUAL_PRINCIPAL, Method.INTEREST_ONLY, Method.BULLET, Method.FLAT]
    method = draw(st.sampled_from(methods))
    periods = draw(st.integers(2, 7))
    terms = Terms(
        principal=draw(st.integers(50_000, 3_000_000)),
        annual_rate_ppm=draw(st.sampled_from([0, 36_000, 156_000, 240_000, 240_001])),
        periods=periods,
        start_on=draw(st.dates(date(2026, 1, 1), date(2026, 1, 31))),
        method=method,
        day_count=draw(st.sampled_from(DayCount)),
        installment_multiple=draw(st.sampled_from([1, 1, 1, 100])),
        interest_deferred_periods=draw(st.sampled_from([0, 0, 1])),
    )
    paid = 0 if method is Method.BULLET else draw(st.integers(0, periods - 1))
    owed = Parts(draw(st.integers(0, 5_000)), draw(st.integers(0, 5_000)))
    return opened(terms, paid, terms.start_on + timedelta(days=draw(st.integers(1, 420))), owed)


def brute(
    position: Position, policy: Policy, rights: Mapping[Instrument, Right], surplus: int
) -> list[tuple[Any, ...]]:
    """Every plan made by its instruments, row by row, and compared."""
    best: dict[Any, tuple[Any, ...]] = {}
    for order, recipe in enumerate(recipes(position, policy)):
        if any(rights.get(each) is Right.NEVER for each in recipe.asks(position)):
            continue
        if not recipe.waives(position).is_within(policy.waivable):
            continue
        for periods in spans_of(position, policy, recipe):
            try:
                planned = apply_all(position, recipe.instruments(periods))
            except RefusedError:
                continue
            totals = [row.total for row in planned.schedule]
            if not totals or max(totals) > policy.affordable(surplus) or totals[0] < policy.first_least:
                continue
            loss = compare(position, planned).present_value_loss
            if policy.loss_most is not None and loss > policy.loss_most:
                continue
            key = (cost_of(loss), periods + recipe.rest, order)
            mix = recipe.mix(position)
            if mix not in best or key < best[mix][0]:
                best[mix] = (key, recipe, periods, max(totals), totals[0], loss)
    return [row[1:] for row in sorted(best.values(), key=lambda row: row[0])[:PLANS_MAX]]


def found(
    position: Position, policy: Policy, rights: Mapping[Instrument, Right], surplus: int
) -> list[tuple[Any, ...]]:
    plans = find(position, policy, rights, surplus).plans
    return [(plan.recipe, plan.periods, plan.highest, plan.first, plan.loss) for plan in plans]


RIGHTS = st.dictionaries(st.sampled_from(Instrument), st.sampled_from(Right), max_size=3)


@settings(max_examples=sized(12, 300), deadline=None)
@given(
    positions(),
    st.sampled_from([Parts(), Parts(5_000, 2_000), ALL]),
    st.sampled_from([None, 0, 500, 5_000, 60_000]),
    RIGHTS,
    st.integers(5, 200),
)
def test_nothing_cheaper_exists_and_nothing_breaks_a_rule(
    position: Position, waivable: Parts, loss_most: int | None, rights: dict[Instrument, Right], percent: int
) -> None:
    policy = SMALL._replace(waivable=waivable, loss_most=loss_most, first_least=500)
    surplus = position.owed.total * percent // 1000

    assert found(position, policy, rights, surplus) == brute(position, policy, rights, surplus)


@settings(max_examples=sized(60, 1_000), deadline=None)
@given(positions(), st.data())
def test_a_candidate_is_priced_as_its_instruments_make_it(position: Position, data: st.DataObject) -> None:
    recipe: Recipe = data.draw(st.sampled_from(list(recipes(position, SMALL))))
    spans = spans_of(position, SMALL, recipe)
    if not spans or not is_priced(position):
        return
    periods = data.draw(st.sampled_from(list(spans)))
    ground = ground_of(position, SMALL.periods_most, max(SMALL.rests))
    rate = ground.at(recipe.rate_ppm)

    shown = priced(ground, shape_of(position, recipe, rate), rate, periods)

    assert shown is None or shown == by_instruments(position, recipe, periods)


def behind() -> Position:
    return opened(TERMS, 4, date(2026, 7, 20), Parts(5_000))


def test_the_first_plan_is_the_cheapest_and_of_equals_the_shortest() -> None:
    plans = find(opened(TERMS, 6, date(2026, 7, 5)), Policy(), {}, 100_000).plans

    assert (plans[0].periods, plans[0].highest, plans[0].loss) == (11, 64_949, 0)
    assert [cost_of(plan.loss) for plan in plans] == sorted(cost_of(plan.loss) for plan in plans)
    assert len({plan.recipe.mix(behind()) for plan in plans}) == 3


def test_what_needs_a_waiver_above_ones_authority_is_named_not_shown() -> None:
    policy = Policy(rests=(0,), interest_only=(0,), rates=(PPM,), arrears=Policy().arrears[-1:])

    answer = find(behind(), policy, {}, 80_000)

    assert answer.plans == ()
    assert [(left.why, left.waived) for left in answer.left] == [("authority", Parts(5_000, 31_313, 0))]
    assert find(behind(), policy._replace(waivable=Parts(5_000, 31_313)), {}, 80_000).plans


def test_what_loses_more_than_anybody_may_give_up_is_named_not_shown() -> None:
    """Half the rate loses: with nothing to give up none is shown, and the one named is found once so much may be given up."""
    policy = Policy(rests=(0,), interest_only=(0,), rates=(500_000,), arrears=Policy().arrears[:1])

    nothing = find(behind(), policy._replace(loss_most=0), {}, 120_000)
    (left,) = nothing.left
    enough = find(behind(), policy._replace(loss_most=left.amount), {}, 120_000)

    assert (nothing.plans, left.why) == ((), "authority")
    assert 0 < left.amount == enough.plans[0].loss
    assert find(behind(), policy._replace(loss_most=left.amount - 1), {}, 120_000).plans == ()


def test_what_the_funder_forbids_is_named_and_what_it_must_consent_to_is_marked() -> None:
    policy = Policy(rests=(2,))

    assert find(behind(), policy, {Instrument.DEFERRAL: Right.NEVER}, 90_000).plans == ()
    consents = [plan.consents for plan in find(behind(), policy, {Instrument.DEFERRAL: Right.CONSENT}, 90_000).plans]
    assert consents
    assert all(Instrument.DEFERRAL in each for each in consents)


def test_a_surplus_that_carries_no_plan_is_told_the_lowest_instalment() -> None:
    answer = find(behind(), Policy(), {}, 100)

    assert answer.plans == ()
    assert [left.why for left in answer.left] == ["too_high"]
    assert 13_000 < answer.left[0].amount < 25_000


@pytest.mark.parametrize("surplus", [0, -5_000])
def test_income_below_spending_finds_nothing(surplus: int) -> None:
    assert find(behind(), Policy(), {}, surplus).plans == ()
    assert find(behind(), Policy(), {}, surplus).affordable == 0


def test_at_least_two_thousand_candidates_are_searched() -> None:
    assert find(opened(TERMS, 6, date(2026, 7, 5)), Policy(), {}, 100_000).tried >= 2_000
