"""Interest that became principal with a schedule, and a schedule that is undone before anything was paid under it."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from lending.facts import standing_of
from lending.loan_facts import InstalmentFact
from lending.models import Instalment, Loan, ScheduleVersion
from lending.posting import reverse_payment
from lending.rescheduling import ReschedulingError, put_in_force, take_back
from lending.verify import verify
from staff.models import Role, User
from tests.lending.book.books import AT, Book, arrears

QUARTER = [("2025-02-01", 100_00, 30_00), ("2025-03-01", 100_00, 20_00), ("2025-04-01", 100_00, 10_00)]
ON = date(2025, 3, 11)
PLANNED = [
    InstalmentFact(1, date(2025, 2, 1), 100_00, 30_00),
    InstalmentFact(4, date(2025, 4, 1), 110_00, 12_00),
    InstalmentFact(5, date(2025, 5, 1), 110_00, 6_00),
]
"""The interest past due of row 2 became principal; rows 2 and 3 are no more."""


@pytest.fixture
def late(book: Book) -> Loan:
    loan = book.loan(QUARTER, penalty_rate_ppm=360_000)
    book.pay(loan, "2025-02-01", 130_00)
    book.close_through("2025-03-09", "2025-03-11")
    return loan


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create_user("manager", role=Role.MANAGER)


def plan(loan: Loan, capitalised: int = 20_00) -> ScheduleVersion:
    return put_in_force(
        loan=loan, rows=PLANNED, effective_on=ON, reason="restructure", source="", on=ON, at=AT, by=None,
        capitalised=capitalised,
    )  # fmt: skip


def test_the_rows_repay_what_was_lent_and_capitalised_and_the_book_proves_it(late: Loan, book: Book) -> None:
    version = plan(late)

    assert version.capitalised == 20_00
    assert standing_of(late, ON).outstanding_principal == 220_00
    book.pay(late, "2025-04-01", 123_00)
    book.close_through("2025-03-12", "2025-04-02")
    assert arrears(late).oldest_due_on is None
    assert verify() == []


@pytest.mark.parametrize("capitalised", [0, 19_99, 20_01])
def test_principal_that_was_neither_lent_nor_capitalised_is_refused(late: Loan, capitalised: int) -> None:
    with pytest.raises(ReschedulingError):
        plan(late, capitalised)

    assert ScheduleVersion.objects.filter(loan=late).count() == 1


def test_a_later_schedule_keeps_what_was_capitalised(late: Loan, book: Book) -> None:
    plan(late)
    moved = [
        InstalmentFact(row.n, row.due_on.replace(month=row.due_on.month + (row.n > 1)), *row[2:]) for row in PLANNED
    ]

    version = put_in_force(
        loan=late, rows=moved, effective_on=ON, reason="deferral", source="", on=ON, at=AT, by=None
    )  # fmt: skip

    assert version.capitalised == 20_00
    assert verify() == []


def test_the_proof_finds_principal_that_nothing_explains(late: Loan) -> None:
    plan(late)
    ScheduleVersion.objects.filter(loan=late, number=2).update(capitalised=0)

    assert any("its principal sums to 32000, 30000 was lent" in fault.reason for fault in verify())


def test_the_database_refuses_less_than_nothing(late: Loan) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ScheduleVersion.objects.filter(loan=late).update(capitalised=-1)


def test_undone_the_loan_stands_as_if_it_had_never_been(late: Loan, book: Book, person: User) -> None:
    before = arrears(late)

    former = take_back(version=plan(late), on=ON, at=AT, by=person)

    assert (former.number, former.is_current) == (1, True)
    assert ScheduleVersion.objects.get(loan=late, number=2).is_withdrawn
    now = arrears(late)
    assert (now.oldest_due_on, now.overdue_principal, now.overdue_interest) == (
        before.oldest_due_on, before.overdue_principal, before.overdue_interest,
    )  # fmt: skip
    assert Instalment.objects.filter(loan=late, is_current=True).count() == 3
    assert Entry.objects.filter(action="lending.schedule_taken_back").count() == 1
    book.close_through("2025-03-12", "2025-04-02")
    assert verify() == []


def test_once_something_is_paid_under_it_a_schedule_stays(late: Loan, book: Book, person: User) -> None:
    version = plan(late)
    book.pay(late, "2025-03-11", 1_00)

    with pytest.raises(ReschedulingError):
        take_back(version=version, on=ON, at=AT, by=person)


def test_the_first_schedule_and_one_that_no_longer_holds_are_not_undone(late: Loan, person: User) -> None:
    first = ScheduleVersion.objects.get(loan=late)
    with pytest.raises(ReschedulingError):
        take_back(version=first, on=ON, at=AT, by=person)
    second = plan(late)
    put_in_force(loan=late, rows=PLANNED, effective_on=ON, reason="deferral", source="", on=ON, at=AT, by=None)

    with pytest.raises(ReschedulingError):
        take_back(version=second, on=ON, at=AT, by=person)


def test_money_that_was_reversed_does_not_stand_in_the_way(late: Loan, book: Book, person: User) -> None:
    version = plan(late)
    payment = book.pay(late, "2025-03-11", 1_00)
    reverse_payment(payment=payment, reference="BACK", on=ON, at=AT, by=person)

    assert take_back(version=version, on=ON, at=AT, by=person).number == 1
    assert verify() == []
