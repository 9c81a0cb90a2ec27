"""Who may decide which plan up to what: dated limits, a day's and a month's sum, two approvers, and no way round them in pieces."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from behind import NOW, TODAY, close_day, make_loan, make_person
from lending.models import Loan
from planned import accept, ask, limited, publish, rule
from reachable import make_borrower
from restructuring import counting
from restructuring.counting import Asked, Before
from restructuring.deciding import BeyondLimitError
from restructuring.matrix import HOUSE, matrix_on
from restructuring.models import ApprovalMatrix, Decision, PlanEvent, PlanRequest
from restructuring.states import StaleError
from restructuring.undoing import undo
from staff.models import Role, User

State = PlanRequest.State


def loans(count: int, amount: int = 120_000) -> list[Loan]:
    made = [make_loan(make_borrower(f"B{n}", phone=None), days=10, amount=amount) for n in range(2, 2 + count)]
    close_day(TODAY)
    return made


def test_the_houses_limits_hold_until_others_do(db: None) -> None:
    other = limited(Role.SUPERVISOR, days_max=7)
    publish(other, from_on=TODAY + timedelta(days=3))

    assert matrix_on(TODAY + timedelta(days=2)) == HOUSE
    assert matrix_on(TODAY + timedelta(days=3)) == other


def test_published_limits_stay_as_they_are_one_set_a_day(db: None) -> None:
    publish(HOUSE)

    with pytest.raises(DatabaseError), transaction.atomic():
        ApprovalMatrix.objects.update(content={})
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalMatrix.objects.create(valid_from=TODAY, content={}, change_id=0)


def test_what_one_approves_in_a_day_counts_together(agent: User, supervisor: User) -> None:
    """Two of 1,200.00 each: 2,000.00 a day takes one of them; a colleague takes the other."""
    publish(limited(Role.SUPERVISOR, amount_max=200_000, day_max=200_000))
    first, second = (ask(each, by=agent) for each in loans(2))
    rule(first, "approve", by=supervisor)

    with pytest.raises(
        BeyondLimitError, match=r"CNY 1,200\.00 are approved today within these limits; a day takes 2,000\.00"
    ):
        rule(second, "approve", by=supervisor)

    assert rule(second, "approve", by=make_person("other", Role.SUPERVISOR)).state == State.APPROVED


def approved_on(day: date, loan: Loan, *, asked: User, by: User) -> None:
    """An approval of another day."""
    plan = ask(loan, by=asked)
    Decision.objects.create(
        request=plan, payload_hash=plan.payload_hash, verdict="approve", maker=asked, checker=by, decided_on=day, at=NOW
    )


@pytest.mark.parametrize(
    ("day", "is_refused"), [(TODAY.replace(day=1), True), (TODAY.replace(day=1) - timedelta(days=1), False)]
)
def test_what_one_approves_in_a_calendar_month_counts_together(
    day: date, is_refused: bool, agent: User, supervisor: User
) -> None:
    publish(limited(Role.SUPERVISOR, amount_max=200_000, day_max=200_000, month_max=200_000))
    earlier, now = loans(2)
    approved_on(day, earlier, asked=agent, by=supervisor)
    plan = ask(now, by=agent)

    if is_refused:
        with pytest.raises(BeyondLimitError, match="approved this month"):
            rule(plan, "approve", by=supervisor)
    else:
        assert rule(plan, "approve", by=supervisor).state == State.APPROVED


def test_a_turned_down_plan_takes_nothing_of_the_day(agent: User, supervisor: User) -> None:
    publish(limited(Role.SUPERVISOR, amount_max=200_000, day_max=200_000))
    first, second = (ask(each, by=agent) for each in loans(2))
    rule(first, "reject", by=supervisor)

    assert rule(second, "approve", by=supervisor).state == State.APPROVED


def two(loan: Loan, by: User) -> PlanRequest:
    """A plan that managers decide in twos."""
    publish(_both(limited(Role.MANAGER, approvers=2, days_max=200)))
    return ask(loan, by=by, days=60)


def _both(matrix: Any) -> Any:
    """Nobody alone reaches sixty days."""
    alone = [
        limit._replace(days_max=min(limit.days_max, 40)) if limit.approvers == 1 else limit for limit in matrix.limits
    ]
    return matrix._replace(limits=tuple(alone))


def test_of_two_approvers_the_second_puts_it_in_effect(loan: Loan, agent: User, manager: User) -> None:
    plan = accept(two(loan, agent), by=agent)

    plan = rule(plan, "approve", by=manager)
    assert (plan.state, PlanEvent.objects.order_by("-pk")[0].event) == (State.REVIEW, "seconded")
    with pytest.raises(BeyondLimitError, match="You approved it already"):
        rule(plan, "approve", by=manager)
    plan = rule(plan, "approve", by=make_person("second", Role.MANAGER))

    assert plan.state == State.IN_EFFECT
    assert list(Decision.objects.order_by("seat").values_list("seat", flat=True)) == [1, 2]


def test_the_second_of_two_may_turn_it_down(loan: Loan, agent: User, manager: User) -> None:
    plan = rule(two(loan, agent), "approve", by=manager)

    assert rule(plan, "send_back", by=make_person("second", Role.MANAGER)).state == State.SENT_BACK


def test_one_approval_of_two_does_not_let_a_supervisor_finish_it(
    loan: Loan, agent: User, manager: User, supervisor: User
) -> None:
    plan = rule(two(loan, agent), "approve", by=manager)

    with pytest.raises(BeyondLimitError, match="60 days in all"):
        rule(plan, "approve", by=supervisor)


def test_loans_of_one_borrower_asked_for_by_one_person_count_together(agent: User, supervisor: User) -> None:
    """Two of 1,200.00 in pieces under a limit of 2,000.00: the second is for the manager."""
    publish(limited(Role.SUPERVISOR, amount_max=200_000))
    borrower = make_borrower("B2", phone=None)
    first, second = (make_loan(borrower, number=f"L-{n}", days=10) for n in (1, 2))
    close_day(TODAY)
    rule(ask(first, by=agent), "approve", by=supervisor)
    plan = ask(second, by=agent)

    with pytest.raises(BeyondLimitError, match=r"CNY 2,400\.00 of principal outstanding, other loans counted"):
        rule(plan, "approve", by=supervisor)
    assert rule(plan, "approve", by=make_person("boss", Role.MANAGER)).state == State.APPROVED


def test_limits_lowered_after_the_approval_no_longer_let_it_take_effect(
    loan: Loan, agent: User, supervisor: User
) -> None:
    plan = rule(ask(loan, by=agent), "approve", by=supervisor)
    publish(limited(Role.SUPERVISOR, days_max=7))

    assert accept(plan, by=agent).state == State.SENT_BACK
    assert PlanEvent.objects.get(event="lapsed").facts["why"] == "checker_unfit"


def test_what_was_approved_later_does_not_count_against_what_was_approved_before(agent: User, supervisor: User) -> None:
    publish(limited(Role.SUPERVISOR, amount_max=200_000))
    borrower = make_borrower("B2", phone=None)
    first, second = (make_loan(borrower, number=f"L-{n}", days=10) for n in (1, 2))
    close_day(TODAY)
    plan = rule(ask(first, by=agent), "approve", by=supervisor)
    rule(ask(second, by=agent), "approve", by=make_person("boss", Role.MANAGER))

    assert accept(plan, by=agent).state == State.IN_EFFECT


def test_who_might_have_decided_it_may_undo_it_whatever_they_decided_that_day(
    loan: Loan, agent: User, supervisor: User
) -> None:
    publish(limited(Role.SUPERVISOR, amount_max=120_000, day_max=120_000))
    plan = accept(rule(ask(loan, by=agent), "approve", by=supervisor), by=agent)

    undone = undo(plan=plan, reason="by mistake", seen=plan.payload_hash, by=supervisor, at=NOW, on=TODAY)

    assert undone.state == State.UNDONE


ROW = st.builds(
    counting._Row,
    plan=st.integers(1, 4),
    loan=st.integers(1, 2),
    borrower=st.just(1),
    currency=st.sampled_from(["CNY", "USD"]),
    maker=st.integers(1, 2),
    instrument=st.sampled_from(["deferral", "restructure"]),
    state=st.sampled_from([State.APPROVED, State.IN_EFFECT]),
    made_on=st.sampled_from([TODAY, TODAY - timedelta(days=29), TODAY - timedelta(days=30)]),
    outstanding=st.integers(0, 100),
    given_up=st.integers(0, 100),
    decided=st.integers(1, 9),
)


@given(st.lists(ROW, max_size=6))
def test_what_counts_is_of_the_loan_or_of_the_maker_within_thirty_days(rows: list[Any]) -> None:
    asked = Asked(loan=1, borrower=1, currency="CNY", maker=1, instrument="deferral", plan=4)

    found = counting._before(asked, rows, TODAY)

    near = [row for row in rows if row.plan != 4 and row.currency == "CNY" and (TODAY - row.made_on).days < 30]
    assert found.given_up == sum(row.given_up for row in near if row.loan == 1 or row.maker == 1)
    others = [row.outstanding for row in near if row.loan == 2 and row.maker == 1]
    assert found.principal == max(others, default=0)
    kind = [row for row in rows if (row.loan, row.instrument, row.state) == (1, "deferral", State.IN_EFFECT)]
    assert found.earlier == sum(row.plan != 4 for row in kind)


def test_nothing_decided_before_counts_as_nothing(loan: Loan, agent: User) -> None:
    assert counting.before_one(counting.asked_of(ask(loan, by=agent)), TODAY) == Before()


def row_of(plan: PlanRequest, checker: User, **given: Any) -> Decision:
    usual: dict[str, Any] = {"verdict": "approve", "maker": plan.maker, "decided_on": TODAY, "at": NOW}
    return Decision(request=plan, payload_hash=plan.payload_hash, checker=checker, **(usual | given))


@pytest.mark.parametrize("how", ["same seat", "same person", "same limits", "third seat", "for the maker"])
def test_the_database_alone_refuses_a_decision_too_many(
    how: str, loan: Loan, agent: User, manager: User, supervisor: User
) -> None:
    plan = ask(loan, by=agent)
    row_of(plan, manager).save()
    bad = {
        "same seat": row_of(plan, supervisor),
        "same person": row_of(plan, manager, seat=2, acting_for=supervisor),
        "same limits": row_of(plan, supervisor, seat=2, acting_for=manager),
        "third seat": row_of(plan, supervisor, seat=3),
        "for the maker": row_of(plan, supervisor, seat=2, acting_for=agent),
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        bad[how].save()


def test_a_decision_in_a_taken_seat_is_a_conflict(loan: Loan, agent: User, manager: User, supervisor: User) -> None:
    plan = ask(loan, by=agent)
    row_of(plan, manager, verdict="reject").save()

    with pytest.raises(StaleError):
        rule(plan, "approve", by=supervisor)
