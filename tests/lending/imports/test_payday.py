"""The payday format, and the lender's own count as the answer to check days past due against."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lending import nightly
from lending.facts import standings_of
from lending.imports.payday import COLUMNS
from lending.imports.records import records_of
from lending.imports.source import inspect
from lending.models import ClosedDay, ContactPoint, Loan, Payment
from tapes import payday, write

TAPE = Path(__file__).resolve().parents[4] / "shared" / "data" / "payday_loan_tape.csv"
TAPE_ON = date(2016, 12, 8)
needs_the_tape = pytest.mark.skipif(not TAPE.exists(), reason=f"the loan tape is not at {TAPE}")


def test_a_paid_loan_brings_its_payment(tmp_path: Path, import_loans: Any) -> None:
    row = payday(loan_status="PAIDOFF", paid_off_time="10/7/2016 9:00", past_due_days="")

    ran = import_loans(write(tmp_path, row), form="payday")

    payment = Payment.objects.get()
    assert (ran.status, ran.report["warnings"]) == (0, [])
    assert (payment.reference, payment.value_on, payment.amount) == ("pd1-paid", date(2016, 10, 7), 100_000)


def test_a_newer_tape_brings_the_payments_that_came_since(tmp_path: Path, import_loans: Any) -> None:
    import_loans(write(tmp_path, payday()), form="payday")

    paid = payday(loan_status="COLLECTION_PAIDOFF", paid_off_time="10/17/2016 9:00", past_due_days="10")
    ran = import_loans(write(tmp_path, paid), form="payday")

    assert (ran.status, ran.report["already_there"]) == (0, 1)
    assert Payment.objects.get().value_on == date(2016, 10, 17)


def test_another_day_of_payment_is_an_error(tmp_path: Path, import_loans: Any) -> None:
    paid = payday(loan_status="PAIDOFF", paid_off_time="10/7/2016", past_due_days="")
    import_loans(write(tmp_path, paid), form="payday")

    ran = import_loans(write(tmp_path, paid | {"paid_off_time": "10/6/2016"}), form="payday")

    assert ran.status == 3
    assert Payment.objects.get().value_on == date(2016, 10, 7)


@pytest.mark.parametrize(
    ("cells", "warns"),
    [
        ({}, False),
        ({"past_due_days": "61"}, True),
        ({"past_due_days": ""}, True),
        ({"past_due_days": "many"}, True),
        ({"loan_status": "PAIDOFF"}, True),
        ({"paid_off_time": "10/9/2016", "past_due_days": "2"}, False),
        ({"paid_off_time": "10/9/2016", "past_due_days": "1"}, True),
        ({"paid_off_time": "10/1/2016", "past_due_days": ""}, False),
        ({"paid_off_time": "10/1/2016", "past_due_days": "0"}, False),
    ],
)
def test_a_count_that_disagrees_with_the_dates_is_a_warning(
    cells: dict[str, str], warns: bool, tmp_path: Path, import_loans: Any
) -> None:
    others = [payday(Loan_ID=f"other{i}") for i in range(3)]

    ran = import_loans(write(tmp_path, *others, payday(**cells)), form="payday")

    assert ran.status == 0
    assert [warning["line"] for warning in ran.report["warnings"]] == ([5] if warns else [])


@pytest.mark.parametrize(
    "cells",
    [
        {"Loan_ID": ""},
        {"loan_status": "LOST"},
        {"Principal": "-1000"},
        {"due_date": "2016-10-07"},
        {"due_date": "13/7/2016"},
        {"due_date": "9/8/2016"},
        {"paid_off_time": "yesterday"},
        {"paid_off_time": "9/1/2016 9:00"},
    ],
)
def test_a_bad_row_is_named(cells: dict[str, str], tmp_path: Path, import_loans: Any) -> None:
    ran = import_loans(write(tmp_path, payday(Loan_ID="good"), payday(**cells)), form="payday")

    assert (ran.status, list(ran.reasons), ran.report["new"]) == (3, [3], 1)


@needs_the_tape
def test_the_tape_gives_the_lenders_own_days_past_due(import_loans: Any) -> None:
    ran = import_loans(TAPE, form="payday")
    for day in (TAPE_ON - timedelta(days=1), TAPE_ON):
        nightly.run(on=day, at=datetime(2016, 12, 8, tzinfo=UTC))
        ClosedDay.objects.create(day=day, closed_at=datetime(2016, 12, 8, tzinfo=UTC))

    said = {
        record.cells["loan_id"]: int(record.cells["past_due_days"])
        for record in records_of(inspect(TAPE), COLUMNS)
        if not record.cells["paid_off_time"]
    }
    unpaid = Loan.objects.exclude(status=Loan.Status.PAID)
    behind = unpaid.filter(arrears__oldest_due_on__isnull=False).values_list("number", "arrears__oldest_due_on")
    stored = {number: (TAPE_ON - oldest).days for number, oldest in behind if oldest}
    counted = {
        Loan.objects.get(pk=pk).number: state.days_past_due
        for pk, state in standings_of(Loan.objects.all(), TAPE_ON).items()
        if state.days_past_due
    }

    assert (ran.status, ran.report["new"], ran.report["bad"]) == (0, 400, 0)
    assert [warning["key"] for warning in ran.report["warnings"]] == ["xqd20160271"]
    assert stored == said == counted
    assert not ContactPoint.objects.exists()


@needs_the_tape
def test_the_tape_twice_changes_nothing(import_loans: Any) -> None:
    import_loans(TAPE, form="payday")

    ran = import_loans(TAPE, form="payday")

    assert (ran.status, ran.report["new"], ran.report["already_there"]) == (0, 0, 400)
