"""Ways round maker and checker, limits and payload: none of them works, and two are refused by the database alone."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from audit.chain import canonical
from behind import NOW, TODAY, make_loan, make_person
from lending.models import Loan, ScheduleVersion
from planned import accept, amend, ask, in_hand, level_loan, rule
from reachable import make_borrower
from restructuring import asking
from restructuring.asking import PlanRefusedError
from restructuring.deciding import BeyondLimitError, MakerIsCheckerError
from restructuring.models import Decision, PlanEvent, PlanRequest
from restructuring.payload import hash_of
from restructuring.states import MoveError, StaleError
from staff.models import Role, User

State = PlanRequest.State


def change_role(person: User, role: str) -> User:
    User.objects.filter(pk=person.pk).update(role=role)
    return User.objects.get(pk=person.pk)


def changed_payload(plan: PlanRequest, **terms: object) -> str:
    content = json.loads(plan.payload)
    content["terms"] |= terms
    return canonical(content)


def test_the_maker_cannot_decide(loan: Loan, supervisor: User) -> None:
    with pytest.raises(MakerIsCheckerError):
        rule(ask(loan, by=supervisor), "approve", by=supervisor)


@pytest.mark.parametrize("verdict", ["reject", "send_back"])
def test_the_maker_cannot_even_turn_it_down(loan: Loan, supervisor: User, verdict: str) -> None:
    with pytest.raises(MakerIsCheckerError):
        rule(ask(loan, by=supervisor), verdict, by=supervisor)


def test_a_maker_who_becomes_manager_is_still_the_maker(loan: Loan, agent: User) -> None:
    plan = ask(loan, by=agent)

    with pytest.raises(MakerIsCheckerError):
        rule(plan, "approve", by=change_role(agent, Role.MANAGER))


def test_an_earlier_maker_cannot_decide_what_a_colleague_amended(loan: Loan, supervisor: User, agent: User) -> None:
    plan = rule(ask(loan, by=supervisor), "send_back", by=make_person("boss", Role.MANAGER))
    plan = amend(plan, by=agent)

    with pytest.raises(MakerIsCheckerError):
        rule(plan, "approve", by=supervisor)


@pytest.mark.parametrize("role", [Role.AGENT, Role.AUDITOR, Role.ADMINISTRATOR])
def test_other_roles_cannot_decide(loan: Loan, supervisor: User, role: str) -> None:
    with pytest.raises(PermissionDenied):
        rule(ask(loan, by=supervisor), "approve", by=make_person("other", role))


def test_a_checker_who_left_cannot_decide(loan: Loan, agent: User, supervisor: User) -> None:
    supervisor.is_active = False

    with pytest.raises(PermissionDenied):
        rule(ask(loan, by=agent), "approve", by=supervisor)


def test_the_database_refuses_a_checker_who_is_the_maker(loan: Loan, agent: User) -> None:
    plan = ask(loan, by=agent)

    with pytest.raises(IntegrityError, match="maker_is_never_checker"), transaction.atomic():
        Decision.objects.create(
            request=plan, payload_hash=plan.payload_hash, verdict="approve", maker=agent, checker=agent, at=NOW
        )


def test_the_database_refuses_a_second_decision_on_a_payload(loan: Loan, agent: User, supervisor: User) -> None:
    plan = rule(ask(loan, by=agent), "approve", by=supervisor)

    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            request=plan, payload_hash=plan.payload_hash, verdict="reject", maker=agent, checker=supervisor, at=NOW
        )


def test_a_decision_cannot_be_rewritten(loan: Loan, agent: User, supervisor: User) -> None:
    rule(ask(loan, by=agent), "reject", by=supervisor)

    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.update(verdict="approve")


def test_a_decision_cannot_be_replayed(loan: Loan, agent: User, supervisor: User, manager: User) -> None:
    plan = ask(loan, by=agent)
    rule(plan, "approve", by=supervisor)

    with pytest.raises(MoveError):
        rule(plan, "reject", by=manager)


def test_a_decision_on_the_former_payload_does_not_count(loan: Loan, agent: User, supervisor: User) -> None:
    plan = ask(loan, by=agent)
    former = plan.payload_hash
    plan = rule(plan, "send_back", by=supervisor)
    amend(plan, by=agent)

    with pytest.raises(StaleError):
        rule(plan, "approve", by=supervisor, payload_hash=former)


@pytest.mark.parametrize(
    "edit",
    [
        lambda plan: {"days": 60},
        lambda plan: {"outstanding": 1},
        lambda plan: {"explanation": "another story"},
        lambda plan: {"payload": changed_payload(plan, days=60)},
        lambda plan: {"payload": changed_payload(plan, added_interest=-100)},
        lambda plan: {"payload": "{}"},
        lambda plan: {"payload": "not even JSON"},
    ],
)
def test_a_request_edited_after_sending_is_not_approved(
    loan: Loan, agent: User, supervisor: User, edit: object
) -> None:
    plan = ask(loan, by=agent)
    PlanRequest.objects.filter(pk=plan.pk).update(**edit(plan))  # type: ignore[operator]

    plan = rule(plan, "approve", by=supervisor)

    assert plan.state == State.SENT_BACK
    assert PlanEvent.objects.get(request=plan, event="lapsed").facts["why"] == "tampered"


def test_a_payload_and_hash_edited_together_lose_the_approval(loan: Loan, agent: User, supervisor: User) -> None:
    plan = rule(ask(loan, by=agent), "approve", by=supervisor)
    forged = changed_payload(plan, days=26)
    PlanRequest.objects.filter(pk=plan.pk).update(payload=forged, payload_hash=hash_of(forged), days=26)
    plan.refresh_from_db()

    plan = accept(plan, by=agent)

    assert plan.state == State.SENT_BACK
    assert ScheduleVersion.objects.filter(loan=loan).count() == 1


def test_a_state_edited_to_approved_takes_no_effect(loan: Loan, agent: User) -> None:
    plan = ask(loan, by=agent)
    PlanRequest.objects.filter(pk=plan.pk).update(state=State.APPROVED, offer_until=TODAY + timedelta(days=14))

    plan = accept(plan, by=agent)

    assert plan.state == State.SENT_BACK
    assert PlanEvent.objects.get(request=plan, event="lapsed").facts["why"] == "not_agreed"


def test_an_approval_by_somebody_since_demoted_takes_no_effect(loan: Loan, agent: User, supervisor: User) -> None:
    plan = rule(ask(loan, by=agent), "approve", by=supervisor)
    change_role(supervisor, Role.AGENT)

    plan = accept(plan, by=agent)

    assert plan.state == State.SENT_BACK
    assert PlanEvent.objects.get(request=plan, event="lapsed").facts["why"] == "checker_unfit"


def test_a_supervisor_decides_within_thirty_days_only(loan: Loan, agent: User, supervisor: User, manager: User) -> None:
    plan = ask(loan, by=agent, days=31)

    with pytest.raises(BeyondLimitError, match="31 days in all"):
        rule(plan, "approve", by=supervisor)
    assert rule(plan, "approve", by=manager).state == State.APPROVED


def test_a_supervisor_decides_up_to_twenty_thousand_only(agent: User, supervisor: User) -> None:
    loan = level_loan(first_due_on=TODAY + timedelta(days=5), principal=2_000_001)
    in_hand(loan, agent)

    with pytest.raises(BeyondLimitError, match=r"20,000\.01"):
        rule(ask(loan, by=agent), "approve", by=supervisor)


def test_splitting_a_long_move_into_short_ones_does_not_pass_the_limit(
    agent: User, supervisor: User, manager: User
) -> None:
    loan = make_loan(make_borrower(phone=None), days=10, periods=3)
    in_hand(loan, agent)
    accept(rule(ask(loan, by=agent, days=25), "approve", by=supervisor), by=agent)

    second = ask(loan, by=supervisor, days=20)

    assert second.instrument == PlanRequest.Instrument.EXTENSION
    with pytest.raises(MakerIsCheckerError):
        rule(second, "approve", by=supervisor)
    with pytest.raises(BeyondLimitError, match="45 days in all"):
        rule(second, "approve", by=make_person("second-chief", Role.SUPERVISOR))
    assert rule(second, "approve", by=manager).state == State.APPROVED


def test_beyond_every_limit_it_cannot_be_asked_for(loan: Loan, agent: User) -> None:
    with pytest.raises(PlanRefusedError, match="Manager: up to 180 days later in all"):
        ask(loan, by=agent, days=181)


def test_extensions_are_no_longer_than_the_original_term(agent: User) -> None:
    loan = make_loan(make_borrower("B5", phone=None), days=-3)
    in_hand(loan, agent)

    with pytest.raises(PlanRefusedError, match="original term"):
        ask(loan, by=agent, days=29)
    assert ask(loan, by=agent, days=28).state == State.REVIEW


def test_an_auditor_cannot_ask_or_accept(loan: Loan, agent: User, staff: dict[str, User]) -> None:
    plan = ask(loan, by=agent)

    with pytest.raises(PermissionDenied):
        accept(plan, by=staff["auditor"])
    with pytest.raises(PermissionDenied):
        asking.withdraw(plan=plan, reason="-", seen=plan.payload_hash, by=staff["auditor"], at=NOW, on=TODAY)
