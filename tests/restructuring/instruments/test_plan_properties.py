"""What holds for every plan of every loan: principal is conserved, nothing is negative, a plan of nothing loses nothing."""

from datetime import date, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from lending.daycount import DayCount
from lending.schedules import Frequency, Method, Terms
from lending.waivable import Parts
from restructuring.instruments.measures import compare, flows_of, yardstick_of
from restructuring.instruments.opening import opened
from restructuring.instruments.position import Position, agreed_principal
from restructuring.instruments.reading import apply_all, read_instrument
from restructuring.instruments.refusal import RefusedError
from restructuring.instruments.settlement import owed_to_the_day

ARREARS = st.sampled_from([None, "first", "spread", "last", "capitalise", "waive"])
PERIODS = st.integers(1, 40)
INSTRUMENTS = st.one_of(
    st.fixed_dictionaries({"kind": st.just("extension"), "days": st.integers(1, 90)}),
    st.fixed_dictionaries(
        {
            "kind": st.just("deferral"),
            "periods": st.integers(1, 8),
            "interest": st.sampled_from(["runs", "frozen", "capitalise", "tail"]),
        }
    ),
    st.fixed_dictionaries({"kind": st.just("deferral"), "days": st.integers(1, 200)}),
    st.fixed_dictionaries({"kind": st.just("reage"), "periods": PERIODS, "arrears": ARREARS}),
    st.fixed_dictionaries({"kind": st.just("reamortise"), "periods": PERIODS, "arrears": ARREARS}),
    st.fixed_dictionaries({"kind": st.just("term"), "periods": PERIODS, "arrears": ARREARS}),
    st.fixed_dictionaries({"kind": st.just("interest_only"), "periods": st.integers(1, 6), "then": PERIODS}),
    st.fixed_dictionaries({"kind": st.just("rate"), "annual_rate": st.sampled_from(["0", "3.5", "7"])}),
    st.fixed_dictionaries({"kind": st.just("staged"), "periods": st.just(8), "percentages": st.just(["25", "75"])}),
    st.fixed_dictionaries({"kind": st.just("capitalise")}),
    st.fixed_dictionaries({"kind": st.just("waiver"), "amount": st.integers(1, 50_000)}),
    st.fixed_dictionaries(
        {"kind": st.just("settlement"), "amount": st.integers(1, 900_000), "payments": st.integers(1, 6)}
    ),
    st.fixed_dictionaries({"kind": st.just("instalment_plan"), "periods": st.integers(1, 30)}),
)


@st.composite
def positions(draw: st.DrawFn) -> Position:
    method = draw(st.sampled_from([each for each in Method if each not in {Method.FIXED_INSTALLMENT, Method.DAILY}]))
    terms: dict[str, Any] = {"staged_percentages": (250_000, 750_000)} if method is Method.STAGED else {}
    periods = draw(st.integers(1, 12)) * 2
    start = draw(st.dates(date(2025, 1, 1), date(2026, 1, 31)))
    made = Terms(
        principal=draw(st.integers(10_000, 5_000_000)),
        annual_rate_ppm=draw(st.integers(0, 360_000)),
        periods=periods,
        start_on=start,
        method=method,
        frequency=draw(st.sampled_from(Frequency)),
        day_count=draw(st.sampled_from(DayCount)),
        **terms,
    )
    paid = 0 if method is Method.BULLET else draw(st.integers(0, periods - 1))
    owed = Parts(draw(st.integers(0, 5_000)), draw(st.integers(0, 5_000)))
    return opened(made, paid, start + timedelta(days=draw(st.integers(1, 900))), draw(st.sampled_from([Parts(), owed])))


@st.composite
def plans(draw: st.DrawFn) -> tuple[Position, Position]:
    """A position and what one to three instruments make of it."""
    before = draw(positions())
    asked = draw(st.lists(INSTRUMENTS, min_size=1, max_size=3))
    try:
        return before, apply_all(before, [read_instrument(each, before.on) for each in asked])
    except RefusedError:
        assume(False)
        raise


@given(plans())
def test_the_rows_repay_what_was_agreed(plan: tuple[Position, Position]) -> None:
    before, after = plan
    rows = after.schedule

    assert sum(row.principal for row in rows) == agreed_principal(before, after)
    assert not rows or rows[-1].balance == 0


@given(plans())
def test_no_figure_is_negative_and_rows_stand_in_order(plan: tuple[Position, Position]) -> None:
    _, after = plan
    rows = after.schedule

    assert all(min(row.principal, row.interest, row.penalty, row.balance) >= 0 for row in rows)
    assert [row.due_on for row in rows] == sorted(row.due_on for row in rows)
    assert [row.n for row in rows] == list(range(after.first_n, after.first_n + len(rows)))
    assert min(after.waived) >= 0


@given(positions())
def test_a_plan_that_changes_nothing_loses_nothing(before: Position) -> None:
    found = compare(before, before)

    assert found.present_value_loss == 0
    assert found.total_cost_old == found.total_cost_new


@given(positions(), INSTRUMENTS)
def test_what_is_undone_is_as_it_was_and_can_be_replayed(before: Position, asked: dict[str, Any]) -> None:
    rows, flows = before.schedule, flows_of(before)
    instrument = read_instrument(asked, before.on)
    try:
        after = instrument.apply(before)
    except RefusedError:
        assume(False)
        return

    assert (before.schedule, flows_of(before)) == (rows, flows)
    assert instrument.apply(before) == after


@given(positions(), st.integers(1, 99))
def test_a_settlement_pays_and_waives_exactly_what_is_owed(before: Position, percent: int) -> None:
    owed = owed_to_the_day(before)
    amount = owed.total * percent // 100
    assume(amount)

    settled = read_instrument({"kind": "settlement", "amount": amount}, before.on).apply(before)

    assert sum(row.total for row in settled.schedule) == amount
    assert settled.waived.total == owed.total - amount


@given(positions())
def test_discount_factors_fall_from_one(before: Position) -> None:
    days = [row.due_on for row in before.schedule]
    factors = yardstick_of(before).factors(days)

    assert factors == sorted(factors, reverse=True)
    assert all(0 < factor <= 1 << 96 for factor in factors)
