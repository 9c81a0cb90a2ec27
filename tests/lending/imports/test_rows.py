"""Rows that make no sense are named by line and reason; every other row is in."""

from pathlib import Path
from typing import Any

import pytest

from lending.models import ContactPoint, Loan, Payment, SuspendedPayment
from tapes import loan, payment, text_of, write

BAD_LOANS = {
    "an empty number": {"number": ""},
    "a number with a slash": {"number": "2026/1"},
    "a number too long": {"number": "9" * 65},
    "a day that is none": {"start_on": "2026-02-30"},
    "a date in another order": {"start_on": "15/01/2026"},
    "a day before all loans": {"start_on": "0016-01-15"},
    "a due day before the start": {"first_due_on": "2026-01-15"},
    "a negative amount": {"principal": "-5"},
    "no amount": {"principal": "0"},
    "a huge amount": {"principal": "1" + "0" * 30},
    "an amount in words": {"principal": "a lot"},
    "an amount that is not a number": {"principal": "NaN"},
    "an amount in powers": {"principal": "1e5"},
    "half a cent": {"principal": "10.005"},
    "a negative rate": {"annual_rate": "-1"},
    "a rate without bounds": {"annual_rate": "9" * 12},
    "no periods": {"periods": "0"},
    "too many periods": {"periods": "1201"},
    "a fraction of a period": {"periods": "1.5"},
    "an unknown method": {"method": "whatever"},
    "a method that needs more than the format has": {"method": "staged"},
    "an unknown frequency": {"frequency": "hourly"},
    "an unknown day count": {"day_count": "30/365"},
    "a currency of two letters": {"currency": "CN"},
    "a language nobody writes": {"language": "tlh"},
    "a time zone of nowhere": {"time_zone": "Mars/Olympus"},
    "a funder without a letter": {"funder": "---"},
    "a name too long": {"borrower_name": "王" * 121},
    "a NUL character": {"borrower_name": "Mary\x00Smith"},
    "a control character": {"borrower_name": "Mary\x1bSmith"},
}


@pytest.mark.parametrize("cells", BAD_LOANS.values(), ids=BAD_LOANS)
def test_a_bad_row_is_named_and_the_others_are_in(cells: dict[str, str], tmp_path: Path, import_loans: Any) -> None:
    bad = loan(**{"number": "bad", **cells})

    ran = import_loans(write(tmp_path, loan(number="before"), bad, loan(number="after")))

    assert ran.status == 3
    assert list(ran.reasons) == [3]
    assert ran.complaints[0].startswith("tape.csv:3: ")
    assert set(Loan.objects.values_list("number", flat=True)) == {"before", "after"}


def test_a_reason_names_its_column(tmp_path: Path, import_loans: Any) -> None:
    ran = import_loans(write(tmp_path, loan(principal="-5")))

    assert ran.reasons == {2: "principal: '-5' is not more than nothing"}


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "+1+1", "-1", "@SUM(A1)", "'; DROP TABLE lending_loan; --"])
def test_a_name_that_looks_like_a_formula_is_just_a_name(name: str, tmp_path: Path, import_loans: Any) -> None:
    ran = import_loans(write(tmp_path, loan(borrower_name=name)))

    assert ran.status == 0
    assert Loan.objects.get().borrower.name.unmasked() == name


def test_a_phone_that_is_none_costs_the_number_and_not_the_loan(tmp_path: Path, import_loans: Any) -> None:
    ran = import_loans(write(tmp_path, loan(phone="ask his sister")))

    assert ran.status == 0
    assert [warning["line"] for warning in ran.report["warnings"]] == [2]
    assert not ContactPoint.objects.exists()


def test_a_row_with_a_cell_too_few_or_too_many_is_named(tmp_path: Path, import_loans: Any) -> None:
    head, row = text_of(loan()).splitlines()
    path = tmp_path / "tape.csv"
    path.write_text("\n".join([head, row.rsplit(",", 1)[0], row + ",more", row]))

    ran = import_loans(path)

    assert list(ran.reasons) == [2, 3]
    assert ran.report["new"] == 1


def test_a_quotation_mark_that_never_closes_swallows_no_other_row(tmp_path: Path, import_loans: Any) -> None:
    rows = text_of(*(loan(number=f"n{i}", borrower_name="Mary") for i in range(60))).splitlines()
    rows[5] = rows[5].replace("Mary", '"Mary')
    rows[50] = rows[50].replace("Mary", '"Mary')
    path = tmp_path / "tape.csv"
    path.write_text("\n".join(rows))

    ran = import_loans(path)

    assert list(ran.reasons) == [6, 51]
    assert ran.report["new"] == 58


def test_a_cell_in_quotation_marks_may_run_over_lines(tmp_path: Path, import_loans: Any) -> None:
    ran = import_loans(write(tmp_path, loan(number="a", funder="North\nBank"), loan(number="b")))

    assert (ran.status, ran.report["new"]) == (0, 2)


def test_repeated_rows_count_once_and_other_content_under_one_number_is_an_error(
    tmp_path: Path, import_loans: Any
) -> None:
    path = write(tmp_path, loan(), loan(), loan(principal="500"))

    tried, ran = import_loans(path, "--dry-run"), import_loans(path)

    assert (ran.report["new"], ran.report["already_there"]) == (1, 1)
    assert "principal" in ran.reasons[4]
    assert (tried.report["new"], tried.report["already_there"], list(tried.reasons)) == (1, 1, [4])


BAD_PAYMENTS = {
    "no reference": {"reference": ""},
    "a reference too long": {"reference": "r" * 81},
    "a day that is none": {"value_on": "2026-13-01"},
    "a day before the loan": {"value_on": "2025-12-31"},
    "a negative amount": {"amount": "-1"},
    "a huge amount": {"amount": "9" * 30},
    "another currency": {"currency": "USD"},
    "another amount under a known reference": {"reference": "P-1", "amount": "1.00"},
}


@pytest.mark.parametrize("cells", BAD_PAYMENTS.values(), ids=BAD_PAYMENTS)
def test_a_bad_payment_is_named(cells: dict[str, str], tmp_path: Path, import_loans: Any, import_payments: Any) -> None:
    import_loans(write(tmp_path, loan()))

    ran = import_payments(write(tmp_path, payment(), payment(**{"reference": "bad", **cells})))

    assert ran.status == 3
    assert list(ran.reasons) == [3]
    assert Payment.objects.get().reference == "P-1"


def test_money_for_an_unknown_loan_is_kept_and_told(tmp_path: Path, import_loans: Any, import_payments: Any) -> None:
    path = write(tmp_path, payment())

    first, second = import_payments(path), import_payments(path)

    assert (first.status, first.report["suspended"]) == (0, 1)
    assert "L-1" in first.complaints[0]
    assert (second.report["suspended"], second.report["already_there"]) == (0, 1)
    assert SuspendedPayment.objects.get().amount == 113472
