"""The pages of plans: who may open them, what they show, and what a form sent twice or too late does."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from behind import TODAY, close_day, make_loan, make_person, pay
from cases.models import Case
from lending.models import Loan
from planned import accept, ask, in_hand, level_loan, rule, shown_for
from reachable import make_borrower
from restructuring.models import PlanRequest
from staff.models import User

SignIn = Callable[[User], Client]
State = PlanRequest.State
CHINESE = {"accept-language": "zh-hans"}


def form_of(loan: Loan, *, days: int = 25, key: str = "once", **given: object) -> dict[str, object]:
    return {
        "one_time_key": key,
        "how": "days",
        "days": days,
        "reason": "cash_gap",
        "explanation": "Wages come late.",
        "shown": shown_for(loan, days),
    } | given


def url(name: str, *args: object) -> str:
    return reverse(name, args=args)


def text_of(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("role", "status"),
    [("agent", 200), ("supervisor", 200), ("manager", 403), ("auditor", 403), ("administrator", 403)],
)
def test_agents_and_supervisors_ask(
    loan: Loan, staff: dict[str, User], sign_in: SignIn, role: str, status: int
) -> None:
    assert sign_in(staff[role]).get(url("plan_request", loan.number)).status_code == status
    assert sign_in(staff[role]).get(url("plan_preview", loan.number), {"how": "days"}).status_code == status


@pytest.mark.parametrize(
    ("role", "status"),
    [("agent", 403), ("supervisor", 200), ("manager", 200), ("auditor", 403), ("administrator", 403)],
)
def test_supervisors_and_managers_decide(
    loan: Loan, staff: dict[str, User], sign_in: SignIn, role: str, status: int
) -> None:
    plan = ask(loan, by=staff["agent"])

    client = sign_in(staff[role])

    assert client.get(url("approvals")).status_code == status
    assert client.get(url("plan_decide", plan.pk)).status_code == status
    if status == 403:
        assert client.post(url("plan_decide", plan.pk), {"verdict": "approve"}).status_code == 403


@pytest.mark.parametrize(
    ("role", "status"),
    [("agent", 200), ("supervisor", 200), ("manager", 200), ("auditor", 200), ("administrator", 403)],
)
def test_everybody_who_works_with_loans_reads_a_plan(
    loan: Loan, staff: dict[str, User], sign_in: SignIn, role: str, status: int
) -> None:
    assert sign_in(staff[role]).get(url("plan_page", ask(loan, by=staff["agent"]).pk)).status_code == status


def test_a_borrower_out_of_scope_is_not_found(loan: Loan, agent: User, sign_in: SignIn) -> None:
    plan = ask(loan, by=agent)
    client = sign_in(make_person("stranger"))

    for name in ("plan_page", "plan_amend", "plan_accept", "plan_withdraw"):
        assert client.get(url(name, plan.pk)).status_code == 404
    assert client.get(url("plan_request", loan.number)).status_code == 404
    assert client.get(url("plan_preview", loan.number)).status_code == 404


def test_the_form_says_which_instrument_it_is_and_why(loan: Loan, agent: User, sign_in: SignIn) -> None:
    page = text_of(sign_in(agent).get(url("plan_request", loan.number)))

    assert "past due for 10 days, so this is a deferral" in page
    assert f'name="shown" value="{shown_for(loan, 40)}"' in page


def test_before_maturity_it_is_an_extension(agent: User, sign_in: SignIn) -> None:
    loan = make_loan(make_borrower("B7", phone=None), days=-5)
    behind = make_loan(loan.borrower, number="L-other", days=3)
    in_hand(behind, agent)

    assert "Nothing is past due, so this is an extension" in text_of(
        sign_in(agent).get(url("plan_request", loan.number))
    )


def test_the_preview_follows_the_days_typed(agent: User, sign_in: SignIn) -> None:
    """12,000.00 of which nothing is paid: 12,000 x 24% x 20/360 = 160.00."""
    loan = level_loan(first_due_on=TODAY - timedelta(days=2))
    in_hand(loan, agent)

    page = text_of(sign_in(agent).get(url("plan_preview", loan.number), {"how": "days", "days": "20"}))

    assert "CNY 160.00" in page
    assert shown_for(loan, 20) in page
    assert (TODAY + timedelta(days=18)).isoformat() in page


def test_a_first_due_date_is_as_good_as_days(loan: Loan, agent: User, sign_in: SignIn) -> None:
    asked = {"how": "date", "first_due_on": (TODAY + timedelta(days=15)).isoformat()}

    page = text_of(sign_in(agent).get(url("plan_preview", loan.number), asked))

    assert shown_for(loan, 25) in page


@pytest.mark.parametrize("days", ["", "0", "-3", "nonsense", "5", "99999999999999999999"])
def test_days_that_make_no_plan_are_explained(loan: Loan, agent: User, sign_in: SignIn, days: str) -> None:
    response = sign_in(agent).get(url("plan_preview", loan.number), {"how": "days", "days": days})

    assert response.status_code == 200
    assert 'name="shown" value=""' in response.content.decode()


def test_a_rule_that_is_broken_shows_in_the_preview(loan: Loan, agent: User, sign_in: SignIn) -> None:
    page = text_of(sign_in(agent).get(url("plan_preview", loan.number), {"how": "days", "days": "181"}))

    assert "This cannot be asked for" in page
    assert "Manager: up to 180 days later in all" in page


def test_sent_as_shown_it_waits_for_approval(loan: Loan, agent: User, sign_in: SignIn) -> None:
    response = sign_in(agent).post(url("plan_request", loan.number), form_of(loan))

    plan = PlanRequest.objects.get()
    assert response["Location"] == url("plan_page", plan.pk)
    assert (plan.state, plan.days, plan.maker, plan.case_id) == (State.REVIEW, 25, agent, Case.objects.get().pk)


def test_sent_twice_it_is_asked_for_once(loan: Loan, agent: User, sign_in: SignIn) -> None:
    client, form = sign_in(agent), form_of(loan)

    answers = [client.post(url("plan_request", loan.number), form) for _again in range(2)]

    assert {answer.status_code for answer in answers} == {302}
    assert PlanRequest.objects.count() == 1


def test_figures_that_moved_come_back_with_what_was_typed(loan: Loan, agent: User, sign_in: SignIn) -> None:
    form = form_of(loan)
    pay(loan, 20_000, value_on=TODAY)

    response = sign_in(agent).post(url("plan_request", loan.number), form)

    page = text_of(response)
    assert response.status_code == 409
    assert "The figures are not the ones that you saw" in page
    assert "Wages come late." in page
    assert f'name="shown" value="{shown_for(loan, 25)}"' in page
    assert not PlanRequest.objects.exists()


def test_a_form_without_a_reason_is_refused(loan: Loan, agent: User, sign_in: SignIn) -> None:
    response = sign_in(agent).post(url("plan_request", loan.number), form_of(loan, explanation=""))

    assert response.status_code == 422
    assert not PlanRequest.objects.exists()


def test_a_loan_with_an_open_plan_leads_to_it(loan: Loan, agent: User, sign_in: SignIn) -> None:
    plan = ask(loan, by=agent)

    assert sign_in(agent).get(url("plan_request", loan.number))["Location"] == url("plan_page", plan.pk)


def test_the_key_on_the_case_page_opens_the_plan_of_the_only_loan(loan: Loan, agent: User, sign_in: SignIn) -> None:
    client, case = sign_in(agent), Case.objects.get()

    assert url("case_plan", case.pk) in text_of(client.get(url("case_page", case.pk)))
    assert "Defer loan L-B1" in text_of(client.get(url("case_plan", case.pk)))


def test_among_several_loans_one_is_chosen(loan: Loan, agent: User, sign_in: SignIn) -> None:
    make_loan(loan.borrower, number="L-second", days=2)

    page = text_of(sign_in(agent).get(url("case_plan", Case.objects.get().pk)))

    assert url("plan_request", "L-B1") in page
    assert url("plan_request", "L-second") in page


def test_the_case_page_and_the_loan_page_tell_of_the_plan(
    loan: Loan, agent: User, supervisor: User, sign_in: SignIn
) -> None:
    plan = ask(loan, by=agent)
    client = sign_in(supervisor)

    page = text_of(client.get(url("case_page", plan.case_id)))
    assert "Deferral by 25 days asked for on L-B1" in page
    assert page.count(url("plan_page", plan.pk)) >= 2
    assert url("plan_page", plan.pk) in text_of(client.get(url("loan_page", loan.number)))


def test_the_maker_sees_why_they_cannot_decide(loan: Loan, supervisor: User, sign_in: SignIn) -> None:
    plan = ask(loan, by=supervisor)

    page = text_of(sign_in(supervisor).get(url("plan_page", plan.pk)))

    assert "You asked for this plan yourself" in page
    assert "verdict=approve" not in page


def test_a_decision_beyond_the_limit_is_refused_with_its_text(
    loan: Loan, agent: User, supervisor: User, sign_in: SignIn
) -> None:
    plan = ask(loan, by=agent, days=60)
    form = {"one_time_key": "k", "verdict": "approve", "reason": "", "payload_hash": plan.payload_hash}

    response = sign_in(supervisor).post(url("plan_decide", plan.pk), form)

    assert response.status_code == 422
    assert "60 days in all" in text_of(response)


def test_approved_and_accepted_on_the_screen(loan: Loan, agent: User, manager: User, sign_in: SignIn) -> None:
    plan = ask(loan, by=agent, days=60)
    form = {"one_time_key": "k", "verdict": "approve", "reason": "", "payload_hash": plan.payload_hash}
    assert sign_in(manager).post(url("plan_decide", plan.pk), form).status_code == 302
    client = sign_in(agent)
    form = {
        "one_time_key": "l",
        "means": "signed_paper",
        "evidence": "file 12",
        "accepted_on": TODAY.isoformat(),
        "payload_hash": plan.payload_hash,
    }

    response = client.post(url("plan_accept", plan.pk), form, follow=True)

    assert "The plan is in effect" in text_of(response)
    assert "Signed paper on 15 July 2026, file 12" in text_of(response)


def test_a_decision_on_what_was_changed_meanwhile_is_a_conflict(
    loan: Loan, agent: User, supervisor: User, sign_in: SignIn
) -> None:
    plan = ask(loan, by=agent)
    form = {"one_time_key": "k", "verdict": "approve", "reason": "", "payload_hash": "0" * 64}

    response = sign_in(supervisor).post(url("plan_decide", plan.pk), form)

    assert response.status_code == 409


def test_a_lapsed_plan_says_so(loan: Loan, agent: User, supervisor: User, sign_in: SignIn) -> None:
    plan = ask(loan, by=agent)
    pay(loan, 20_000, value_on=TODAY)
    form = {"one_time_key": "k", "verdict": "approve", "reason": "", "payload_hash": plan.payload_hash}

    response = sign_in(supervisor).post(url("plan_decide", plan.pk), form, follow=True)

    assert "Nothing took effect: something was paid or fell due since" in text_of(response)
    assert "Change and send again" in text_of(sign_in(agent).get(url("plan_page", plan.pk)))
    assert sign_in(agent).get(url("plan_amend", plan.pk)).status_code == 200


def test_approvals_list_the_oldest_and_dearest_first(agent: User, manager: User, sign_in: SignIn) -> None:
    for ref, amount in (("B1", 100_000), ("B2", 300_000), ("B3", 200_000)):
        loan = make_loan(make_borrower(ref, phone=None), days=10, amount=amount)
        close_day(TODAY)
        ask(loan, by=agent)

    page = sign_in(manager).get(url("approvals")).content.decode()

    assert re.findall(r"data-row-link[^>]*>(L-B\d)<", page) == ["L-B2", "L-B3", "L-B1"]
    assert "王小明" not in page


def test_approvals_ask_the_database_the_same_for_two_and_for_ten(
    agent: User, manager: User, sign_in: SignIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    loans = [make_loan(make_borrower(f"B{n}", phone=None), days=10) for n in range(10)]
    close_day(TODAY)
    for loan in loans:
        ask(loan, by=agent)

    client = sign_in(manager)

    with django_assert_max_num_queries(20):  # type: ignore[attr-defined]
        client.get(url("approvals"))


def test_an_empty_desk_says_what_to_do(manager: User, sign_in: SignIn) -> None:
    assert "No plan waits for a decision" in text_of(sign_in(manager).get(url("approvals")))


def test_a_supervisor_may_look_at_their_own_limits_only(
    loan: Loan, agent: User, supervisor: User, sign_in: SignIn
) -> None:
    ask(loan, by=agent, days=60)
    client = sign_in(supervisor)

    assert "L-B1" in text_of(client.get(url("approvals")))
    assert "Nothing within your limits waits" in text_of(client.get(url("approvals"), {"mine": "1"}))


def test_a_plan_is_told_in_chinese(loan: Loan, agent: User, supervisor: User, sign_in: SignIn) -> None:
    plan = accept(rule(ask(loan, by=agent), "approve", by=supervisor), by=agent)
    User.objects.filter(pk=agent.pk).update(language="zh-hans")

    page = text_of(sign_in(User.objects.get(pk=agent.pk)).get(url("plan_page", plan.pk), headers=CHINESE))

    assert "延期还款25天" in page
    assert "已生效" in page


def test_a_request_whose_payload_was_edited_is_shown_as_such(
    loan: Loan, agent: User, supervisor: User, sign_in: SignIn
) -> None:
    plan = ask(loan, by=agent)
    PlanRequest.objects.update(payload="not even JSON")
    client = sign_in(supervisor)

    for page in (url("approvals"), url("plan_page", plan.pk), url("plan_decide", plan.pk)):
        assert "the request is not the one that was sent" in text_of(client.get(page))
