"""A restructuring from what somebody can pay to the schedule in force, the rules that bind it, and its undoing."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from audit.models import Entry
from behind import NOW, TODAY, close_day, pay
from lending.facts import standing_of
from lending.models import Loan, ScheduleVersion
from lending.money import format_amount
from lending.rescheduling import ReschedulingError
from lending.verify import verify
from planned import accept, in_hand, level_loan, publish, rule
from restructuring import asking
from restructuring.asking import FiguresMovedError, PlanRefusedError
from restructuring.deciding import BeyondLimitError, MakerIsCheckerError, ReasonMissingError
from restructuring.finding import Shape, offers_for
from restructuring.matrix import HOUSE
from restructuring.models import Means, PlanRequest, PlanRule
from restructuring.payload import proposal_of, shown_hash
from restructuring.reshaping import Reshaped
from restructuring.rules import review_new
from restructuring.stating import fresh_means, state_means
from restructuring.undoing import undo
from staff.models import User

State = PlanRequest.State
LONGER = Shape(14).steps


@pytest.fixture
def level(agent: User) -> Loan:
    """12,000.00 at 24 %, its third instalment ten days past due, two of 1,134.72 paid."""
    loan = level_loan(first_due_on=date(2026, 5, 5))
    pay(loan, 113_472, value_on=date(2026, 5, 5))
    pay(loan, 113_472, value_on=date(2026, 6, 5))
    in_hand(loan, agent)
    return Loan.objects.select_related("product", "borrower").get(pk=loan.pk)


def means_of(loan: Loan, by: User, *, income: int = 500_000, **given: Any) -> Means:
    spent = {"housing": 200_000, "food": 120_000} | given
    means = Means(borrower=loan.borrower, income=income, stated_on=TODAY, **spent)
    return state_means(means, by=by, at=NOW, on=TODAY)


def ask_for(loan: Loan, by: User, steps: Any = LONGER, **given: Any) -> PlanRequest:
    shown = shown_hash(asking.reshape_now(loan, steps=steps, on=TODAY))
    means = given.pop("means", None) or means_of(loan, by)
    usual: dict[str, Any] = {"shown": shown, "reason": "job_loss", "explanation": "Half the wages.", "means": means}
    return asking.request_plan(loan=loan, steps=steps, by=by, at=NOW, on=TODAY, **(usual | given))


def in_effect(loan: Loan, agent: User, supervisor: User) -> PlanRequest:
    return accept(rule(ask_for(loan, agent), "approve", by=supervisor), by=agent)


def test_in_effect_the_arrears_are_capitalised_and_the_ledger_proves_it(
    level: Loan, agent: User, supervisor: User
) -> None:
    plan = in_effect(level, agent, supervisor)

    assert plan.state == State.IN_EFFECT
    proposal = proposal_of(plan)
    assert isinstance(proposal, Reshaped)
    assert proposal.capitalised > 0
    version = ScheduleVersion.objects.get(loan=level, is_current=True)
    assert version.capitalised == proposal.capitalised
    state = standing_of(level, TODAY)
    assert state.days_past_due == 0
    assert state.outstanding_principal == proposal.outstanding + proposal.capitalised
    assert verify() == []


def test_its_rows_are_level_on_the_loans_own_days_and_settled_ones_stay(
    level: Loan, agent: User, supervisor: User
) -> None:
    plan = in_effect(level, agent, supervisor)

    rows = list(plan.schedule.rows.order_by("n")) if plan.schedule else []
    assert [(row.n, row.due_on.day) for row in rows[:2]] == [(1, 5), (2, 5)]
    new = rows[2:]
    assert (new[0].n, new[0].due_on, len(new)) == (13, date(2026, 8, 5), 14)
    assert len({row.principal + row.interest for row in new[:-1]}) == 1


def test_paid_as_planned_the_loan_runs_without_arrears(level: Loan, agent: User, supervisor: User) -> None:
    plan = in_effect(level, agent, supervisor)
    proposal = proposal_of(plan)
    assert isinstance(proposal, Reshaped)
    penalty = standing_of(level, TODAY).penalty

    pay(level, proposal.first_payment + penalty, value_on=date(2026, 8, 5), on=date(2026, 8, 5))
    for day in range(16, 32):
        close_day(date(2026, 7, day))
    for day in range(1, 8):
        close_day(date(2026, 8, day))

    assert standing_of(level, date(2026, 8, 7)).days_past_due == 0
    assert verify() == []


def test_money_on_a_partly_paid_instalment_stays_where_it_is(level: Loan, agent: User, supervisor: User) -> None:
    pay(level, 50_000, value_on=TODAY)

    plan = in_effect(level, agent, supervisor)

    assert plan.schedule is not None
    third = plan.schedule.rows.get(n=3)
    assert third.open == 0
    assert third.principal + third.interest + standing_of(level, TODAY).penalty_paid == 50_000
    assert verify() == []


@pytest.mark.parametrize(
    "steps",
    [
        Shape(20, rest=2).steps,
        Shape(20, rest=2, interest="frozen").steps,
        Shape(20, grace=3).steps,
        Shape(20, rate="12").steps,
        Shape(20, arrears="spread").steps,
        Shape(20, arrears="first").steps,
        [{"kind": "reage", "periods": 6}],
        [{"kind": "capitalise"}],
        [{"kind": "instalment_plan", "periods": 24}],
        [{"kind": "staged", "periods": 4, "percentages": ["10", "20", "30", "40"]}],
    ],
    ids=lambda steps: "+".join(step["kind"] for step in steps),
)
def test_every_instrument_keeps_the_ledger_true(level: Loan, agent: User, supervisor: User, steps: Any) -> None:
    plan = ask_for(level, agent, steps, means=means_of(level, agent, income=9_000_000))

    plan = accept(rule(plan, "approve", by=User.objects.get(role="manager")), by=agent)

    assert plan.state == State.IN_EFFECT
    assert verify() == []


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [{"kind": "waiver", "amount": 100}],
        [{"kind": "rate", "annual_rate": "12"}],
        [{"kind": "reamortise", "periods": 12, "arrears": "waive"}],
        [{"kind": "reamortise", "periods": 12, "annual_rate": "30"}],
        [{"kind": "nonsense"}],
    ],
    ids=["nothing", "waiver", "arrears left", "arrears waived", "dearer", "unknown"],
)
def test_what_is_no_restructuring_is_refused_in_words(level: Loan, steps: Any) -> None:
    with pytest.raises(PlanRefusedError) as refused:
        asking.reshape_now(level, steps=steps, on=TODAY)

    assert str(refused.value)


def test_figures_that_are_not_the_ones_shown_are_refused(level: Loan, agent: User) -> None:
    with pytest.raises(FiguresMovedError):
        ask_for(level, agent, shown="of another day")


def test_a_payment_that_arrives_while_it_waits_sends_it_back(level: Loan, agent: User, supervisor: User) -> None:
    plan = ask_for(level, agent)
    pay(level, 10_000, value_on=TODAY)

    plan = rule(plan, "approve", by=supervisor)

    assert plan.state == State.SENT_BACK
    assert verify() == []


def test_an_instalment_beyond_what_is_left_is_refused(level: Loan, agent: User) -> None:
    with pytest.raises(PlanRefusedError, match="what is left a month"):
        ask_for(level, agent, means=means_of(level, agent, income=350_000))


def test_income_below_spending_fits_nothing(level: Loan, agent: User) -> None:
    means = means_of(level, agent, income=100_000)

    assert means.surplus < 0
    assert offers_for(level, means, TODAY, by=agent).offers == ()


def test_above_the_threshold_papers_are_asked_for(level: Loan, agent: User) -> None:
    PlanRule.objects.filter(code="papers_above").update(value=500_000)
    with pytest.raises(PlanRefusedError, match="papers"):
        ask_for(level, agent)

    assert ask_for(level, agent, means=means_of(level, agent, papers="SLIP-1")).state == State.REVIEW


def test_a_second_restructuring_within_a_year_is_refused(level: Loan, agent: User, supervisor: User) -> None:
    in_effect(level, agent, supervisor)

    with pytest.raises(PlanRefusedError, match="12 months"):
        ask_for(level, agent, Shape(30).steps)


def test_rules_are_dated(level: Loan, agent: User) -> None:
    PlanRule.objects.create(code="months_most", value=6, source="test", valid_from=TODAY)
    PlanRule.objects.create(code="months_most", value=1, source="test", valid_from=TODAY + timedelta(days=1))

    with pytest.raises(PlanRefusedError, match="within 6 months"):
        ask_for(level, agent)


def test_what_is_found_can_be_asked_for_as_it_is(level: Loan, agent: User) -> None:
    means = means_of(level, agent, income=400_000)
    answer = offers_for(level, means, TODAY, by=agent)

    assert 1 <= len(answer.offers) <= 3
    for offer in answer.offers:
        assert review_new(offer.proposal, level, by=agent, on=TODAY, means=means).refusals == []
        assert offer.proposal.highest <= answer.found.affordable
    first = answer.offers[0]
    assert first.proposal.loss == answer.found.plans[0].loss
    assert ask_for(level, agent, first.shape.steps, means=means).state == State.REVIEW


def test_the_finder_leaves_out_by_the_matrix_what_nobody_may_decide(level: Loan, agent: User) -> None:
    """Even sixty instalments at the contract's rate are too high: only interest given up brings them down, and nobody may give any."""
    means = means_of(level, agent, income=354_000)
    usual = offers_for(level, means, TODAY, by=agent)
    publish(HOUSE._replace(limits=tuple(limit._replace(given_up_max=0) for limit in HOUSE.limits)))

    strict = offers_for(level, means, TODAY, by=agent)

    assert any(offer.proposal.loss > 0 for offer in usual.offers)
    assert strict.offers == ()
    assert "authority" in [left.why for left in strict.found.left]
    assert all(offer.review.first for offer in usual.offers)


