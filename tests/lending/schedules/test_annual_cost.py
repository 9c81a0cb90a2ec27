"""Annual percentage rates; the published ones stand among the worked figures."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from lending.annual_cost import (
    Flow,
    NoRateError,
    actuarial_rate,
    effective,
    irr,
    nominal,
    percent_text,
)
from lending.schedules import Method, Terms, build
from lending.schedules.quote import annual_cost

MONTHS = 12


def percent(rate: Decimal, digits: int = 2) -> str:
    return f"{rate * 100:.{digits}f}"


def level(count: int, amount: int, first: int | Fraction = 1) -> list[Flow]:
    return [Flow(first + k, amount) for k in range(count)]


def terms(**changes: object) -> Terms:
    return Terms.parse(
        {"principal": 1_000_000, "annual_rate": "18", "periods": 12, "start_on": "2026-01-15", **changes}
    )


def test_two_advances_cost_what_each_would_cost_alone() -> None:
    first, second = [Flow(0, 100_000)], [Flow(6, 100_000)]

    together = actuarial_rate(first + second, [Flow(12, 112_683), Flow(18, 112_683)])

    assert abs(together - actuarial_rate(first, [Flow(12, 112_683)])) < Decimal("1e-15")


def test_getting_less_back_than_was_lent_is_a_rate_below_zero() -> None:
    assert percent(irr([Flow(0, 10_000)], [Flow(1, 9_000)])) == "-10.00"


def test_a_bullet_costs_its_rate_over_its_whole_term() -> None:
    bullet = terms(method=Method.BULLET.value, annual_rate="12")

    cost = annual_cost(bullet, build(bullet))

    assert percent(cost.effective) == "12.00"


def test_a_broken_first_period_counts_with_its_real_length() -> None:
    broken = terms(first_due_on="2026-03-15", method="interest_only", periods=1)

    rate = annual_cost(broken, build(broken)).nominal / 12

    assert build(broken)[0].due_on == date(2026, 3, 15)
    assert abs((1 + rate) ** 2 - Decimal("1.03")) < Decimal("1e-15")


@pytest.mark.parametrize(
    ("advances", "payments"),
    [
        pytest.param([], [Flow(1, 5)], id="nothing lent"),
        pytest.param([Flow(0, 5)], [], id="nothing paid"),
        pytest.param([Flow(1, 5)], [Flow(0, 5)], id="paid before it was lent"),
        pytest.param([Flow(0, 5)], [Flow(1, 0)], id="paid with nothing"),
    ],
)
def test_there_is_no_rate_where_the_flows_make_no_loan(advances: list[Flow], payments: list[Flow]) -> None:
    with pytest.raises(NoRateError):
        irr(advances, payments)


def test_a_monthly_two_percent_is_24_nominal_and_26_8242_effective() -> None:
    rate = Decimal("0.02")

    assert percent_text(nominal(rate, MONTHS)) == "24.0000"
    assert percent_text(effective(rate, MONTHS)) == "26.8242"
