"""Many at once: nobody owns a case twice, and nobody carries more than they can."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from behind import NOW, TODAY, close_day, make_loan, make_person
from cases.assignment import CapacityError, assign
from cases.models import Assignment, Case
from cases.moves import StaleError
from reachable import make_borrower
from staff.models import Role

WORKERS = 8

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: Callable[[int], str]) -> list[str]:
    start = Barrier(WORKERS)

    def run(number: int) -> str:
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
