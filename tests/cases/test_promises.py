"""Promises are recorded by people within limits, and judged by real payments."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from behind import NOW, TODAY, close_day, instant, make_case, pay
from cases import moves
from cases.claims import says_paid
from cases.facts import pauses
from cases.following import follow_the_book
from cases.models import Case, Promise
from cases.promises import PromiseRefusedError, record_promise, withdraw_promise
from risk.models import Observation
from staff.models import User

pytestmark = pytest.mark.django_db
SOON = TODAY + timedelta(days=3)


@pytest.fixture
def case(agent: User) -> Case:
    return make_case(owner=agent)


def promise_on(case: Case, *, amount: int = 60_000, due_on: date = SOON, **more: Any) -> Promise:
    assert case.owner is not None
    return record_promise(case=case, amount=amount, due_on=due_on, by=case.owner, at=NOW, on=TODAY, **more)


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def test_a_promise_is_recorded_with_its_move_and_its_audit_entry(case: Case) -> None:
    promise = promise_on(case)

    case.refresh_from_db()
    assert (promise.currency, promise.state, promise.made_on) == ("CNY", "open", TODAY)
    assert (case.next_action, case.version) == ("await_promise", 1)
    assert Entry.objects.filter(action="cases.promise_recorded", actor="li").count() == 1


@pytest.mark.parametrize(
    ("amount", "due_on", "field"),
    [
        pytest.param(60_000, day(-1), "due_on", id="a day that has passed"),
        pytest.param(60_000, day(15), "due_on", id="more than fourteen days ahead"),
        pytest.param(0, SOON, "amount", id="nothing"),
        pytest.param(120_001, SOON, "amount", id="more than everything owed"),
    ],
)
def test_a_promise_keeps_within_its_limits(case: Case, amount: int, due_on: date, field: str) -> None:
    with pytest.raises(PromiseRefusedError) as refused:
        promise_on(case, amount=amount, due_on=due_on)

    assert refused.value.field == field
    assert not Promise.objects.exists()


@pytest.mark.parametrize(("amount", "due_on"), [(1, TODAY), (120_000, day(14))], ids=["least", "most"])
def test_the_limits_themselves_are_allowed(case: Case, amount: int, due_on: date) -> None:
    assert promise_on(case, amount=amount, due_on=due_on).pk


def test_a_second_promise_must_replace_the_first(case: Case) -> None:
    first = promise_on(case)

    with pytest.raises(PromiseRefusedError):
        promise_on(case, amount=50_000)
    second = promise_on(case, amount=50_000, replace=True)

    first.refresh_from_db()
    assert (first.state, second.state) == ("withdrawn", "open")


def test_a_promise_is_kept_the_moment_enough_comes_in(case: Case) -> None:
    promise = promise_on(case)

    pay(case.borrower.loans.get(), 57_000, value_on=TODAY)

    promise.refresh_from_db()
    assert (promise.state, promise.paid, promise.judged_on) == ("kept", 57_000, TODAY)
    assert Observation.objects.get().kind == "promise_kept"


def test_a_promise_is_broken_after_its_grace_and_the_case_comes_back_first(case: Case) -> None:
    promise = promise_on(case)

    close_day(day(6))
    promise.refresh_from_db()
    assert promise.state == "open"
    close_day(day(7))

    promise.refresh_from_db()
    case.refresh_from_db()
    assert (promise.state, case.next_action) == ("broken", "call_broken")


def test_a_promise_of_everything_overdue_is_kept_by_the_payment_that_ends_the_case(case: Case) -> None:
    promise = promise_on(case, amount=120_000)

    pay(case.borrower.loans.get(), 120_000, value_on=TODAY)

    promise.refresh_from_db()
    case.refresh_from_db()
    assert (promise.state, case.state) == ("kept", "watched")


def test_a_promise_is_withdrawn_where_the_arrears_end_without_money(case: Case) -> None:
    promise = promise_on(case)
    arrears = case.borrower.loans.get().arrears
    arrears.oldest_due_on = None
    arrears.save(update_fields=["oldest_due_on"])

    follow_the_book({case.borrower_id}, on=TODAY, at=NOW, cause="plan")

    promise.refresh_from_db()
    assert promise.state == "withdrawn"


def test_says_has_paid_pauses_reminders_two_working_days_and_spares_the_promise(case: Case, agent: User) -> None:
    promise = promise_on(case, due_on=TODAY)

    claim = says_paid(case=case, note="by card", by=agent, at=instant(day(3)), on=day(3))

    assert claim.until_on == date(2026, 7, 21)
    assert pauses([case.borrower_id], day(3)) == {case.borrower_id: "says_paid"}
    close_day(day(6))
    promise.refresh_from_db()
    assert promise.state == "open"
    close_day(day(7))
    promise.refresh_from_db()
    assert promise.state == "broken"


def test_an_open_promise_pauses_reminders(case: Case) -> None:
    assert pauses([case.borrower_id], TODAY) == {}

    promise_on(case)

    assert pauses([case.borrower_id], TODAY) == {case.borrower_id: "promise_open"}


def test_an_agent_records_nothing_on_a_case_in_other_hands(case: Case, colleague: User) -> None:
    with pytest.raises(moves.MoveError):
        record_promise(case=case, amount=60_000, due_on=SOON, by=colleague, at=NOW, on=TODAY)


def test_a_promise_decided_on_an_old_sight_of_the_case_is_refused(case: Case, agent: User) -> None:
    promise_on(case)

    with pytest.raises(moves.StaleError) as stale:
        promise_on(case, amount=50_000, replace=True, seen=0)

    assert stale.value.case_ids == [case.pk]
    assert Promise.objects.count() == 1


def test_a_withdrawn_promise_is_told_with_its_day(case: Case, agent: User) -> None:
    promise = promise_on(case)

    withdraw_promise(promise, by=agent, at=NOW, on=TODAY)

    promise.refresh_from_db()
    assert (promise.state, promise.judged_on) == ("withdrawn", TODAY)


def test_the_database_refuses_a_second_open_promise(case: Case, agent: User) -> None:
    promise_on(case)

    with pytest.raises(IntegrityError), transaction.atomic():
        Promise.objects.create(
            case=case, amount=1, currency="CNY", due_on=SOON, made_on=TODAY, made_at=NOW, taken_by=agent
        )
