"""The demo portfolio: believable, the same for the same seed, and whole."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

import pristine
from cases.complaints.models import Complaint
from cases.models import Case, Promise
from cases.quality.models import Review
from config.demo.lives import Story, lives
from dunning.models import Reminder, ReminderLine
from lending.models import Arrears, Debit, Loan, LoopbackOrder, PayLink, RefundRequest, ScheduleVersion
from restructuring.models import Decision, PlanEvent, PlanRequest, StandIn
from risk.figures import Asked, figures, people

LOANS = 120
DAY = date(2026, 3, 30)


def run(command: str, *words: str) -> str:
    out = StringIO()
    call_command(command, *words, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], None]:
    """Seeds the demo for the first of these tests, and puts it back for the others with the anchor of its chain."""
    kept: list[pristine.Kept] = []
    anchors, copy = Path(settings.VAR_DIR, "audit"), tmp_path_factory.mktemp("demo") / "audit"

    def lay_out() -> None:
        if not kept:
            call_command("seed_demo", loans=LOANS, seed=3, date=DAY, stdout=StringIO())
            kept.append(pristine.take())
            shutil.copytree(anchors, copy)
            return
        pristine.put_back(kept[0])
        shutil.rmtree(anchors)
        shutil.copytree(copy, anchors)

    return lay_out


@pytest.fixture
def seeded(transactional_db: None, demo: Callable[[], None]) -> None:
    demo()


def test_the_same_seed_and_day_give_the_same_lives() -> None:
    assert list(lives(300, 5, DAY)) == list(lives(300, 5, DAY))
    assert list(lives(300, 5, DAY)) != list(lives(300, 6, DAY))


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 1, 30), date(2026, 12, 31)], ids=str)
def test_every_loan_has_its_story_on_any_day(day: date) -> None:
    told = [loan for life in lives(800, 1, day) for loan in life.loans]

    assert len(told) == 800
    assert {loan.story for loan in told} == set(Story)
    assert all(paid.on <= day for loan in told for paid in loan.payments)


def test_the_book_is_whole_and_has_a_desk_for_everyone_behind(seeded: None) -> None:
    states = [json.loads(line) for line in run("export_state", "--json").splitlines()]

    run("verify_ledger")
    run("verify_audit")
    assert [state["number"] for state in states] == sorted(state["number"] for state in states)
    assert all((state["case"] is not None) for state in states if state["days_past_due"] > 0)
    assert {state["status"] for state in states} == {Loan.Status.ACTIVE, Loan.Status.PAID}
    assert Arrears.objects.filter(oldest_due_on__isnull=False).exists()
    assert Case.objects.open().filter(owner__username="agent").exists()
    assert Promise.objects.exists()
    assert Reminder.objects.filter(state=Reminder.State.SENT).exists()


def test_every_way_to_pay_has_something_to_show(seeded: None) -> None:
    links = PayLink.objects.values_list("state", flat=True)
    debits = set(Debit.objects.values_list("state", "reason"))
    prepaid = ScheduleVersion.objects.filter(loan__method="daily", reason="prepayment", is_current=True)

    assert {"open", "paid"} == set(links)
    assert {("failed", "insufficient_funds"), ("succeeded", ""), ("due", "")} <= debits
    assert all(link.url.endswith(f"/{_token(link)}/") for link in PayLink.objects.all())
    assert RefundRequest.objects.get().state == "waiting"
    assert prepaid.exists()


def test_complaints_and_reviews_stand_at_every_point_of_their_way(seeded: None) -> None:
    assert sorted(Complaint.objects.values_list("state", flat=True)) == ["answered", "open", "open", "open"]
    assert Complaint.objects.filter(hold__lifted_at=None, hold__isnull=False).count() == 1
    own = Review.objects.filter(agent__username="agent", state="written")
    assert [review.is_contested() for review in own.order_by("pk")] == [True, False]
    assert Review.objects.waiting().exists()


def test_the_portfolio_has_months_to_look_at(seeded: None) -> None:
    found = figures(Asked(DAY))["CNY"]

    assert found.rolled
    assert found.rolled.on == date(2026, 3, 1)
    assert len(found.cohorts) > 6
    assert [month.on for month in found.months if month.entry is not None][-1] == date(2026, 4, 1)
    assert people(DAY)


def test_plans_show_every_way_of_being_approved(seeded: None) -> None:
    events = set(PlanEvent.objects.values_list("event", flat=True))

    assert {"requested", "seconded", "escalated", "approved", "in_effect"} <= events
    assert Decision.objects.filter(checker__username="supervisor", acting_for__username="he.ping").exists()
    waits = PlanRequest.objects.get(decisions__acting_for=None, decisions__checker__username="he.ping")
    assert (waits.state, waits.given_up > 500_000) == ("review", True)
    assert StandIn.objects.get().person.username == "supervisor"


def _token(link: PayLink) -> str:
    """Of the page on which the demo's provider takes the money."""
    return LoopbackOrder.objects.get(code=link.code).token


def test_a_quarter_of_the_loans_have_a_reminder_due_on_the_day_after(seeded: None) -> None:
    answer = json.loads(run("run_dunning", "--date", "2026-03-31", "--json"))

    covered = ReminderLine.objects.filter(reminder__local_day="2026-03-31").values("loan").distinct().count()
    assert covered >= LOANS / 4
    assert answer["planned"] >= LOANS / 4


def test_a_book_that_is_not_empty_is_left_alone(seeded: None) -> None:
    with pytest.raises(SystemExit) as refused:
        call_command("seed_demo", loans=LOANS, seed=3, stderr=StringIO())

    assert refused.value.code == 2
