"""What holds for every schedule, and an obvious, slow count of the interest of each row."""

from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from hypothesis import given, settings
from hypothesis import strategies as st

from lending.daycount import DayCount, fraction
from lending.money import AMOUNT_MAX, Rounding, bias, divide
from lending.schedules import Absorb, Every, Frequency, Method, MonthEnd, Move, NonWorking, Terms, Unit, build
from lending.schedules.dates import nominal_dates
from lending.schedules.level import annuities, annuity

FREQUENCIES = st.sampled_from(Frequency) | st.builds(Every, st.integers(1, 40), st.sampled_from(Unit))
METHODS = [method for method in Method if method not in {Method.STAGED, Method.FIXED_INSTALLMENT}]

DAY_COUNTS = list(DayCount)
REAL_DAYS = [each for each in DayCount if each is not DayCount.MONTH_12]


@st.composite
def loans(draw: st.DrawFn) -> Terms:
    periods = draw(st.integers(1, 60))
    method = draw(st.sampled_from(METHODS))
    moves = NonWorking(weekdays=frozenset({5, 6}), move=Move.FORWARD)
    frequency = draw(FREQUENCIES)
    is_daily = isinstance(frequency, Every) and frequency.unit is Unit.DAYS
    return Terms(
        principal=draw(st.integers(1, AMOUNT_MAX)),
        annual_rate_ppm=draw(st.integers(0, 3_000_000)),
        periods=periods,
        start_on=draw(st.dates(date(1990, 1, 1), date(2060, 12, 31))),
        method=method,
        frequency=frequency,
        day_count=draw(st.sampled_from(DAY_COUNTS if method is not Method.DAILY else REAL_DAYS)),
        rounding=draw(st.sampled_from(Rounding)),
        absorb=draw(st.sampled_from(Absorb)),
        month_end=draw(st.sampled_from(MonthEnd)),
        principal_grace_periods=draw(st.integers(0, periods - 1)),
        interest_deferred_periods=draw(st.integers(0, periods - 1)),
        non_working=NonWorking() if is_daily else draw(st.sampled_from([NonWorking(), moves])),
    )


@given(terms=loans())
@settings(deadline=None)
def test_every_schedule_repays_exactly_what_was_lent(terms: Terms) -> None:
    rows = build(terms)

    assert sum(row.principal for row in rows) == terms.principal
    assert rows[-1].balance == 0
    assert all(row.principal >= 0 and row.interest >= 0 and row.balance >= 0 for row in rows)
    assert len(rows) == (1 if terms.method is Method.BULLET else terms.periods)


@given(terms=loans())
@settings(deadline=None)
def test_due_dates_increase_from_the_start(terms: Terms) -> None:
    days = [terms.start_on, *(row.due_on for row in build(terms))]

    assert all(earlier < later for earlier, later in pairwise(days))


def slow_round(value: Fraction, rounding: Rounding) -> int:
    if rounding is Rounding.UP:
        return ceil(value)
    return round(value) if rounding is Rounding.HALF_EVEN else floor(value + Fraction(1, 2))


def slow_parts(terms: Terms) -> list[Fraction]:
    """The part of a year of each period: by its real days, or a month as a twelfth, a week as one of 52, a day as one of 365."""
    if terms.day_count is DayCount.MONTH_12:
        part = Fraction(terms.step.half_months, 24) or Fraction(terms.step.days, 365)
        is_weeks = terms.frequency in {Frequency.WEEKLY, Frequency.BIWEEKLY}
        if is_weeks or (isinstance(terms.frequency, Every) and terms.frequency.unit is Unit.WEEKS):
            part = Fraction(terms.step.days, 7 * 52)
        return [part] * terms.periods
    days = [terms.start_on, *nominal_dates(terms)]
    return [fraction(terms.day_count, start, end) for start, end in pairwise(days)]


def slow_interest(terms: Terms) -> list[int]:
    """Interest of each row from its real days and the balance before it, as one would do it by hand."""
    rate = Fraction(terms.annual_rate_ppm, 1_000_000)
    balances = [terms.principal, *(row.balance for row in build(terms))]
    return [
        slow_round((terms.principal if terms.method is Method.FLAT else balance) * rate * part, terms.rounding)
        for balance, part in zip(balances, slow_parts(terms), strict=False)
    ]


@given(terms=loans().filter(lambda terms: terms.method is not Method.BULLET))
@settings(deadline=None)
def test_the_interest_of_a_row_is_that_of_its_days(terms: Terms) -> None:
    charged = [row.interest for row in build(terms)]

    slow = slow_interest(terms)

    deferred = terms.interest_deferred_periods
    assert sum(charged) == sum(slow)
    assert charged[deferred + 1 :] == slow[deferred + 1 :]


@given(
    principal=st.integers(1, AMOUNT_MAX),
    weights=st.lists(st.integers(0, 500), min_size=1, max_size=30),
    denominator=st.integers(500, 5_000),
)
def test_the_unrounded_level_instalment_repays_to_nothing(principal: int, weights: list[int], denominator: int) -> None:
    price, value = annuity(weights, denominator)
    balance = Fraction(principal)

    for weight in weights:
        balance = balance * (1 + Fraction(weight, denominator)) - Fraction(principal * price, value)

    assert balance == 0


@given(weight=st.integers(0, 500), count=st.integers(1, 40), denominator=st.integers(500, 5_000))
def test_the_closed_form_agrees_with_the_walk_backwards(weight: int, count: int, denominator: int) -> None:
    price, value = annuity([weight] * count, denominator)
    walked_price, walked_value = annuities([weight] * count, denominator)[0]

    assert price * walked_value == walked_price * value


@given(
    numerator=st.integers(0, 10**15),
    denominator=st.integers(1, 10**6),
    rounding=st.sampled_from([Rounding.HALF_UP, Rounding.UP]),
)
def test_adding_the_bias_rounds_as_divide_does(numerator: int, denominator: int, rounding: Rounding) -> None:
    addend = bias(denominator, rounding)

    assert addend is not None
    assert (numerator + addend) // denominator == divide(numerator, denominator, rounding)


def test_1200_periods_are_built() -> None:
    terms = Terms(principal=AMOUNT_MAX, annual_rate_ppm=49_000, periods=1_200, start_on=date(2026, 1, 31))

    assert build(terms)[-1].due_on == date(2126, 1, 31)
