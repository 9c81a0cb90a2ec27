"""One loan as of any day."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from lending import pages
from lending.facts import facts_of
from lending.loan_view import view_of
from lending.models import Loan
from lending.penalty_steps import penalty_steps
from lending.rescheduling import put_in_force
from lending.schedules import Row
from lending.standing import standing

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.usefixtures("book")


@pytest.mark.parametrize(
    ("role", "status"),
    [("agent", 200), ("supervisor", 200), ("manager", 200), ("auditor", 200), ("administrator", 403)],
)
def test_who_may_see_a_loan(role: str, status: int, sign_in: SignIn) -> None:
    assert sign_in(role).get("/loans/late/").status_code == status


def test_a_stranger_is_sent_to_sign_in() -> None:
    assert Client().get("/loans/late/").headers["Location"].startswith("/sign-in/")


def test_a_loan_out_of_scope_is_not_there(sign_in: SignIn) -> None:
    assert sign_in("agent").get("/loans/well/").status_code == 404
    assert sign_in("agent").get("/loans/nowhere/").status_code == 404
    assert sign_in("manager").get("/loans/well/").status_code == 200


def test_a_loan_is_not_posted_to(sign_in: SignIn) -> None:
    assert sign_in("manager").post("/loans/late/").status_code == 405


def test_the_page_shows_the_standing_and_no_name(sign_in: SignIn) -> None:
    page = sign_in("manager").get("/loans/late/").content.decode()

    assert "36 days past due" in page
    assert "p-late" in page
    assert "Mary" not in page


def test_another_day_shows_another_standing(sign_in: SignIn) -> None:
    browser = sign_in("manager")

    before, after = (browser.get("/loans/late/", {"on": day}) for day in ("2026-02-18", "2026-06-15"))

    assert before.context["view"].standing.days_past_due == 3
    assert before.context["view"].payments_later == 1
    assert after.context["view"].standing.days_past_due == 92


@pytest.mark.parametrize("on", ["yesterday", "2026-02-30", "0001-01-01", "9999-12-31", "\x00", "2026-04-20'--"])
def test_a_day_that_is_none_is_told_and_today_is_shown(on: str, sign_in: SignIn) -> None:
    answer = sign_in("manager").get("/loans/late/", {"on": on})

    assert answer.status_code == 200
    assert answer.context["view"].on == date(2026, 4, 20)
    assert answer.context["form"].errors


def test_the_parts_of_the_pay_off_sum_to_it() -> None:
    for day in (date(2026, 2, 18), date(2026, 4, 20), date(2027, 3, 1)):
        view = view_of(Loan.objects.get(number="late"), day)
        state = view.standing
        parts = state.outstanding_principal + state.overdue_interest + view.running_interest + state.penalty

        assert parts - state.unapplied == state.payoff


def test_the_steps_of_the_penalty_end_in_the_penalty() -> None:
    loan = Loan.objects.get(number="late")
    facts = facts_of([loan.pk])[loan.pk]
    on = date(2026, 6, 20)

    steps = penalty_steps(facts, on)

    state = standing(facts, on)
    assert state.penalty_accrued > 0
    assert steps[-1].accrued == state.penalty_accrued
    assert sum((step.base or 0) * step.days * (step.rate_ppm or 0) for step in steps) == state.penalty_numerator


def test_an_old_schedule_stands_beside_the_new(sign_in: SignIn) -> None:
    loan = Loan.objects.get(number="late")
    facts = facts_of([loan.pk])[loan.pk]
    moved = [Row(row.n, row.due_on.replace(day=25), row.principal, row.interest, 0) for row in facts.versions[0].rows]
    put_in_force(
        loan=loan,
        rows=[Row(*facts.versions[0].rows[0], 0), *moved[1:]],
        effective_on=date(2026, 4, 20),
        reason="deferral",
        source="a test",
        on=date(2026, 4, 20),
        at=pages_at(),
        by=None,
    )

    view = sign_in("manager").get("/loans/late/").context["view"]

    assert (view.before.version.number, view.in_force.version.number, view.others) == (1, 2, [])
    assert [row.changed for row in view.in_force.rows[:2]] == [frozenset(), frozenset({"due_on"})]
    assert sign_in("manager").get("/loans/late/", {"on": "2026-04-19"}).context["view"].in_force.version.number == 1


def pages_at() -> datetime:
    return datetime(2026, 4, 20, 2, tzinfo=UTC)


def test_higher_floors_add_links(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_sources", [])
    pages.register_link(lambda request, loan: [pages.Link("Ask for a plan", f"/somewhere/{loan.number}/", key="r")])

    assert 'href="/somewhere/late/"' in sign_in("agent").get("/loans/late/").content.decode()


def test_the_page_asks_a_constant_number_of_questions(
    sign_in: SignIn, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "_sources", [])
    browser = sign_in("manager")

    with django_assert_max_num_queries(9):
        browser.get("/loans/late/")


def test_the_page_speaks_chinese(sign_in: SignIn) -> None:
    browser = sign_in("manager")

    page = browser.get("/loans/late/", headers={"Accept-Language": "zh-hans"}).content.decode()

    assert "还款计划" in page
