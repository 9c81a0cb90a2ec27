"""A funder's contract may forbid a plan, or ask for its consent: in whatever order the three yeses come, the last one counts."""

from collections.abc import Callable
from itertools import permutations

import pytest
from django.test import Client

from behind import NOW, TODAY
from changed import give_rights
from lending.consents import ConsentError
from lending.models import FunderConsent, Loan
from lending.rights import Instrument
from planned import accept, ask, rule
from restructuring.asking import PlanRefusedError
from restructuring.consenting import record_plan_consent
from restructuring.models import PlanEvent, PlanRequest
from restructuring.states import StaleError
from staff.models import User

State = PlanRequest.State


def consent(plan: PlanRequest, by: User, payload_hash: str = "") -> PlanRequest:
    return record_plan_consent(
        plan=plan, funder=plan.loan.funder, payload_hash=payload_hash or plan.payload_hash, given_on=TODAY,
        reference="Mail 7", by=by, at=NOW, on=TODAY,
    )  # fmt: skip


def test_a_plan_that_the_funder_never_permits_cannot_be_asked_for(loan: Loan, agent: User) -> None:
    give_rights(loan.funder, {Instrument.DEFERRAL: "never"})

    with pytest.raises(PlanRefusedError, match="does not permit this: Defer what is overdue"):
        ask(loan, by=agent)


@pytest.mark.parametrize("order", list(permutations(["approve", "accept", "consent"])))
def test_the_last_of_the_three_puts_it_in_effect(
    order: tuple[str, ...], loan: Loan, agent: User, supervisor: User
) -> None:
    give_rights(loan.funder, {Instrument.DEFERRAL: "consent"})
    plan = ask(loan, by=agent)
    does: dict[str, Callable[[PlanRequest], PlanRequest]] = {
        "approve": lambda plan: rule(plan, "approve", by=supervisor),
        "accept": lambda plan: accept(plan, by=agent),
        "consent": lambda plan: consent(plan, supervisor),
    }

    states = []
    for step in order:
        plan = does[step](plan)
        states.append(plan.state)

    assert State.IN_EFFECT not in states[:2]
    assert states[2] == State.IN_EFFECT
    assert "consented" in PlanEvent.objects.values_list("event", flat=True)


def test_a_consent_is_to_one_payload_and_given_once(loan: Loan, agent: User, supervisor: User) -> None:
    give_rights(loan.funder, {Instrument.DEFERRAL: "consent"})
    plan = ask(loan, by=agent)

    with pytest.raises(StaleError):
        consent(plan, supervisor, "another")
    consent(plan, supervisor)
    with pytest.raises(ConsentError):
        consent(plan, supervisor)

    assert FunderConsent.objects.count() == 1


def test_the_plans_page_says_whose_consent_is_missing_and_takes_it(
    loan: Loan, agent: User, supervisor: User, sign_in: Callable[[User], Client]
) -> None:
    give_rights(loan.funder, {Instrument.DEFERRAL: "consent"})
    plan, browser = ask(loan, by=agent), sign_in(supervisor)
    page, url = f"/plans/{plan.pk}/", f"/plans/{plan.pk}/consent/"
    typed = {"one_time_key": "k", "funder": "bank", "given_on": TODAY.isoformat(), "reference": "Mail 7"}
    assert "First Bank has to consent" in browser.get(page).content.decode()
    assert sign_in(agent).get(url).status_code == 403
    assert browser.get(url).status_code == 200

    answer = browser.post(url, typed | {"payload_hash": plan.payload_hash})

    assert answer.status_code == 302
    assert "Mail 7" in browser.get(page).content.decode()
    assert "/consent/" not in browser.get(page).content.decode()
