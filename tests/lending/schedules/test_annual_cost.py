"""Published annual percentage rates, and the cost of flat fees and of money kept back."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from lending.annual_cost import (
    Flow,
    NoRateError,
    actuarial_rate,
    effective,
    eu_apr,
    irr,
    nominal,
    percent_text,
    regulation_z_apr,
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


@pytest.mark.parametrize(
    ("advance", "payments", "per_year", "published"),
    [
        pytest.param(500_000, level(24, 23_000), 12, "9.69", id="V13"),
        pytest.param(600_000, level(36, 20_000, 1 + Fraction(19, 30)), 12, "11.82", id="V14-ii"),
        pytest.param(500_000, level(24, 21_917, Fraction(6, 15)), 24, "10.34", id="V14-iii"),
        pytest.param(1_000_000, level(40, 38_500, 1 + Fraction(39, 90)), 4, "8.97", id="V15-iv"),
        pytest.param(50_000, level(30, 1_760, 4 + Fraction(4, 7)), 52, "14.96", id="V15-v"),
        pytest.param(500_000, [Flow(1, 25_000), *level(23, 23_000, 2)], 12, "10.08", id="V18-c2i"),
        pytest.param(500_000, [*level(23, 23_000), Flow(24, 28_000)], 12, "10.50", id="V18-c3i"),
        pytest.param(500_000, [Flow(1, 25_000), *level(22, 23_000, 2), Flow(24, 28_000)], 12, "10.90", id="V18-c4i"),
    ],
)
def test_regulation_z_appendix_j_has_the_published_rate(
    advance: int, payments: Sequence[Flow], per_year: int, published: str
) -> None:
    rate = regulation_z_apr([Flow(0, advance)], payments, per_year)

    assert percent(rate) == published


def test_v13_agrees_to_four_digits() -> None:
    rate = regulation_z_apr([Flow(0, 500_000)], level(24, 23_000), MONTHS)

    assert percent(rate, 4) == "9.6857"


@pytest.mark.parametrize(
    ("payments", "published"),
    [
        pytest.param([Flow(Fraction(5, 365), 51_000)], "324.436", id="V19-once"),
        pytest.param([Flow(Fraction(31, 365), 27_000), Flow(Fraction(61, 365), 27_000)], "84.63", id="V19-twice"),
    ],
)
def test_the_european_rate_has_the_published_figure(payments: Sequence[Flow], published: str) -> None:
    rate = eu_apr([Flow(0, 50_000)], payments)

    assert percent(rate, len(published.partition(".")[2])) == published


def test_v28_a_flat_fee_of_0_6_percent_costs_13_03_nominal_and_13_84_effective() -> None:
    flat = terms(method="flat", annual_rate=None, period_rate="0.6")

    cost = annual_cost(flat, build(flat))

    assert (percent(cost.nominal), percent(cost.effective)) == ("13.03", "13.84")


def test_v28_a_flat_fee_of_1_1226_percent_a_month_costs_24_nominal() -> None:
    flat = terms(method="flat", annual_rate=None, period_rate="1.1226")

    assert percent(annual_cost(flat, build(flat)).nominal) == "24.00"


def test_v29_money_kept_back_raises_the_cost() -> None:
    eighteen = terms()
    rows = build(eighteen)

    cost = annual_cost(eighteen, rows, received=950_000)

    assert rows[0].total == 91_680
    assert (percent(cost.nominal), percent(cost.effective)) == ("28.00", "31.89")


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
