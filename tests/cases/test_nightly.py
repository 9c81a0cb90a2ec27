"""Cases open, follow their bucket and end by arrears alone, and a second run finds nothing to do."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from behind import NOW, TODAY, close_book, close_day, make_case, make_loan, pay
from cases import changed, nightly
from cases.changed import borrowers_to_look_at, everybody
from cases.models import Assignment, Case, CaseEvent
from reachable import make_borrower
from staff.models import User

pytestmark = pytest.mark.django_db


def test_every_borrower_in_arrears_has_one_case_and_nobody_else_has_any() -> None:
    late, punctual = make_borrower("B1"), make_borrower("B2")
    make_loan(late, days=10)
    make_loan(late, number="L-second", days=40)
    make_loan(punctual, days=-5)

    counts = close_day(TODAY)

    case = Case.objects.get()
    assert counts["opened"] == 1
    assert (case.borrower, case.bucket, case.stage) == (late, "M2", "middle")


def test_a_second_run_of_the_day_changes_nothing() -> None:
    make_case()
    entries, events = Entry.objects.count(), CaseEvent.objects.count()
    before = Case.objects.values().get()

    counts = nightly.run(on=TODAY, at=NOW)

    assert not any(counts.values())
    assert Case.objects.values().get() == before
    assert (Entry.objects.count(), CaseEvent.objects.count()) == (entries, events)


def test_a_case_follows_its_bucket() -> None:
    make_case(days=30)

    counts = close_day(TODAY + timedelta(days=1))

    case = Case.objects.get()
    assert counts["regraded"] == 1
    assert (case.bucket, case.stage, case.version) == ("M2", "middle", 1)
    assert CaseEvent.objects.get(event="regraded").facts == {"from": "M1", "to": "M2"}


def test_the_run_leaves_one_audit_entry_with_its_counts() -> None:
    make_case()

    assert Entry.objects.filter(action__startswith="cases.").values_list("action", flat=True).get() == "cases.day_run"


def test_a_case_ends_at_once_when_nothing_is_overdue_any_more(agent: User) -> None:
    case = make_case(owner=agent)
    Assignment.objects.create(case=case, agent=agent, from_at=NOW)

    pay(case.borrower.loans.get(), 120_000, value_on=TODAY)

    case.refresh_from_db()
    assert (case.state, case.ended_on, case.owner) == ("watched", TODAY, agent)
    assert Assignment.objects.get().to_at is not None
    assert CaseEvent.objects.get(event="cured").facts == {"cause": "payment"}


def test_a_part_payment_leaves_the_case_open() -> None:
    case = make_case()

    pay(case.borrower.loans.get(), 20_000, value_on=TODAY)

    case.refresh_from_db()
    assert case.state == "open"


def test_a_payment_of_a_later_value_date_cures_with_the_close_of_its_day() -> None:
    case = make_case()
    pay(case.borrower.loans.get(), 120_000, value_on=TODAY + timedelta(days=1), on=TODAY)
    case.refresh_from_db()
    assert case.state == "open"

    counts = close_day(TODAY + timedelta(days=1))

    assert counts["cured"] == 1


def test_a_borrower_who_falls_behind_after_the_watch_gets_a_new_case() -> None:
    case = make_case()
    pay(case.borrower.loans.get(), 120_000, value_on=TODAY)
    make_loan(case.borrower, number="L-second", days=-20, on=TODAY)

    close_day(TODAY + timedelta(days=14))
    close_day(TODAY + timedelta(days=21))

    assert list(Case.objects.order_by("pk").values_list("state", flat=True)) == ["cured", "open"]


def test_a_borrower_whose_last_loan_is_written_off_is_closed_not_cured() -> None:
    case = make_case()
    loan = case.borrower.loans.get()
    loan.status = "written_off"
    loan.save(update_fields=["status"])
    loan.arrears.oldest_due_on = None
    loan.arrears.save(update_fields=["oldest_due_on"])

    nightly.run(on=TODAY, at=NOW, everybody=True)

    case.refresh_from_db()
    assert case.state == "closed"


def test_the_database_refuses_a_second_open_case() -> None:
    case = make_case()

    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(borrower=case.borrower, stage="early", bucket="M1", opened_on=TODAY)


def test_more_borrowers_cost_no_more_queries(django_assert_max_num_queries: pytest.FixtureRequest) -> None:
    for number in range(30):
        make_loan(make_borrower(f"B{number}", phone=None), days=10)
    close_book(TODAY)

    with django_assert_max_num_queries(45):  # type: ignore[operator]
        nightly.run(on=TODAY, at=NOW)


def test_a_case_that_a_payment_ended_after_the_night_listed_it_does_not_stop_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = make_case(days=30)
    close_book(TODAY + timedelta(days=1))

    def list_then_pay(on: date) -> list[int]:
        listed = borrowers_to_look_at(on)
        pay(case.borrower.loans.get(), 120_000, value_on=TODAY)
        return listed

    monkeypatch.setattr(changed, "borrowers_to_look_at", list_then_pay)
    counts = nightly.run(on=TODAY + timedelta(days=1), at=NOW)

    assert not any(counts.values())
    assert Case.objects.get().state == "watched"
    assert CaseEvent.objects.get(event="cured").facts == {"cause": "payment"}


def test_the_same_night_again_looks_at_nobody() -> None:
    case = make_case()
    night = TODAY + timedelta(days=21)
    close_day(night)

    assert Case.objects.get().as_of == night
    assert borrowers_to_look_at(night) == []
    assert everybody() == [case.borrower_id]


def test_a_night_run_again_looks_at_those_whom_the_day_has_reckoned_meanwhile() -> None:
    """By day the business date is still that of the day before: what it says of next actions is not yet this night's."""
    case = make_case()
    night = TODAY + timedelta(days=21)
    close_day(night)
    Case.objects.filter(pk=case.pk).update(as_of=night - timedelta(days=1))

    assert borrowers_to_look_at(night) == [case.borrower_id]
