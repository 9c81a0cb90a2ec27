"""The seven methods and what changes them: grace, deferral, multiples, absorption, rounding, rates."""

from itertools import pairwise

import pytest

from lending.schedules import Row, Terms, TermsError, build


def rows(**changes: object) -> tuple[Row, ...]:
    """The loan of V24: 12,000 at 24 % in twelve months."""
    return build(
        Terms.parse({"principal": 1_200_000, "annual_rate": "24", "periods": 12, "start_on": "2026-01-15", **changes})
    )


def totals(schedule: tuple[Row, ...]) -> list[int]:
    return [row.total for row in schedule]


def interest(schedule: tuple[Row, ...]) -> list[int]:
    return [row.interest for row in schedule]


def principal(schedule: tuple[Row, ...]) -> list[int]:
    return [row.principal for row in schedule]


STAGED = {"principal": 6_000_000, "annual_rate": "12", "method": "staged"}
V30_INTEREST = [60_000] * 3 + [54_000] * 3 + [42_000] * 3 + [24_000] * 3


@pytest.mark.parametrize(
    "percentages",
    [
        pytest.param([10, 20, 30, 40], id="every third month"),
        pytest.param(["0", "0", "10", "0", "0", "20", "0", "0", "30.0", "0", "0", "40"], id="every month named"),
    ],
)
def test_v30_repays_in_stages_and_charges_what_is_left(percentages: list[object]) -> None:
    schedule = rows(**STAGED, staged_percentages=percentages)

    assert interest(schedule) == V30_INTEREST
    assert [part for part in principal(schedule) if part] == [600_000, 1_200_000, 1_800_000, 2_400_000]


def test_v30_by_quarters_charges_the_same_in_sum() -> None:
    schedule = rows(**STAGED, frequency="quarterly", periods=4, staged_percentages=[10, 20, 30, 40])

    assert sum(interest(schedule)) == 540_000


def test_stages_of_thirds_leave_their_cents_to_the_last() -> None:
    third = "33.333333333"

    schedule = rows(method="staged", principal=100, periods=3, staged_percentages=[third, third, "33.333333334"])

    assert principal(schedule) == [33, 33, 34]


@pytest.mark.parametrize(("day_count", "expected"), [("act/365", 61_545), ("act/360", 62_400)])
@pytest.mark.parametrize(
    ("frequency", "periods"),
    [({"every": 180, "unit": "days"}, 1), ({"every": 1, "unit": "days"}, 180), ({"every": 30, "unit": "days"}, 6)],
)
def test_v31_a_bullet_falls_due_once_with_all_its_interest(
    day_count: str, expected: int, frequency: dict[str, object], periods: int
) -> None:
    terms = {"principal": 800_000, "annual_rate": "15.6", "method": "bullet", "day_count": day_count}

    schedule = rows(**terms, frequency=frequency, periods=periods)

    assert [(row.n, row.principal, row.interest, row.balance) for row in schedule] == [(1, 800_000, expected, 0)]
    assert schedule[0].due_on.isoformat() == "2026-07-14"


def test_v25_three_interest_only_rows_come_before_nine_equal_ones() -> None:
    schedule = rows(principal=635_601, principal_grace_periods=3)

    assert totals(schedule)[:4] == [12_712, 12_712, 12_712, 77_871]
    assert [row.balance for row in schedule[:3]] == [635_601] * 3


def test_grace_of_principal_spreads_equal_principal_over_the_rest() -> None:
    assert principal(rows(method="equal_principal", principal_grace_periods=2)) == [0, 0] + [120_000] * 10


def test_deferred_interest_falls_due_with_the_first_row_after_the_deferral() -> None:
    plain = rows()

    deferred = rows(interest_deferred_periods=3)

    assert interest(deferred)[:4] == [0, 0, 0, sum(interest(plain)[:4])]
    assert principal(deferred) == principal(plain)
    assert interest(deferred)[4:] == interest(plain)[4:]


def test_grace_and_deferral_together_are_a_payment_holiday() -> None:
    schedule = rows(principal_grace_periods=3, interest_deferred_periods=3)

    assert totals(schedule)[:3] == [0, 0, 0]
    assert schedule[3].interest == 4 * 24_000


def test_a_flat_rate_is_charged_on_the_whole_loan_throughout() -> None:
    schedule = rows(method="flat")

    assert set(interest(schedule)) == {24_000}
    assert set(principal(schedule)) == {100_000}


def test_a_flat_instalment_is_rounded_to_the_multiple() -> None:
    schedule = rows(method="flat", principal=1_000_000, installment_multiple=100)

    assert totals(schedule)[:-1] == [103_300] * 11
    assert sum(principal(schedule)) == 1_000_000


def test_a_level_instalment_is_rounded_to_whole_yuan() -> None:
    schedule = rows(installment_multiple=100)

    assert set(totals(schedule)[:-1]) == {113_500}
    assert schedule[-1].total < 113_500


def test_rounding_up_names_the_next_higher_cent() -> None:
    up, half = rows(principal=635_601, rounding="up"), rows(principal=635_601)

    assert (half[0].total, up[0].total) == (60_102, 60_103)
    assert up[0].interest == 12_713