def test_what_gives_up_more_than_a_supervisor_may_is_for_the_manager(
    level: Loan, agent: User, supervisor: User, manager: User
) -> None:
    plan = ask_for(level, agent, Shape(20, rest=2, interest="frozen").steps)
    assert plan.given_up > 10_000

    with pytest.raises(BeyondLimitError, match="given up"):
        rule(plan, "approve", by=supervisor)
    assert rule(plan, "approve", by=manager).state == State.APPROVED


def test_a_column_that_was_edited_is_found(level: Loan, agent: User, manager: User) -> None:
    plan = ask_for(level, agent, Shape(20, rest=2, interest="frozen").steps)
    PlanRequest.objects.update(given_up=0)

    assert rule(plan, "approve", by=manager).state == State.SENT_BACK


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Interest added to the principal"), ("zh-hans", "转入本金的利息")]
)
def test_its_agreement_says_what_was_capitalised_and_what_it_costs(
    language: str, words: str, level: Loan, agent: User, supervisor: User, sign_in: Callable[[User], Client]
) -> None:
    plan = in_effect(level, agent, supervisor)
    proposal = proposal_of(plan)
    assert isinstance(proposal, Reshaped)

    page = sign_in(agent).get(f"/plans/{plan.pk}/agreement/", {"language": language}).content.decode()

    assert words in page
    for amount in (proposal.capitalised, proposal.cost_old, proposal.cost_new, proposal.first_payment):
        assert format_amount(amount, "CNY") in page
    assert f"{proposal.apr} %" in page


