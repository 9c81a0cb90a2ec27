"""A new schedule in force: the old one stays, what is settled stays, penalty stops where dues move away."""

from datetime import date

import pytest

from audit.models import Entry
from lending.models import Instalment, Loan, ScheduleVersion
from lending.rescheduling import ReschedulingError, put_in_force
from lending.signals import schedule_changed
from lending.verify import verify
from tests.lending.book.books import AT, Book, Schedule, arrears, paid, rows

QUARTER = [("2025-02-01", 100_00, 30_00), ("2025-03-01", 100_00, 20_00), ("2025-04-01", 100_00, 10_00)]
DEFERRED = [("2025-02-01", 100_00, 30_00), ("2025-05-01", 100_00, 20_00), ("2025-06-01", 100_00, 10_00)]


def reschedule(
    loan: Loan, schedule: Schedule, effective_on: str = "2025-03-11", on: str = "2025-03-11"
) -> ScheduleVersion:
    return put_in_force(
        loan=loan,
        rows=rows(schedule),
        effective_on=date.fromisoformat(effective_on),
        reason="deferral",
        source="restructuring.planrequest:1",
        on=date.fromisoformat(on),
        at=AT,
        by=None,
    )


@pytest.fixture
def late(book: Book) -> Loan:
    """One instalment paid, the second ten days past due on 11 March, at 0.1 % a day."""
    loan = book.loan(QUARTER, penalty_rate_ppm=360_000)
    book.pay(loan, "2025-02-01", 130_00)
    book.close_through("2025-03-09", "2025-03-11")
    return loan


def test_a_deferral_ends_the_arrears_and_keeps_the_penalty(late: Loan) -> None:
    version = reschedule(late, DEFERRED)

    assert (version.number, version.is_current) == (2, True)
    assert (arrears(late).oldest_due_on, arrears(late).overdue_principal) == (None, 0)
    assert arrears(late).penalty_accrued == 1_00
    assert verify() == []


def test_the_old_version_stays_with_its_rows(late: Loan) -> None:
    reschedule(late, DEFERRED)

    former = ScheduleVersion.objects.get(loan=late, number=1)
    assert not former.is_current
    assert Instalment.objects.filter(version=former, is_current=False).count() == 3
    assert Instalment.objects.get(version=former, n=1).paid_principal == 100_00


def test_what_was_paid_stands_in_the_new_version(late: Loan, book: Book) -> None:
    book.pay(late, "2025-03-05", 40_00)

    reschedule(late, DEFERRED)

    assert Instalment.objects.get(loan=late, is_current=True, n=1).open == 0
    assert Instalment.objects.get(loan=late, is_current=True, n=2).open == 120_00 - 40_00 + 40
    assert paid(late)[None, "penalty"] == 40


def test_the_loan_is_due_by_its_new_days(late: Loan, book: Book) -> None:
    reschedule(late, DEFERRED)

    book.close_through("2025-03-12", "2025-05-02")

    assert arrears(late).oldest_due_on == date(2025, 5, 1)
    assert arrears(late).penalty_accrued == 1_10
    assert verify() == []


def test_it_is_recorded_and_told(late: Loan) -> None:
    heard: list[int] = []
    schedule_changed.connect(listener := lambda version, **_: heard.append(version.number), weak=False)
    try:
        reschedule(late, DEFERRED)
    finally:
        schedule_changed.disconnect(listener)

    assert heard == [2]
    assert Entry.objects.filter(action="lending.schedule_put_in_force").count() == 1


@pytest.mark.parametrize(
    "schedule",
    [
        [],
        [("2025-02-01", 100_00, 30_00), ("2025-05-01", 100_00, 20_00)],
        [("2025-02-02", 100_00, 30_00), ("2025-05-01", 100_00, 20_00), ("2025-06-01", 100_00, 10_00)],
        [("2025-02-01", 100_00, 30_00), ("2025-06-01", 100_00, 20_00), ("2025-05-01", 100_00, 10_00)],
        [("2025-02-01", 100_00, 30_00), ("2025-05-01", 210_00, 20_00), ("2025-06-01", -10_00, 10_00)],
    ],
    ids=["no rows", "principal missing", "a settled row moved", "out of order", "negative"],
)
def test_a_schedule_that_breaks_the_book_is_refused(late: Loan, schedule: Schedule) -> None:
    with pytest.raises(ReschedulingError):
        reschedule(late, schedule)

    assert ScheduleVersion.objects.filter(loan=late).count() == 1


@pytest.mark.parametrize("day", ["2025-03-12", "2024-12-31"], ids=["in the future", "before the loan"])
def test_a_schedule_takes_effect_within_the_life_of_the_loan(late: Loan, day: str) -> None:
    with pytest.raises(ReschedulingError):
        reschedule(late, DEFERRED, effective_on=day)
