"""Many at once: each request is decided once, takes effect once, and a loan gets one open request."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from audit.verify import verify as verify_audit
from behind import TODAY, close_day, make_loan, make_person
from lending.models import Loan, ScheduleVersion
from lending.verify import verify
from planned import accept, amend, ask, rule, shown_for
from reachable import make_borrower
from restructuring.accepting import AcceptanceRefusedError
from restructuring.asking import PlanRefusedError
from restructuring.deciding import MakerIsCheckerError
from restructuring.models import Decision, PlanEvent, PlanRequest
from restructuring.states import MoveError, StaleError
from sizes import sized
from staff.models import Role

WORKERS = 8
REQUESTS = 20
AMENDED = sized(5, 200)
State = PlanRequest.State

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: Callable[[int], str]) -> list[str]:
    start = Barrier(WORKERS)

    def run(number: int) -> str:
        start.wait(timeout=60)
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


def make_loans(count: int) -> list[Loan]:
    loans = [make_loan(make_borrower(f"B{number}", phone=None), days=10) for number in range(count)]
    close_day(TODAY)
    return loans


def test_of_eight_who_decide_each_of_twenty_requests_one_does() -> None:
    """Six checkers of mixed mind, and the maker twice, who became a manager meanwhile."""
    maker = make_person("maker", Role.SUPERVISOR)
    checkers = [make_person(f"chief{number}", Role.MANAGER) for number in range(6)] + [maker, maker]
    verdicts = ["approve", "reject", "approve", "send_back", "approve", "reject", "approve", "reject"]
    plans = [accept(ask(loan, by=maker), by=maker) for loan in make_loans(REQUESTS)]

    def work(number: int) -> str:
        answers = []
        for plan in plans[number:] + plans[:number]:
            try:
                rule(plan, verdicts[number], by=checkers[number])
                answers.append("decided")
            except (StaleError, MoveError):
                answers.append("late")
            except MakerIsCheckerError:
                answers.append("maker")
        return " ".join(answers)

    answers = " ".join(at_once(work)).split()

    assert answers.count("decided") == REQUESTS
    assert "decided" not in answers[REQUESTS * 6 :]
    assert sorted(Decision.objects.values_list("request", flat=True)) == sorted(plan.pk for plan in plans)
    in_effect = PlanRequest.objects.filter(state=State.IN_EFFECT).count()
    assert in_effect == Decision.objects.filter(verdict="approve").count()
    assert ScheduleVersion.objects.filter(number=2).count() == in_effect
    assert ScheduleVersion.objects.filter(number__gt=2).count() == 0
    assert verify() == []
    assert verify_audit().faults == []


def test_approval_and_acceptance_at_the_same_moment_take_effect_once() -> None:
    agent, manager = make_person("agent"), make_person("boss", Role.MANAGER)
    plan = ask(make_loans(1)[0], by=agent)

    def work(number: int) -> str:
        try:
            rule(plan, "approve", by=manager) if number % 2 else accept(plan, by=agent)
        except (StaleError, MoveError, AcceptanceRefusedError):
            return "late"
        return "done"

    assert at_once(work).count("done") == 2
    plan.refresh_from_db()
    assert plan.state == State.IN_EFFECT
    assert PlanEvent.objects.filter(event="in_effect").count() == 1
    assert ScheduleVersion.objects.filter(loan=plan.loan).count() == 2


def test_of_eight_who_amend_one_plan_one_does() -> None:
    """R12: five rounds in every run, TESTS_AT_SIZE=1 two hundred. Each amends by other days, and says so."""
    maker, chief = make_person("maker", Role.SUPERVISOR), make_person("chief", Role.MANAGER)
    editors = [make_person(f"editor{number}") for number in range(WORKERS)]
    loan = make_loans(1)[0]
    shown = [shown_for(loan, 25 + number) for number in range(WORKERS)]
    plan = ask(loan, by=maker)
    key = plan.pk

    for turn in range(AMENDED):
        plan = rule(plan, "send_back", by=chief)
        seen = plan.payload_hash

        def work(number: int, seen: str = seen, turn: int = turn) -> str:
            words, mine = f"{turn} {number}", PlanRequest.objects.get(pk=key)
            try:
                amend(mine, by=editors[number], days=25 + number, seen=seen, shown=shown[number], explanation=words)
            except (StaleError, MoveError):
                return "late"
            return words

        answers = at_once(work)
        plan.refresh_from_db()
        assert sorted(answers) == sorted(["late"] * (WORKERS - 1) + [plan.explanation])
        assert plan.round == turn + 2


def test_of_eight_requests_for_one_loan_one_is_made() -> None:
    loan, agent = make_loans(1)[0], make_person("agent")
    shown = shown_for(loan, 25)

    def work(number: int) -> str:
        try:
            ask(loan, by=agent, shown=shown)
        except PlanRefusedError:
            return "refused"
        return "made"

    assert at_once(work).count("made") == 1
    assert PlanRequest.objects.count() == 1
