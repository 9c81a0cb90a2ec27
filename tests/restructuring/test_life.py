"""A plan from the asking to the new schedule, and every way in which it may end before."""

from datetime import timedelta
from typing import Any

import pytest

from audit.models import Entry
from behind import NOW, TODAY, close_day, instant, make_loan, pay
from cases.models import Case
from lending.facts import standing_of
from lending.models import Instalment, Loan, ScheduleVersion
from lending.verify import verify
from planned import accept, amend, ask, in_hand, level_loan, publish, rule, shown_for
from reachable import make_borrower
from restructuring import asking, nightly
from restructuring.accepting import AcceptanceRefusedError
from restructuring.asking import FiguresMovedError, PlanRefusedError
from restructuring.deciding import OFFER_DAYS, ReasonMissingError
from restructuring.matrix import HOUSE
from restructuring.models import PlanEvent, PlanRequest
from restructuring.states import MoveError, StaleError
from staff.models import User

State = PlanRequest.State


def test_approved_and_accepted_the_new_schedule_holds(loan: Loan, agent: User, supervisor: User) -> None:
    plan = rule(ask(loan, by=agent), "approve", by=supervisor)

    plan = accept(plan, by=agent)

    assert plan.state == State.IN_EFFECT
    assert plan.schedule == ScheduleVersion.objects.get(loan=loan, is_current=True)
    assert [version.number for version in ScheduleVersion.objects.filter(loan=loan).order_by("number")] == [1, 2]
    assert Instalment.objects.get(version=plan.schedule).due_on == TODAY + timedelta(days=15)
    assert standing_of(loan, TODAY).days_past_due == 0
    assert verify() == []


def test_the_case_ends_with_the_arrears_and_its_story_is_told(loan: Loan, agent: User, supervisor: User) -> None:
    accept(rule(ask(loan, by=agent), "approve", by=supervisor), by=agent)

    assert Case.objects.get(borrower=loan.borrower_id).state == Case.State.WATCHED
    told = list(PlanEvent.objects.order_by("pk").values_list("event", flat=True))
    assert told == ["requested", "approved", "accepted", "in_effect"]
    entries = Entry.objects.filter(action__startswith="restructuring.").order_by("number")
    assert [entry.action for entry in entries] == [f"restructuring.{event}" for event in told]
    assert not any("Wages" in entry.facts for entry in entries)


def test_acceptance_may_come_first_and_approval_then_puts_it_in_effect(
    loan: Loan, agent: User, supervisor: User
) -> None:
    plan = accept(ask(loan, by=agent), by=agent)
    assert plan.state == State.REVIEW

    plan = rule(plan, "approve", by=supervisor)

    assert plan.state == State.IN_EFFECT


def test_an_extension_adds_its_interest_to_the_first_row_that_moves(agent: User, supervisor: User) -> None:
    """12,000.00 x 24% x 10/360 = 80.00 on row 1: 240.00 + 80.00."""
    loan = level_loan(first_due_on=TODAY + timedelta(days=5))
    in_hand(loan, agent)

    plan = accept(rule(ask(loan, by=supervisor, days=10), "approve", by=User.objects.get(role="manager")), by=agent)

    assert plan.instrument == PlanRequest.Instrument.EXTENSION
    first = Instalment.objects.get(version=plan.schedule, n=1)
    assert (first.interest, first.due_on) == (32_000, TODAY + timedelta(days=15))
    assert verify() == []


def test_sent_back_and_amended_it_is_another_payload(loan: Loan, agent: User, supervisor: User) -> None:
    plan = ask(loan, by=agent)
    former = plan.payload_hash
    plan = rule(plan, "send_back", by=supervisor, reason="Why twenty-five days?")
    assert plan.state == State.SENT_BACK

    plan = amend(plan, by=agent, explanation="Out of hospital on the first.")

    assert (plan.state, plan.round) == (State.REVIEW, 2)
    assert plan.payload_hash != former
    assert accept(rule(plan, "approve", by=supervisor), by=agent).state == State.IN_EFFECT


def test_an_old_acceptance_does_not_count_for_an_amended_plan(loan: Loan, agent: User, supervisor: User) -> None:
    plan = rule(accept(ask(loan, by=agent), by=agent), "send_back", by=supervisor)
    plan = amend(plan, by=agent, days=30)

    assert rule(plan, "approve", by=supervisor).state == State.APPROVED


def test_rejected_it_is_over_and_another_may_be_asked_for(loan: Loan, agent: User, supervisor: User) -> None:
    plan = rule(ask(loan, by=agent), "reject", by=supervisor)

    assert plan.state == State.REJECTED
    assert ask(loan, by=agent).state == State.REVIEW


@pytest.mark.parametrize("verdict", ["reject", "send_back"])
def test_a_plan_is_not_turned_down_without_a_word(loan: Loan, agent: User, supervisor: User, verdict: str) -> None:
    with pytest.raises(ReasonMissingError):
        rule(ask(loan, by=agent), verdict, by=supervisor, reason="  ")


def test_a_loan_has_one_open_plan(loan: Loan, agent: User) -> None:
    ask(loan, by=agent)

    with pytest.raises(PlanRefusedError, match="open already"):
        ask(loan, by=agent)