def test_undone_before_a_payment_the_old_schedule_holds_again(
    level: Loan, agent: User, supervisor: User, manager: User
) -> None:
    before = standing_of(level, TODAY)
    plan = in_effect(level, agent, supervisor)

    plan = undo(plan=plan, reason="Signed by mistake.", seen=plan.payload_hash, by=manager, at=NOW, on=TODAY)

    assert plan.state == State.UNDONE
    assert standing_of(level, TODAY) == before
    assert Entry.objects.filter(action="restructuring.undone").count() == 1
    assert verify() == []
    assert ask_for(level, agent, Shape(18).steps).state == State.REVIEW


def test_undoing_needs_a_reason_another_person_and_no_payment(
    level: Loan, agent: User, supervisor: User, manager: User
) -> None:
    plan = in_effect(level, agent, supervisor)
    given: dict[str, Any] = {"plan": plan, "seen": plan.payload_hash, "at": NOW, "on": TODAY}
    with pytest.raises(ReasonMissingError):
        undo(reason=" ", by=manager, **given)
    PlanRequest.objects.filter(pk=plan.pk).update(maker=manager)
    with pytest.raises(MakerIsCheckerError):
        undo(reason="-", by=manager, **given)
    pay(level, 1_000, value_on=TODAY)

    with pytest.raises(ReschedulingError):
        undo(reason="-", by=supervisor, **given)


def test_a_fresh_statement_is_used_again_and_a_changed_one_is_new(level: Loan, agent: User) -> None:
    first = means_of(level, agent)

    assert means_of(level, agent) == first
    assert means_of(level, agent, income=600_000) != first
    assert fresh_means(level.borrower_id, TODAY + timedelta(days=90)) is None


@pytest.mark.parametrize(
    "changes", [{"means": None}, {"instrument": "deferral"}, {"schedule": None, "state": "undone"}], ids=str
)
def test_the_database_keeps_means_and_schedule_with_their_plan(
    level: Loan, agent: User, changes: dict[str, Any]
) -> None:
    plan = ask_for(level, agent)

    with pytest.raises(IntegrityError), transaction.atomic():
        PlanRequest.objects.filter(pk=plan.pk).update(**changes)


def test_the_database_refuses_negative_means(level: Loan, agent: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        means_of(level, agent, food=-1)


def test_tampered_steps_take_no_effect(level: Loan, agent: User, supervisor: User) -> None:
    plan = ask_for(level, agent)
    PlanRequest.objects.filter(pk=plan.pk).update(steps=Shape(59).steps)

    plan = rule(plan, "approve", by=supervisor)

    assert plan.state == State.SENT_BACK
