"""Published figures of annuities and equal principal, unrounded and as the rows of a real schedule."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from lending.schedules import Method, Row, Terms, build
from lending.schedules.level import annuity


def cents(value: Fraction) -> str:
    return str((Decimal(value.numerator) / value.denominator / 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def unrounded(principal: int, percent: str, periods: int) -> Fraction:
    weight = Fraction(percent) / 1200
    price, value = annuity([weight.numerator] * periods, weight.denominator)
    return Fraction(principal * price, value)


def rows(principal: int, percent: str, periods: int, method: Method = Method.EQUAL_INSTALLMENT) -> tuple[Row, ...]:
    rate = int(Fraction(percent) * 10_000)
    return build(
        Terms(principal=principal, annual_rate_ppm=rate, periods=periods, start_on=date(2026, 1, 15), method=method)
    )


def interest_of(schedule: tuple[Row, ...]) -> int:
    return sum(row.interest for row in schedule)


@pytest.mark.parametrize(
    ("principal", "percent", "periods", "instalment", "interest"),
    [
        pytest.param(100_000_000, "4.9", 360, "5307.27", "910616.19", id="V01"),
        pytest.param(100_000_000, "5.9", 360, "5931.37", "1135291.42", id="V02"),
        pytest.param(100_000_000, "4.9", 240, "6544.44", "570665.72", id="V03"),
        pytest.param(70_000_000, "4.9", 360, "3715.09", "637431.34", id="V04"),
        pytest.param(63_000_000, "4.9", 360, "3343.58", "573688.20", id="V05-630000"),
        pytest.param(93_000_000, "4.9", 360, "4935.76", "846873.06", id="V05-930000"),
        pytest.param(20_000_000, "7.5", 180, "1854.02", "133724.45", id="V06"),
        pytest.param(250_000, "8.24", 12, "217.75", "112.98", id="V07"),
        pytest.param(58_000_000, "5.78", 300, "3659.34", "517801.78", id="V08"),
        pytest.param(1_000_000, "8.25", 6, "1707.00", "242.00", id="V20"),
        pytest.param(1_200_000, "24", 12, "1134.72", "1616.58", id="V24"),
    ],
)
def test_the_unrounded_annuity_is_the_published_one(
    *, principal: int, percent: str, periods: int, instalment: str, interest: str
) -> None:
    exact = unrounded(principal, percent, periods)

    assert cents(exact) == instalment
    assert cents(exact * periods - principal) == interest


def test_v06_has_the_published_digits_as_far_as_floats_reach() -> None:
    exact = unrounded(20_000_000, "7.5", 180) / 100

    assert float(exact) == pytest.approx(1854.0247200054619, rel=1e-13)


@pytest.mark.parametrize(
    ("principal", "percent", "periods", "first", "last", "interest"),
    [
        pytest.param(100_000_000, "4.9", 360, 530_727, 530_519, 91_061_512, id="V01"),
        pytest.param(100_000_000, "5.9", 360, 593_137, 592_639, 113_528_822, id="V02"),
        pytest.param(100_000_000, "4.9", 240, 654_444, 654_451, 57_066_567, id="V03"),
        pytest.param(70_000_000, "4.9", 360, 371_509, 371_268, 63_742_999, id="V04"),
        pytest.param(63_000_000, "4.9", 360, 334_358, 334_227, 57_368_749, id="V05-630000"),
        pytest.param(93_000_000, "4.9", 360, 493_576, 493_441, 84_687_225, id="V05-930000"),
        pytest.param(20_000_000, "7.5", 180, 185_402, 185_550, 13_372_508, id="V06"),
        pytest.param(250_000, "8.24", 12, 21_775, 21_772, 11_297, id="V07"),
        pytest.param(58_000_000, "5.78", 300, 365_934, 365_890, 51_780_156, id="V08"),
        pytest.param(1_200_000, "24", 12, 113_472, 113_467, 161_659, id="V24"),
    ],
)
def test_rows_of_equal_instalments_are_rounded_and_the_last_takes_the_rest(
    *, principal: int, percent: str, periods: int, first: int, last: int, interest: int
) -> None:
    schedule = rows(principal, percent, periods)

    assert (schedule[0].total, schedule[-1].total, interest_of(schedule)) == (first, last, interest)
    assert {row.total for row in schedule[:-1]} == {first}


@pytest.mark.parametrize(
    ("principal", "percent", "periods", "interest", "repaid"),
    [
        pytest.param(100_000_000, "4.9", 240, 408_333, 246_111, id="V03"),
        pytest.param(93_000_000, "4.9", 360, 379_750, 113_826, id="V05"),
        pytest.param(250_000, "8.24", 12, 1_717, 20_058, id="V07"),
    ],
)
def test_the_first_instalment_divides_as_published(
    *, principal: int, percent: str, periods: int, interest: int, repaid: int
) -> None:
    first = rows(principal, percent, periods)[0]

    assert (first.interest, first.principal, first.balance) == (interest, repaid, principal - repaid)


def test_v24_leaves_6356_01_after_six_instalments() -> None:
    assert rows(1_200_000, "24", 12)[5].balance == 635_601


@pytest.mark.parametrize(
    ("principal", "percent", "periods", "fine", "first", "step", "last", "interest"),
    [
        pytest.param(100_000_000, "5.9", 360, 90, "7694.44", "13.66", "2791.44", "887458.33", id="V09"),
        pytest.param(63_000_000, "4.9", 360, 100, "4322.50", "7.15", "1757.15", "464336.25", id="V10"),
        pytest.param(16_000_000, "6.55", 168, 168, "1825.71", "5.20", "957.58", "73796.67", id="V11"),
    ],
)
def test_unrounded_equal_principal_is_the_published_one(
    *, principal: int, percent: str, periods: int, fine: int, first: str, step: str, last: str, interest: str
) -> None:
    """A loan `fine` times as large, whose principal divides evenly: rounding no longer shows in the cents."""
    schedule = rows(principal * fine, percent, periods, Method.EQUAL_PRINCIPAL)

    figures = (
        schedule[0].total,
        schedule[0].total - schedule[1].total,
        schedule[-1].total,
        interest_of(schedule),
    )
    assert tuple(cents(Fraction(figure, fine)) for figure in figures) == (first, step, last, interest)


@pytest.mark.parametrize(
    ("principal", "percent", "periods", "first", "second", "last", "interest"),
    [
        pytest.param(100_000_000, "5.9", 360, 769_445, 768_079, 279_063, 88_745_763, id="V09"),
        pytest.param(63_000_000, "4.9", 360, 432_250, 431_535, 175_715, 46_433_640, id="V10"),
        pytest.param(16_000_000, "6.55", 168, 182_571, 182_051, 95_774, 7_379_673, id="V11"),
    ],
)
def test_rows_of_equal_principal_are_rounded_and_the_last_takes_the_rest(
    *, principal: int, percent: str, periods: int, first: int, second: int, last: int, interest: int
) -> None:
    """V10 has thirty rows that end in exactly half a cent (157,500.00 x 4.9 % / 12 = 643.125). All round up here;
    with the monthly rate cut to a decimal first, five of them fall down and the interest is 464,336.35."""
    schedule = rows(principal, percent, periods, Method.EQUAL_PRINCIPAL)

    figures = (schedule[0].total, schedule[1].total, schedule[-1].total, interest_of(schedule))
    assert figures == (first, second, last, interest)


@pytest.mark.parametrize(
    ("percent", "periods", "instalment"),
    [pytest.param("24", 12, 60_102, id="V25-24"), pytest.param("15.6", 12, 57_548, id="V25-15.6")],
)
def test_v25_spreads_what_is_left_anew(percent: str, periods: int, instalment: int) -> None:
    assert rows(635_601, percent, periods)[0].total == instalment


def test_v25_capitalised_deferral_is_repaid_in_six() -> None:
    assert rows(674_505, "24", 6)[0].total == 120_417