@pytest.mark.parametrize(("rounding", "expected"), [("half_up", 3), ("half_even", 2), ("up", 3)])
def test_half_a_cent_goes_where_the_rounding_says(rounding: str, expected: int) -> None:
    schedule = rows(principal=125, method="interest_only", rounding=rounding)

    assert schedule[0].interest == expected


def test_a_solved_anew_instalment_never_leaves_cents_to_the_last_row() -> None:
    schedule = rows(absorb="rederive")

    assert max(totals(schedule)) - min(totals(schedule)) <= 1


def test_equal_principal_solved_anew_spreads_the_cents() -> None:
    schedule = rows(method="equal_principal", principal=1_000, absorb="rederive")

    assert set(principal(schedule)) == {83, 84}


def test_a_fixed_instalment_ends_with_the_row_that_repays() -> None:
    schedule = rows(method="fixed_installment", fixed_installment=200_000)

    assert totals(schedule)[:6] == [200_000] * 6
    assert len(schedule) == 7
    assert 0 < schedule[-1].total < 200_000


def test_a_fixed_instalment_that_is_too_small_leaves_the_rest_to_the_last_row() -> None:
    schedule = rows(method="fixed_installment", fixed_installment=100_000)

    assert totals(schedule)[:-1] == [100_000] * 11
    assert schedule[-1].total > 200_000


def test_a_deferral_longer_than_a_fixed_schedule_ends_with_it() -> None:
    schedule = rows(method="fixed_installment", fixed_installment=700_000, interest_deferred_periods=6)

    assert [bool(due) for due in interest(schedule)] == [False, True]


def test_a_loan_without_interest_is_only_divided() -> None:
    schedule = rows(annual_rate="0", principal=1_000)

    assert totals(schedule) == [83] * 11 + [87]


def test_a_coarse_instalment_may_repay_early_and_leaves_empty_rows() -> None:
    schedule = rows(principal=1_000, annual_rate="0", installment_multiple=200, rounding="up")

    assert totals(schedule) == [200] * 5 + [0] * 7


def test_a_long_month_of_a_dear_long_loan_pays_its_interest_and_no_principal() -> None:
    schedule = rows(periods=360, day_count="act/365")

    assert schedule[0].principal == 0
    assert schedule[0].interest == 24_460


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"period_rate": "2"}, id="month"),
        pytest.param(
            {"period_rate": "2", "frequency": {"every": 30, "unit": "days"}, "day_count": "act/360"}, id="30d"
        ),
        pytest.param({"period_rate": "2", "frequency": "weekly", "day_count": "act/365"}, id="week"),
        pytest.param({"period_rate": "2", "frequency": {"every": 5, "unit": "weeks"}}, id="five weeks"),
    ],
)
def test_a_rate_per_period_is_charged_in_each_regular_period(changes: dict[str, object]) -> None:
    assert rows(annual_rate=None, **changes)[0].interest == 24_000


def test_semimonthly_weekly_and_quarterly_charge_their_part_of_the_year() -> None:
    parts = [rows(frequency=name)[0].interest for name in ("semimonthly", "biweekly", "weekly", "quarterly")]

    assert parts == [12_000, 11_077, 5_538, 72_000]


def test_the_instalment_is_level_over_unequal_periods() -> None:
    schedule = rows(day_count="act/365", first_due_on="2026-03-03")

    assert len({row.total for row in schedule[:-1]}) == 1
    assert abs(schedule[-1].total - schedule[0].total) < 12


def test_a_broken_first_period_of_weeks_is_counted_in_days() -> None:
    schedule = rows(frequency="weekly", first_due_on="2026-01-25", method="interest_only", annual_rate="52")

    assert [row.interest for row in schedule[:2]] == [round(12_000 * 10 / 7), 12_000]


def test_a_broken_first_period_of_whole_months_is_charged_as_months() -> None:
    schedule = rows(start_on="2026-01-31", first_due_on="2026-04-30", method="interest_only")

    assert schedule[0].interest == 3 * 24_000


def test_a_broken_first_period_of_month_12_is_counted_in_months_and_thirtieths() -> None:
    """Regulation Z counts from 10 February to 1 April as one month and 19 days."""
    schedule = rows(start_on="2026-02-10", first_due_on="2026-04-01", method="interest_only")

    assert schedule[0].interest == 24_000 + 24_000 * 19 // 30
    assert schedule[1].interest == 24_000


@pytest.mark.parametrize(
    "changes", [{}, {"absorb": "rederive"}, {"method": "equal_principal"}, {"rounding": "half_even"}]
)
def test_balances_fall_by_the_principal_of_their_rows(changes: dict[str, object]) -> None:
    for before, after in pairwise(rows(**changes)):
        assert before.balance - after.principal == after.balance


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"method": "fixed_installment", "fixed_installment": 24_000}, "fixed_installment", id="fixed"),
        pytest.param({"installment_multiple": 1_000_000}, "installment_multiple", id="level"),
        pytest.param(
            {"installment_multiple": 1_000_000, "absorb": "rederive"}, "installment_multiple", id="level anew"
        ),
        pytest.param({"method": "flat", "installment_multiple": 1_000_000}, "installment_multiple", id="flat"),
    ],
)
def test_an_instalment_that_does_not_cover_its_interest_is_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(TermsError) as refusal:
        rows(**changes)

    assert refusal.value.field == field