def test_withdrawn_it_is_over(loan: Loan, agent: User, supervisor: User) -> None:
    plan = rule(ask(loan, by=agent), "approve", by=supervisor)

    plan = asking.withdraw(plan=plan, reason="paid", seen=plan.payload_hash, by=agent, at=NOW, on=TODAY)

    assert plan.state == State.WITHDRAWN
    with pytest.raises(MoveError):
        accept(plan, by=agent)


def test_figures_that_moved_before_sending_are_never_sent(loan: Loan, agent: User) -> None:
    seen = shown_for(loan, 25)
    pay(loan, 20_000, value_on=TODAY)

    with pytest.raises(FiguresMovedError):
        ask(loan, by=agent, shown=seen)

    assert not PlanRequest.objects.exists()


def test_a_payment_between_asking_and_approval_sends_it_back_with_the_reason(
    loan: Loan, agent: User, supervisor: User
) -> None:
    plan = ask(loan, by=agent)
    pay(loan, 20_000, value_on=TODAY)

    plan = rule(plan, "approve", by=supervisor)

    assert plan.state == State.SENT_BACK
    assert PlanEvent.objects.filter(event="lapsed").get().facts["why"] == "figures_moved"
    assert not plan.decisions.exists()


def test_a_payment_between_approval_and_acceptance_sends_it_back(loan: Loan, agent: User, supervisor: User) -> None:
    plan = rule(ask(loan, by=agent), "approve", by=supervisor)
    pay(loan, 20_000, value_on=TODAY)

    plan = accept(plan, by=agent)

    assert (plan.state, plan.offer_until) == (State.SENT_BACK, None)
    assert plan.acceptances.count() == 1
    assert ScheduleVersion.objects.filter(loan=loan).count() == 1


def test_an_extension_that_fell_due_meanwhile_no_longer_holds(agent: User, supervisor: User) -> None:
    loan = level_loan(first_due_on=TODAY + timedelta(days=1), principal=600_000)
    in_hand(loan, agent)
    plan = ask(loan, by=agent, days=20)
    later = TODAY + timedelta(days=2)
    close_day(TODAY + timedelta(days=1))
    close_day(later)

    plan = rule(plan, "approve", by=supervisor, on=later)

    assert plan.state == State.SENT_BACK


def test_limits_that_changed_meanwhile_no_longer_hold(loan: Loan, agent: User, supervisor: User) -> None:
    plan = ask(loan, by=agent)
    publish(HOUSE._replace(limits=tuple(limit._replace(days_max=5) for limit in HOUSE.limits)))

    plan = rule(plan, "approve", by=supervisor)

    assert PlanEvent.objects.filter(request=plan, event="lapsed").get().facts["why"] == "rules_moved"


def test_an_offer_expires_after_its_last_day(loan: Loan, agent: User, supervisor: User) -> None:
    plan = rule(ask(loan, by=agent), "approve", by=supervisor)
    last = TODAY + timedelta(days=OFFER_DAYS)

    assert nightly.run(on=last, at=instant(last))["expired"] == 0
    after = last + timedelta(days=1)
    assert nightly.run(on=after, at=instant(after))["expired"] == 1
    assert nightly.run(on=after, at=instant(after))["expired"] == 0
    plan.refresh_from_db()
    assert plan.state == State.EXPIRED


def test_an_offer_that_ended_is_not_accepted_even_before_the_night(loan: Loan, agent: User, supervisor: User) -> None:
    plan = rule(ask(loan, by=agent), "approve", by=supervisor)

    with pytest.raises(AcceptanceRefusedError, match="ended"):
        accept(plan, by=agent, on=TODAY + timedelta(days=OFFER_DAYS + 1))


def test_a_plan_on_a_loan_that_was_paid_ends_at_night(loan: Loan, agent: User) -> None:
    plan = ask(loan, by=agent)
    pay(loan, 120_000, value_on=TODAY)

    counts = nightly.run(on=TODAY, at=NOW)

    plan.refresh_from_db()
    assert (counts["withdrawn"], plan.state) == (1, State.WITHDRAWN)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"evidence": "   "}, "evidence"),
        ({"accepted_on": TODAY + timedelta(days=1)}, "accepted_on"),
        ({"accepted_on": TODAY - timedelta(days=1)}, "accepted_on"),
    ],
)
def test_acceptance_needs_evidence_and_a_day_since_the_asking(
    loan: Loan, agent: User, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(AcceptanceRefusedError) as refused:
        accept(ask(loan, by=agent), by=agent, **given)

    assert refused.value.field == field


def test_the_same_payload_is_accepted_once(loan: Loan, agent: User) -> None:
    plan = accept(ask(loan, by=agent), by=agent)

    with pytest.raises(AcceptanceRefusedError, match="already"):
        accept(plan, by=agent)


def test_what_somebody_else_moved_is_stale(loan: Loan, agent: User, supervisor: User) -> None:
    plan = ask(loan, by=agent)

    with pytest.raises(StaleError):
        rule(plan, "approve", by=supervisor, payload_hash="0" * 64)


def test_a_loan_that_is_paid_cannot_be_moved(agent: User) -> None:
    loan = make_loan(make_borrower("B9", phone=None), days=3)
    close_day(TODAY)
    pay(loan, 120_000, value_on=TODAY)
    loan.refresh_from_db()

    with pytest.raises(PlanRefusedError, match="no longer owed"):
        ask(loan, by=agent)
