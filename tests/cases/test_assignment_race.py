"""Many at once: nobody owns a case twice, and nobody carries more than they can."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connections

from behind import NOW, TODAY, close_day, make_loan, make_person
from cases.assignment import CapacityError, assign
from cases.models import Assignment, Case
from cases.moves import StaleError
from cases.pulling import claim, next_case
from reachable import make_borrower
from staff.models import Role, Team, User

WORKERS = 16
ROUNDS = 50
POOL = 120

Answer = TypeVar("Answer")
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: Callable[[int], Answer]) -> list[Answer]:
    start = Barrier(WORKERS)

    def run(number: int) -> Answer:
        start.wait(timeout=30)
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


def make_pool(cases: int) -> list[Case]:
    for number in range(cases):
        make_loan(make_borrower(f"B{number}", phone=None), days=10)
    close_day(TODAY)
    return list(Case.objects.order_by("pk"))


def test_of_supervisors_who_assign_the_same_case_one_wins() -> None:
    case = make_pool(1)[0]
    agents = [make_person(f"agent{number}") for number in range(WORKERS)]
    supervisors = [make_person(f"chief{number}", Role.SUPERVISOR) for number in range(WORKERS)]

    def work(number: int) -> str:
        mine = Case.objects.get(pk=case.pk)
        try:
            assign([mine], to=agents[number], by=supervisors[number], at=NOW, on=TODAY, seen={case.pk: 0})
        except StaleError:
            return "stale"
        return "won"

    answers = at_once(work)

    assert sorted(answers) == ["stale"] * (WORKERS - 1) + ["won"]
    assert Assignment.objects.filter(to_at=None).count() == 1


def test_supervisors_together_never_pass_a_capacity() -> None:
    pool = make_pool(WORKERS)
    agent = make_person("li", capacity=3)
    supervisors = [make_person(f"chief{number}", Role.SUPERVISOR) for number in range(WORKERS)]

    def work(number: int) -> str:
        mine = Case.objects.get(pk=pool[number].pk)
        try:
            assign([mine], to=agent, by=supervisors[number], at=NOW, on=TODAY)
        except CapacityError:
            return "full"
        return "given"

    answers = at_once(work)

    assert answers.count("given") == 3
    assert Case.objects.filter(owner=agent).count() == 3


def make_pullers(number: int) -> list[User]:
    team = Team.objects.create(name="Pull", pulls=True)
    return [make_person(f"agent{at}", team=team, capacity=POOL) for at in range(number)]


def test_of_sixteen_who_claim_one_case_one_wins_in_each_of_fifty_rounds() -> None:
    rounds = make_pool(ROUNDS)
    agents = make_pullers(WORKERS)
    meet = Barrier(WORKERS)

    def work(number: int) -> list[str]:
        answers = []
        for case in rounds:
            meet.wait(timeout=60)
            mine = Case.objects.get(pk=case.pk)
            meet.wait(timeout=60)
            try:
                claim(mine, by=agents[number], at=NOW, on=TODAY)
            except StaleError:
                answers.append("stale")
            else:
                answers.append("won")
        return answers

    answers = at_once(work)

    for each in zip(*answers, strict=True):
        assert sorted(each) == ["stale"] * (WORKERS - 1) + ["won"]
    assert Assignment.objects.filter(to_at=None).count() == ROUNDS
    assert Assignment.objects.count() == ROUNDS


def test_sixteen_who_drain_the_pool_take_each_case_once_and_skip_none() -> None:
    pool = make_pool(POOL)
    Case.objects.update(next_at=None)
    agents = make_pullers(WORKERS)

    def work(number: int) -> list[int]:
        taken = []
        while case := next_case(by=agents[number], at=NOW, on=TODAY):
            taken.append(case.pk)
        return taken

    taken = [pk for mine in at_once(work) for pk in mine]

    assert sorted(taken) == [case.pk for case in pool]
    assert not Case.objects.filter(owner=None).exists()
