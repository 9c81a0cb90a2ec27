"""Terms that make no sense are refused with the name of the field."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from lending.schedules import Every, Method, Terms, TermsError, Unit

GOOD = {"principal": 1_200_000, "annual_rate": "24", "periods": 12, "start_on": "2026-01-31"}


WRONG: dict[str, list[object]] = {
    "principal": [0, -1, 10**10 + 1, "12", 1.5, True, Decimal("12.0"), [], None],
    "annual_rate": [
        *["", "x", "-1", "NaN", "Infinity", "1_0", "２4", True, [], None, "100001"],
        *["0.0000000000001", Decimal("1e-13"), Decimal("NaN"), 10**30],
    ],
    "periods": [0, -1, 1201, "12", True, Decimal(12), None],
    "start_on": ["", "2026-02-30", "20260131", "31.01.2026", 20260131, None],
    "first_due_on": ["2026-01-31", "2025-01-01", "soon", 5],
    "currency": ["", "cny", "RMBX", 156],
    "method": ["", "annuity", 1, ["flat"]],
    "frequency": ["daily", 3, []],
    "day_count": ["30/365", 360],
    "rounding": ["down", 1],
    "installment_multiple": [0, -100, "1", 10**11],
    "absorb": ["first", 1],
    "month_end": ["last", 31],
    "principal_grace_periods": [-1, 12, "1"],
    "interest_deferred_periods": [-1, 12, 1.0],
    "staged_percentages": [[100], "100", 100],
    "fixed_installment": [100_000, 0, -5, "x"],
    "non_working": [[], "weekends", 6],
    "period_rate": ["2"],
    "installments": [12],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in WRONG.items() for value in values])
def test_a_wrong_value_is_refused_by_the_name_of_its_field(field: str, value: object) -> None:
    with pytest.raises(TermsError) as refusal:
        Terms.parse({**GOOD, field: value})

    assert refusal.value.field == field
    assert refusal.value.message


@pytest.mark.parametrize("field", ["principal", "annual_rate", "periods", "start_on"])
def test_what_has_no_default_must_be_given(field: str) -> None:
    with pytest.raises(TermsError, match=f"{field}: is missing"):
        Terms.parse({name: value for name, value in GOOD.items() if name != field})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"frequency": {"every": 0, "unit": "days"}}, "frequency"),
        ({"frequency": {"every": 2, "unit": "years"}}, "frequency"),
        ({"frequency": {"every": 2, "unit": "days", "on": 1}}, "frequency"),
        ({"non_working": {"weekdays": [9]}}, "non_working"),
        ({"non_working": {"weekdays": [0, 7]}}, "non_working"),
        ({"non_working": {"dates": ["someday"]}}, "non_working"),
        ({"non_working": {"move": "sideways"}}, "non_working"),
        ({"non_working": {"interest": "drop"}}, "non_working"),
        ({"non_working": {"holidays": []}}, "non_working"),
        ({"method": "fixed_installment"}, "fixed_installment"),
        ({"method": "staged"}, "staged_percentages"),
        ({"method": "staged", "staged_percentages": [50, 49]}, "staged_percentages"),
        ({"method": "staged", "staged_percentages": [120, -20]}, "staged_percentages"),
        ({"method": "staged", "staged_percentages": [100, 0]}, "staged_percentages"),
        ({"method": "staged", "staged_percentages": [20] * 5}, "staged_percentages"),
        ({"method": "staged", "staged_percentages": [1] * 1201}, "staged_percentages"),
        ({"annual_rate": None, "period_rate": "90000"}, "period_rate"),
    ],
)
def test_a_wrong_part_is_refused_by_its_place(changes: dict[str, object], field: str) -> None:
    with pytest.raises(TermsError) as refusal:
        Terms.parse({**GOOD, **changes})

    assert refusal.value.field == field


def test_null_is_the_same_as_left_out() -> None:
    left_out = Terms.parse(GOOD)

    assert Terms.parse({**GOOD, "method": None, "first_due_on": None, "non_working": None}) == left_out


@pytest.mark.parametrize("rate", ["24", "24.0", 24, Decimal(24)])
def test_a_rate_is_text_or_a_number_of_json(rate: object) -> None:
    assert Terms.parse({**GOOD, "annual_rate": rate}).annual_rate_ppm == 240_000


def test_a_rate_finer_than_a_millionth_stays_exact() -> None:
    assert Terms.parse({**GOOD, "annual_rate": "4.35125"}).annual_rate_ppm == Fraction(87_025, 2)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("principal", 0),
        ("annual_rate_ppm", -1),
        ("installment_multiple", 0),
        ("periods", 0),
        ("fixed_installment", 0),
        ("principal_grace_periods", -1),
    ],
)
def test_terms_made_in_code_are_checked_as_well(field: str, value: int) -> None:
    good = Terms(
        principal=100,
        annual_rate_ppm=1,
        periods=2,
        start_on=date(2026, 1, 31),
        method=Method.FIXED_INSTALLMENT,
        fixed_installment=60,
    )

    with pytest.raises(TermsError, match=field.removesuffix("_ppm")):
        good._replace(**{field: value})  # type: ignore[arg-type]  # each value is one of its field


def test_a_frequency_made_in_code_is_checked_as_well() -> None:
    with pytest.raises(TermsError, match="frequency"):
        Every(0, Unit.DAYS)


def test_a_day_may_come_as_a_date() -> None:
    assert Terms.parse({**GOOD, "start_on": date(2026, 1, 31)}) == Terms.parse(GOOD)
