"""Planning a restructuring on the screen: what fits, the one beside today's schedule, and what is sent."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from behind import pay
from lending.models import Loan
from planned import accept, in_hand, level_loan, rule
from restructuring.models import Means, PlanRequest
from staff.models import User

SignIn = Callable[[User], Client]
MEANS = {"income": "5000", "housing": "2000", "food": "1200", "papers": "SLIP-7"}
SHAPE = {"periods": "14", "rest": "0", "interest": "capitalise", "grace": "0", "rate": "", "arrears": "capitalise"}
WHY = {"reason": "job_loss", "explanation": "Half the wages since June."}


@pytest.fixture
def level(agent: User) -> Loan:
    loan = level_loan(first_due_on=date(2026, 5, 5))
    pay(loan, 113_472, value_on=date(2026, 5, 5))
    pay(loan, 113_472, value_on=date(2026, 6, 5))
    in_hand(loan, agent)
    return loan


def shown_of(client: Client, loan: Loan, **typed: str) -> str:
    context = client.get(f"/loans/{loan.number}/restructure/preview/", {**MEANS, **SHAPE, **typed}).context
    return str(context["desk"].shown)


def send(client: Client, loan: Loan, **typed: Any) -> Any:
    given = {**MEANS, **SHAPE, **WHY, "shown": shown_of(client, loan), "one_time_key": "sent", **typed}
    return client.post(f"/loans/{loan.number}/restructure/", given)


def test_the_page_opens_with_a_plan_and_its_chart(level: Loan, agent: User, sign_in: SignIn) -> None:
    html = sign_in(agent).get(f"/loans/{level.number}/restructure/").content.decode()

    assert "Schedule with the plan" in html
    assert "<svg" in html
    assert "Still to be paid, month by month" in html


def test_the_preview_names_up_to_three_plans_that_fit(level: Loan, agent: User, sign_in: SignIn) -> None:
    answer = sign_in(agent).get(f"/loans/{level.number}/restructure/preview/", {**MEANS, **SHAPE})

    offers = answer.context["desk"].answer.offers
    assert 1 <= len(offers) <= 3
    assert answer.content.decode().count('hx-select="#plan-shape"') == len(offers)


def test_a_plan_taken_stands_in_the_form(level: Loan, agent: User, sign_in: SignIn) -> None:
    html = (
        sign_in(agent).get(f"/loans/{level.number}/restructure/", {**MEANS, **SHAPE, "periods": "11"}).content.decode()
    )

    assert 'name="periods" value="11"' in html
    assert 'name="income" value="5000"' in html


def test_what_was_shown_is_sent_and_kept_with_its_means(level: Loan, agent: User, sign_in: SignIn) -> None:
    answer = send(sign_in(agent), level)

    plan = PlanRequest.objects.get()
    assert answer.status_code == 302
    assert (plan.instrument, plan.steps[0]["kind"]) == ("restructure", "reamortise")
    assert plan.means is not None
    assert (plan.means.surplus, plan.means.papers) == (180_000, "SLIP-7")


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"shown": "of another day"}, 409),
        ({"income": "3300"}, 422),
        ({"income": ""}, 422),
        ({"income": "plenty"}, 422),
        ({"periods": "61"}, 422),
        ({"grace": "14"}, 422),
        ({"food": "-1"}, 422),
        ({"rate": "25"}, 422),
        ({"rate": "low"}, 422),
        ({"explanation": ""}, 422),
    ],
    ids=str,
)
def test_refused_it_keeps_what_was_typed_and_writes_nothing(
    level: Loan, agent: User, sign_in: SignIn, typed: dict[str, str], status: int
) -> None:
    answer = send(sign_in(agent), level, **typed)

    assert answer.status_code == status
    assert "SLIP-7" in answer.content.decode()
    assert (PlanRequest.objects.count(), Means.objects.count()) == (0, 0)


def test_the_plans_page_shows_both_schedules_the_means_and_the_rules(
    level: Loan, agent: User, manager: User, sign_in: SignIn
) -> None:
    send(sign_in(agent), level)
    plan = PlanRequest.objects.get()

    html = sign_in(manager).get(f"/plans/{plan.pk}/").content.decode()

    for text in ("Schedule with the plan", "Income and spending", "SLIP-7", "at most 1 restructurings in 12 months"):
        assert text in html
    assert sign_in(manager).get("/approvals/").status_code == 200


def test_a_plan_in_effect_is_undone_on_its_page(
    level: Loan, agent: User, supervisor: User, manager: User, sign_in: SignIn
) -> None:
    send(sign_in(agent), level)
    plan = accept(rule(PlanRequest.objects.get(), "approve", by=supervisor), by=agent)
    client = sign_in(manager)
    assert "as if there had been no plan" in client.get(f"/plans/{plan.pk}/undo/").content.decode()

    answer = client.post(
        f"/plans/{plan.pk}/undo/",
        {"reason": "Signed by mistake.", "payload_hash": plan.payload_hash, "one_time_key": "undone"},
    )

    assert answer.status_code == 302
    plan.refresh_from_db()
    assert plan.state == PlanRequest.State.UNDONE


def test_one_that_was_sent_back_is_put_forward_again(
    level: Loan, agent: User, supervisor: User, sign_in: SignIn
) -> None:
    send(sign_in(agent), level)
    plan = rule(PlanRequest.objects.get(), "send_back", by=supervisor, reason="Shorter?")
    client = sign_in(agent)
    html = client.get(f"/plans/{plan.pk}/restructure/").content.decode()
    assert "Half the wages since June." in html

    answer = client.post(
        f"/plans/{plan.pk}/restructure/",
        {
            **MEANS,
            **SHAPE,
            **WHY,
            "periods": "13",
            "shown": shown_of(client, level, periods="13"),
            "payload_hash": plan.payload_hash,
            "one_time_key": "again",
        },
    )

    assert answer.status_code == 302
    plan.refresh_from_db()
    assert (plan.state, plan.round) == (PlanRequest.State.REVIEW, 2)


@pytest.mark.parametrize("where", ["restructure/", "restructure/preview/"])
def test_strangers_find_nothing_and_auditors_may_not_ask(level: Loan, sign_in: SignIn, where: str, staff: Any) -> None:
    stranger = User.objects.create_user("stranger", role="agent")

    assert sign_in(stranger).get(f"/loans/{level.number}/{where}").status_code == 404
    assert sign_in(staff["auditor"]).get(f"/loans/{level.number}/{where}").status_code == 403


def test_a_loan_with_an_open_plan_leads_to_it(level: Loan, agent: User, sign_in: SignIn) -> None:
    send(sign_in(agent), level)

    answer = sign_in(agent).get(f"/loans/{level.number}/restructure/")

    assert (answer.status_code, answer["Location"]) == (302, f"/plans/{PlanRequest.objects.get().pk}/")


def test_the_preview_asks_a_bounded_number_of_queries(
    level: Loan, agent: User, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(agent)
    with django_assert_max_num_queries(90):
        client.get(f"/loans/{level.number}/restructure/preview/", {**MEANS, **SHAPE})
