"""R9 as people and machines do it, through the routes: of many who claim one case one wins, and a pool drained together is drained once.

Browsers and machines are mixed, each with a session of its own. TESTS_AT_SIZE=1 takes 64 clients by 500 rounds and a pool of 5,000.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any, TypeVar

import pytest
from django.db import connections
from django.test import Client

from audit.models import Entry
from behind import NOW, TODAY, close_day, make_loan, make_person
from cases.models import Assignment, Case
from reachable import make_borrower
from sizes import sized
from staff.models import Role, Team, User
from staff.once import FIELD, new_key

CLIENTS, ROUNDS = sized(16, 64), sized(5, 500)
DRAINERS, POOL = sized(8, 32), sized(64, 5_000)
CONFLICT = 409

Answer = TypeVar("Answer")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def ten_in_the_morning(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refusals are expected by the hundred: their lines in the log would be the most of what is done."""
    monkeypatch.setattr("config.middleware.now", lambda: NOW)
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def at_once(clients: int, work: Callable[[int], Answer]) -> list[Answer]:
    start = Barrier(clients)

    def run(number: int) -> Answer:
        start.wait(timeout=60)
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(run, range(clients)))


def make_pool(cases: int) -> list[int]:
    for number in range(cases):
        make_loan(make_borrower(f"B{number}", phone=None), days=10)
    close_day(TODAY)
    Case.objects.update(next_at=None)
    return list(Case.objects.order_by("pk").values_list("pk", flat=True))


def signed_in(person: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def make_pullers(number: int, capacity: int) -> list[Client]:
    team = Team.objects.create(name="Pull", pulls=True)
    return [signed_in(make_person(f"agent{at}", team=team, capacity=capacity)) for at in range(number)]


def ask_api(client: Client) -> Any:
    return client.post("/api/v1/next-case/", headers={"Idempotency-Key": new_key()})


def ask_page(client: Client) -> Any:
    return client.post("/my-day/next/", {FIELD: new_key()})


def taken_from(answer: Any) -> int | None:
    """The case that an answer leads to; the key of nothing else is an answer."""
    if answer.status_code == 302:
        last = answer["Location"].rstrip("/").rpartition("/")[2]
        return int(last) if last.isdecimal() else None
    assert answer.status_code in {200, 201}, answer.content
    found: int | None = answer.json()["case"]
    assert (answer.status_code == 201) == (found is not None)
    return found


def test_of_many_who_ask_for_the_one_case_of_the_pool_one_gets_it_in_each_round() -> None:
    """Half of them press the button, half are machines."""
    cases, holder = make_pool(ROUNDS), make_person("holder")
    Case.objects.update(owner=holder)
    clients = make_pullers(CLIENTS, capacity=ROUNDS)
    waiting = iter(cases)

    def lay_out_the_next() -> None:
        Case.objects.exclude(owner=holder).update(owner=holder)
        Case.objects.filter(pk=next(waiting)).update(owner=None)

    meet = Barrier(CLIENTS, action=lay_out_the_next)

    def work(number: int) -> list[int | None]:
        answers = []
        for _round in cases:
            meet.wait(timeout=120)
            answers.append(taken_from((ask_page if number % 2 else ask_api)(clients[number])))
        return answers

    answers = at_once(CLIENTS, work)

    for case, *told in zip(cases, *answers, strict=True):
        assert Counter(told) == {case: 1, None: CLIENTS - 1}
    assert Assignment.objects.filter(reason="claimed").count() == ROUNDS
    assert Entry.objects.filter(action="cases.claimed").count() == ROUNDS


def test_many_who_drain_the_pool_take_each_case_once_and_skip_none() -> None:
    """The page gives first what is in hand and due, so whoever presses the button has worked what they took before."""
    cases = make_pool(POOL)
    clients = make_pullers(DRAINERS, capacity=POOL)

    def work(number: int) -> list[int]:
        taken: list[int] = []
        while found := taken_from((ask_page if number % 2 else ask_api)(clients[number])):
            taken.append(found)
            Case.objects.filter(pk=found).update(next_at=NOW + timedelta(days=1))
        return taken

    taken = [pk for mine in at_once(DRAINERS, work) for pk in mine]

    assert sorted(taken) == cases
    assert not Case.objects.filter(owner=None).exists()
    assert sorted(Assignment.objects.filter(to_at=None).values_list("case", flat=True)) == cases


def test_of_many_supervisors_who_deal_the_same_cases_one_does_and_the_others_are_told() -> None:
    """Each has proposed before anybody applies: whoever comes later decided on cases that are no longer as they were."""
    cases, team = make_pool(3), Team.objects.create(name="North")
    make_person("li", team=team, capacity=len(cases))
    chiefs = [signed_in(make_person(f"chief{at}", Role.SUPERVISOR, team=team)) for at in range(CLIENTS // 2)]
    asked = [chief.post("/api/v1/proposals/", {}, content_type="application/json").json()["id"] for chief in chiefs]

    answers = at_once(len(chiefs), lambda at: chiefs[at].post(f"/api/v1/proposals/{asked[at]}/apply/").status_code)

    assert Counter(answers) == {200: 1, CONFLICT: len(chiefs) - 1}
    assert Assignment.objects.count() == len(cases)
    assert Entry.objects.filter(action="cases.dealt").count() == 1
