"""Caps on cost: dated, by source, above them a warning and nothing else."""

from datetime import date

import pytest

from lending.caps import CAPS, LPR, cost_of, limit_on, months_between, warnings
from lending.lenders import LenderKind
from lending.loan_facts import InstalmentFact
from lending.schedules import Terms, build


def codes(
    start_on: str, *, rate: int = 0, penalty: int = 0, cost: int | None = None, lender: LenderKind = LenderKind.BANK
) -> list[str]:
    start = date.fromisoformat(start_on)
    told = warnings(start_on=start, rate_ppm=rate, penalty_rate_ppm=penalty, cost_ppm=cost, lender=lender)
    return [each.cap.code for each in told]


def test_a_penalty_rate_up_to_half_above_the_contract_rate_is_within_the_rule() -> None:
    """CN-PEN of DOMAIN A2: contract rate + 30 % to 50 %."""
    assert codes("2025-01-01", rate=120_000, penalty=180_000) == []
    assert codes("2025-01-01", rate=120_000, penalty=180_001) == ["CN-PEN"]


def test_the_rule_on_platforms_binds_loans_from_october_2025_on() -> None:
    """CN-CAP-ASSIST: 24 % a year, in force 2025-10-01."""
    assert codes("2025-09-30", cost=300_000) == []
    assert codes("2025-10-01", cost=241_000) == ["CN-CAP-ASSIST"]
    assert codes("2025-10-01", cost=240_400) == []


def test_a_penalty_above_the_all_in_cap_is_told_apart() -> None:
    assert codes("2025-11-01", rate=240_000, penalty=360_000, cost=240_000) == ["CN-CAP-ASSIST-ALL"]


@pytest.mark.parametrize(
    ("start_on", "limit"), [("2025-05-19", 124_000), ("2025-05-20", 120_000), ("2020-08-20", 154_000)]
)
def test_four_times_the_prime_rate_of_the_day_the_loan_was_made(start_on: str, limit: int) -> None:
    """CN-LPR: 3.0 % since May 2025, so 12 %; 3.10 % before; 3.85 % when the rule came, 15.4 %."""
    (private, *_) = [cap for cap in CAPS if cap.code == "CN-CAP-PRIV"]

    assert limit_on(private, date.fromisoformat(start_on)) == limit


def test_the_prime_rates_stand_in_the_order_of_their_days() -> None:
    assert [day for day, _rate in LPR] == sorted({day for day, _rate in LPR})


@pytest.mark.parametrize("start_on", ["2025-10-31", "2025-12-15"])
def test_the_cost_of_a_level_schedule_is_its_rate(start_on: str) -> None:
    """V24: 12,000 at 24 % over 12 months; rounding of the rows moves it in the hundredths."""
    terms = {"principal": 12_000_00, "currency": "CNY", "annual_rate": "24", "periods": 12, "start_on": start_on}
    rows = build(Terms.parse({**terms, "method": "equal_installment", "frequency": "monthly", "day_count": "month/12"}))

    cost = cost_of(
        12_000_00,
        date.fromisoformat(start_on),
        [InstalmentFact(row.n, row.due_on, row.principal, row.interest) for row in rows],
    )

    assert cost is not None
    assert abs(cost - 240_000) < 500


def test_a_schedule_that_asks_for_nothing_has_no_rate() -> None:
    assert cost_of(100, date(2025, 1, 1), [InstalmentFact(1, date(2025, 2, 1), 0, 0)]) is None


def test_a_due_day_cut_off_by_the_end_of_its_month_is_a_whole_month_away() -> None:
    assert months_between(date(2025, 1, 31), date(2025, 2, 28)) == 1
    assert months_between(date(2025, 1, 31), date(2025, 3, 31)) == 2
    assert months_between(date(2025, 1, 16), date(2025, 2, 1)) * 30 == 15


@pytest.mark.parametrize(
    ("lender", "told"),
    [
        (LenderKind.BANK, ["CN-PEN", "CN-CAP-ASSIST", "CN-CAP-ASSIST-ALL"]),
        (LenderKind.CONSUMER_FINANCE, ["CN-PEN", "CN-CAP-ASSIST", "CN-CAP-ASSIST-ALL"]),
        (LenderKind.MICROLOAN, ["CN-CAP-MICRO"]),
        (LenderKind.LOCAL, []),
        (LenderKind.PRIVATE, ["CN-CAP-PRIV", "CN-CAP-PRIV-ALL"]),
    ],
)
def test_each_kind_of_lender_is_held_against_its_own_rules(lender: LenderKind, told: list[str]) -> None:
    """Scopes of DOMAIN A2; the rules on private lending bind none of the licensed and local ones."""
    above_all: dict[str, int] = {"rate": 250_000, "penalty": 500_000, "cost": 250_000}

    assert codes("2026-01-01", **above_all, lender=lender) == told


def test_where_the_kind_is_not_said_every_rule_is_told() -> None:
    told = codes("2026-01-01", rate=250_000, penalty=500_000, cost=250_000, lender=LenderKind.UNKNOWN)

    assert set(told) == {cap.code for cap in CAPS}


@pytest.mark.parametrize(("start_on", "told"), [("2027-12-31", []), ("2028-01-01", ["CN-CAP-MICRO"])])
def test_micro_loans_come_under_four_times_the_prime_rate_from_2028_on(start_on: str, told: list[str]) -> None:
    """CN-CAP-MICRO: 24 % until the end of 2027, then four times the prime rate of the day, 12 % at 3.0 %."""
    assert codes(start_on, cost=200_000, lender=LenderKind.MICROLOAN) == told
