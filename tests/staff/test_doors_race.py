"""However many guess at once, no more than the doors allow are looked at; and the clock tells nobody who works here.

Sizes: 320 guesses at 8 names by 16 threads, and 100 sign-ins at 2 names by 50 clients of a real console. The campaign's own
size (10,000 at 200 names) is asked for with GUESSES and NAMES.
"""

import os
import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx
import pytest
from django.db import connections
from django.test import Client

from factor import PASSWORD, is_in, person, sign_in
from running_console import RunningConsole, fresh_database
from staff import doors

THREADS = 16
CLIENTS = 50
NAMES = int(os.environ.get("NAMES", "2"))
GUESSES = int(os.environ.get("GUESSES", "100"))
NAME_TRIES_MAX = 10

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_guesses_at_once_no_more_than_allowed_are_looked_at() -> None:
    names = [person(username=f"lin{n}").username for n in range(8)]
    start = Barrier(THREADS)

    def run(number: int) -> Counter[tuple[str, int]]:
        start.wait(timeout=60)
        found: Counter[tuple[str, int]] = Counter()
        for n in range(20):
            name = names[(number + n) % len(names)]
            address = f"10.0.{number}.{n}"
            answer = Client().post("/sign-in/", {"username": name, "password": "guess"}, REMOTE_ADDR=address)
            found[name, answer.status_code] += 1
        connections.close_all()
        return found

    with ThreadPoolExecutor(THREADS) as pool:
        answers = sum(pool.map(run, range(THREADS)), Counter[tuple[str, int]]())

    looked_at = [answers[name, 200] for name in names]
    assert {status for _name, status in answers} == {200, 429}
    assert looked_at == [doors.TRIES_MAX[doors.Kind.ELSEWHERE]] * len(names)


def test_people_who_know_their_password_all_come_in_at_once() -> None:
    person(username="lin")
    start = Barrier(THREADS)

    def run(number: int) -> bool:
        start.wait(timeout=60)
        try:
            return is_in(sign_in("lin"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        assert all(pool.map(run, range(THREADS)))


@pytest.mark.processes
def test_a_real_console_looks_at_no_more_than_ten_guesses_a_name(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as database:
        console = RunningConsole(tmp_path / "up", "--no-demo", DATABASE_URL=database, DEMO="0")
        try:
            console.wait_until_up()
            for n in range(NAMES):
                _add_administrator(console, f"boss{n}")
            answers = _attack(console)
            with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2")) as elsewhere:
                owner = _try(elsewhere, console, "boss0", PASSWORD)
        finally:
            console.stop()

    looked_at = [answers[f"boss{n}", 200] for n in range(NAMES)]
    assert {status for _name, status in answers} <= {200, 429}
    assert all(0 < count <= NAME_TRIES_MAX for count in looked_at)
    assert owner == 302


@pytest.mark.django_db
def test_the_time_taken_tells_nobody_who_works_here(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processor time, so that a busy machine does not blur it; what tells somebody apart does so in every round."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    monkeypatch.setattr(doors, "TRIES_MAX", dict.fromkeys(doors.Kind, 1000))
    person(username="lin")

    assert any(_difference_of_medians("lin", "nobody") <= 0.010 for _round in range(5))


def _difference_of_medians(known: str, unknown: str) -> float:
    taken: dict[str, list[float]] = {known: [], unknown: []}
    for _again in range(11):
        for name, seconds in taken.items():
            client = Client()
            before = time.process_time()
            client.post("/sign-in/", {"username": name, "password": "guess"})
            seconds.append(time.process_time() - before)
    return abs(statistics.median(taken[known]) - statistics.median(taken[unknown]))


def _add_administrator(console: RunningConsole, name: str) -> None:
    import subprocess
    import sys

    command = [sys.executable, "manage.py", "add_administrator", name]
    done = subprocess.run(
        command, env=console.environment, input=f"{PASSWORD}\n", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _attack(console: RunningConsole) -> Counter[tuple[str, int]]:
    def run(number: int) -> Counter[tuple[str, int]]:
        found: Counter[tuple[str, int]] = Counter()
        with httpx.Client(timeout=60) as client:
            for n in range(GUESSES // CLIENTS):
                name = f"boss{(number + n) % NAMES}"
                client.headers["X-Forwarded-For"] = f"203.0.{number}.{n}"
                client.headers["User-Agent"] = f"agent {number} {n}"
                found[name, _try(client, console, name, f"guess {number} {n}")] += 1
        return found

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(run, range(CLIENTS)), Counter[tuple[str, int]]())


def _try(client: httpx.Client, console: RunningConsole, name: str, password: str) -> int:
    where = f"{console.address}/sign-in/"
    client.get(where)
    given = {"username": name, "password": password, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
    return client.post(where, data=given).status_code
