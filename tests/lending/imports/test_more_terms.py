"""Further columns of a loan tape: every term that a schedule can have, and rows written by hand, reach the book."""

from pathlib import Path
from typing import Any

import pytest

from lending.models import Instalment, Loan
from lending.parties import get_product
from lending.schedules import Terms, build
from tapes import loan, write

pytestmark = pytest.mark.django_db

TAPE = {"principal": "12000.00", "annual_rate": "24", "periods": "4", "start_on": "2026-01-15", "first_due_on": ""}
QUOTED = {"principal": 1_200_000, "annual_rate": "24", "periods": 4, "start_on": "2026-01-15"}
BY_HAND = "2026-02-20 1000.00 200.00; 2026-03-15 0 220; 2026-06-15 5000.00 0; 2026-12-15 6000.00 700.05"


def rows() -> list[tuple[str, int, int]]:
    """The schedule in the book."""
    found = Instalment.objects.order_by("n").values_list("due_on", "principal", "interest")
    return [(day.isoformat(), principal, interest) for day, principal, interest in found]


@pytest.mark.parametrize(
    ("cells", "terms"),
    [
        ({"method": "staged", "staged_percentages": "10;20; 30;40"}, {"method": "staged", "staged_percentages": ["10", "20", "30", "40"]}),
        ({"principal_grace_periods": "2"}, {"principal_grace_periods": 2}),
        ({"interest_deferred_periods": "1"}, {"interest_deferred_periods": 1}),
        ({"method": "fixed_installment", "fixed_installment": "4000.00"}, {"method": "fixed_installment", "fixed_installment": 400_000}),
        ({"absorb": "rederive", "rounding": "up"}, {"absorb": "rederive", "rounding": "up"}),
        ({"installment_multiple": "1.00"}, {"installment_multiple": 100}),
        ({"start_on": "2026-01-31", "month_end": "first_of_next"}, {"start_on": "2026-01-31", "month_end": "first_of_next"}),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, dict) else None,
)  # fmt: skip
def test_a_column_makes_the_schedule_that_is_quoted(
    cells: dict[str, str], terms: dict[str, Any], tmp_path: Path, import_loans: Any
) -> None:
    path = write(tmp_path, loan(**TAPE | cells))

    ran, again = import_loans(path), import_loans(path)

    wanted = build(Terms.parse(QUOTED | terms))
    assert (ran.status, again.status) == (0, 0)
    assert rows() == [(row.due_on.isoformat(), row.principal, row.interest) for row in wanted]
    assert set(Loan.objects.get().more_terms) == set(terms) - {"method", "start_on"}


def test_rows_written_by_hand_are_the_schedule(tmp_path: Path, import_loans: Any) -> None:
    path = write(tmp_path, loan(**TAPE, rows=BY_HAND))

    ran, again = import_loans(path), import_loans(path)

    assert (ran.status, again.status) == (0, 0)
    assert rows() == [
        ("2026-02-20", 100_000, 20_000), ("2026-03-15", 0, 22_000), ("2026-06-15", 500_000, 0), ("2026-12-15", 600_000, 70_005),
    ]  # fmt: skip
    assert Loan.objects.get().first_due_on.isoformat() == "2026-02-20"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"rows": "2026-02-15 12000.00 0"}, "rows: has 1 rows for 4 instalments"),
        ({"rows": BY_HAND.replace("6000.00", "6000.01")}, "rows: row 4 repays more than is left"),
        ({"rows": BY_HAND.replace("6000.00", "5999.99")}, "or they do not repay the principal"),
        ({"rows": BY_HAND.replace("2026-06-15", "2026-03-15")}, "rows: its due days must follow one another"),
        ({"rows": BY_HAND.replace("2026-02-20", "2026-01-15")}, "rows: its due days must follow one another"),
        ({"rows": BY_HAND.replace("2026-02-20", "2026-02-30")}, "rows: row 1, day: '2026-02-30' is no day"),
        ({"rows": "2026-02-15 12000.00"}, "rows: row 1 is no due day, principal and interest"),
        ({"method": "staged", "staged_percentages": "50;49"}, "staged_percentages: must sum to 100"),
        ({"method": "staged", "staged_percentages": "a;b"}, "staged_percentages: must be a percentage"),
        ({"principal_grace_periods": "4"}, "principal_grace_periods: must be fewer"),
        ({"absorb": "first"}, "absorb: 'first' is none of last, rederive"),
        ({"fixed_installment": "1.00"}, "fixed_installment: belongs to the method"),
    ],
)
def test_what_makes_no_sense_names_its_column(
    cells: dict[str, str], reason: str, tmp_path: Path, import_loans: Any
) -> None:
    ran = import_loans(write(tmp_path, loan(**TAPE | cells)))

    assert ran.status == 3
    assert reason in ran.reasons[2]
    assert not Loan.objects.exists()


def test_a_loan_whose_further_terms_differ_is_another_loan(tmp_path: Path, import_loans: Any) -> None:
    import_loans(write(tmp_path, loan(**TAPE, rows=BY_HAND)))

    ran = import_loans(write(tmp_path, loan(**TAPE, rows=BY_HAND.replace("200.00", "200.01"))))

    assert "the number is taken by one with other content: more_terms" in ran.reasons[2]


def test_a_row_that_its_product_s_rule_leaves_no_room_for_is_named_and_the_others_are_taken(
    tmp_path: Path, import_loans: Any
) -> None:
    """Over the Spring Festival of 2026 two due days of a loan by the week would fall on the 24th."""
    get_product("by-week", calendar="CN", due_move="forward")
    weekly = loan(**TAPE | {"number": "w", "product": "by-week", "frequency": "weekly", "start_on": "2026-02-09"})
    monthly = loan(**TAPE | {"number": "m", "product": "by-week"})

    ran = import_loans(write(tmp_path, weekly, monthly))

    assert "non_working: moves two due dates onto one day" in ran.reasons[2]
    assert Loan.objects.get().number == "m"
    assert rows()[1][0] == "2026-03-16"
