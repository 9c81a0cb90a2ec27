"""Twice is once, a trial changes nothing, and a run that dies goes on."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError

from audit.models import Entry
from lending import nightly
from lending.imports.formats import FORMATS, PAYMENTS
from lending.imports.receipts import post
from lending.imports.rows import PaymentRow, Problem, Taken
from lending.imports.run import Import, Progress, Run
from lending.imports.source import inspect
from lending.models import Arrears, Borrower, ClosedDay, ContactPoint, Funder, Instalment, Loan, NameDigest, Payment
from staff.models import User
from tapes import loan, payment, write

AT = datetime(2026, 3, 1, 2, tzinfo=UTC)
BOOK = (Funder, Borrower, NameDigest, ContactPoint, Loan, Instalment, Payment)


def _counts() -> list[int]:
    return [model.objects.count() for model in BOOK]


def _run(path: Path, *, until: float = float("inf"), progress: Progress | None = None, trial: bool = False) -> Progress:
    work = Import(inspect(path), FORMATS["native"], path.name, trial, None)
    run = Run(work, at=AT, listen=lambda _bad, _warned: None, keep=lambda _progress: None)
    return run.go_on(progress or Progress(), until)


def test_the_same_file_twice_changes_nothing(tmp_path: Path, import_loans: Any, import_payments: Any) -> None:
    tape = write(tmp_path, loan(), loan(number="L-2", borrower_name="Mary Smith", language="en"))
    import_loans(tape)
    once = _counts()

    ran = import_loans(tape)

    assert (ran.status, ran.report["new"], ran.report["already_there"]) == (0, 0, 2)
    assert _counts() == once


def test_the_same_payments_twice_are_posted_once(tmp_path: Path, import_loans: Any, import_payments: Any) -> None:
    import_loans(write(tmp_path, loan()))
    path = write(tmp_path, payment())
    import_payments(path)

    ran = import_payments(path)

    assert (ran.report["new"], ran.report["already_there"], Payment.objects.count()) == (0, 1, 1)


def test_a_dry_run_says_the_same_and_changes_nothing(tmp_path: Path, import_loans: Any) -> None:
    path = write(tmp_path, loan(), loan(number="bad", periods="0"))

    ran = import_loans(path, "--dry-run")

    assert (ran.status, ran.report["new"], ran.report["bad"], ran.report["dry_run"]) == (3, 1, 1, True)
    assert not any(_counts())
    assert not Entry.objects.exists()


def test_an_import_is_one_entry_in_the_record(tmp_path: Path, import_loans: Any) -> None:
    path = write(tmp_path, loan(), loan(number="bad", periods="0"))

    import_loans(path)

    entry = Entry.objects.get(action="lending.file_imported")
    assert inspect(path).sha256 in entry.facts
    assert '"bad":1' in entry.facts.replace(" ", "")
    assert "王小明" not in entry.facts


def test_an_import_in_slices_counts_like_one_at_a_stretch(
    tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lending.imports.run.CHUNK_ROWS", 2)
    path = write(
        tmp_path, *(loan(number=f"n{i}") for i in range(7)), loan(number="bad", periods="0"), loan(number="n0")
    )

    progress, slices = Progress(), 0
    while not progress.is_done:
        progress = _run(path, until=0, progress=progress)
        slices += 1

    assert slices == 6
    assert (progress.rows, progress.new, progress.already_there, progress.bad) == (9, 7, 1, 1)


def test_a_trial_in_slices_remembers_the_rows_it_has_seen(
    tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lending.imports.run.CHUNK_ROWS", 2)
    path = write(tmp_path, *(loan(number=f"n{i}") for i in range(3)), loan(number="n0"), loan(number="n1", periods="6"))

    progress = Progress()
    while not progress.is_done:
        progress = _run(path, until=0, progress=progress, trial=True)

    assert (progress.new, progress.already_there, progress.bad) == (3, 1, 1)


def test_a_run_that_died_in_a_chunk_goes_on_as_one_clean_run(
    tmp_path: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lending.imports.run.CHUNK_ROWS", 2)
    path = write(tmp_path, *(loan(number=f"n{i}") for i in range(6)))
    chunks: list[int] = []

    def die_in_the_second(_bad: list[Problem], _warned: list[Problem]) -> None:
        chunks.append(1)
        if len(chunks) == 2:
            raise SystemExit

    work = Import(inspect(path), FORMATS["native"], path.name, False, None)
    with pytest.raises(SystemExit):
        Run(work, at=AT, listen=die_in_the_second, keep=lambda _progress: None).go_on(Progress())
    assert Loan.objects.count() == 2

    progress = _run(path)

    assert (progress.new, progress.already_there) == (4, 2)
    assert Loan.objects.count() == 6


def test_a_loan_that_comes_after_its_due_day_is_brought_to_the_business_date(tmp_path: Path, import_loans: Any) -> None:
    on = date(2026, 3, 1)
    nightly.run(on=on, at=AT)
    ClosedDay.objects.create(day=on, closed_at=AT)

    import_loans(write(tmp_path, loan()))

    arrears = Arrears.objects.get()
    assert (arrears.oldest_due_on, arrears.bucket) == (date(2026, 2, 15), "M1")
    assert ClosedDay.objects.get().day == on


def test_a_borrower_keeps_the_name_the_book_has(tmp_path: Path, import_loans: Any) -> None:
    import_loans(write(tmp_path, loan()))

    ran = import_loans(write(tmp_path, loan() | {"number": "L-2", "borrower_name": "Somebody Else"}))

    assert (ran.status, ran.report["new"], ran.report["warned"]) == (0, 1, 1)
    assert Borrower.objects.get().name.unmasked() == "王小明"


def test_a_number_that_went_silent_is_not_brought_back(tmp_path: Path, import_loans: Any) -> None:
    path = write(tmp_path, loan())
    import_loans(path)
    ContactPoint.objects.update(retired_at=AT)

    import_loans(path)

    assert ContactPoint.objects.get().retired_at == AT


def test_a_row_that_the_database_refuses_is_left_out_alone(tmp_path: Path, import_loans: Any) -> None:
    import_loans(write(tmp_path, loan()))
    path = write(tmp_path, *(payment(reference=f"R{n}", amount="1") for n in range(7)))
    tried: list[int] = []

    def take(lines: Sequence[tuple[int, PaymentRow]], *, at: datetime, by: User | None) -> Taken:
        tried.append(len(lines))
        taken = post(lines, at=at, by=by)
        if any(row.reference == "R4" for _line, row in lines):
            raise IntegrityError("no")
        return taken

    ran = Run(
        Import(inspect(path), PAYMENTS._replace(take=take), path.name, False, None),
        at=AT,
        listen=lambda _bad, _warned: None,
        keep=lambda _progress: None,
    ).go_on(Progress())

    assert (ran.new, ran.bad, ran.errors[0][1]) == (6, 1, "R4")
    assert tried == [7, 3, 4, 2, 1, 1, 2]
    assert Payment.objects.count() == 6
