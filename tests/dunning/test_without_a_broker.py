"""The broker is dead, or hangs: people and machines work on, a little slower at most, and what waits is sent afterwards."""

import os
import secrets
import signal
import time
from collections.abc import Iterator
from itertools import count

import httpx
import pytest

from outbox_processes import Broker, Outbox, Size, Verdict, broker_of
from running_console import free_port, until
from sizes import sized

pytestmark = [pytest.mark.processes, pytest.mark.django_db]
ROUNDS = sized(6, 400)
"""Of five requests each."""
SECONDS_MAX = 2.0
PASSWORD = secrets.token_urlsafe(16)


class House:
    """The web part of a console, and a supervisor who is signed in."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox, self.numbers = outbox, count(1)
        port = free_port()
        outbox.tool("person", "supervisor", PASSWORD)
        outbox.tool("in_doubt")
        outbox.environment["DEBUG"] = "1"  # pages without collected static files
        outbox.start(
            *("-m", "gunicorn", "--config", "python:config.gunicorn"), f"--bind=127.0.0.1:{port}", "config.wsgi"
        )
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20)
        until(self._is_up, 60)
        self.token = self.machine("/api/v1/token/", {"username": "the-supervisor", "password": PASSWORD}).json()[
            "token"
        ]
        assert self.sign_in(PASSWORD).status_code == 302
        self.doubtful = [str(pk) for (pk,) in outbox.ask("SELECT id FROM dunning_reminder WHERE state = 'unknown'")]

    def _is_up(self) -> bool:
        try:
            return self.client.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def machine(self, path: str, body: dict[str, str]) -> httpx.Response:
        return self.client.post(path, json=body, headers={"Idempotency-Key": f"k{next(self.numbers)}"} | self._signed())

    def _signed(self) -> dict[str, str]:
        return {"Authorization": f"Token {self.token}"} if hasattr(self, "token") else {}

    def person(self, path: str, body: dict[str, str]) -> httpx.Response:
        key = {"csrfmiddlewaretoken": self.client.cookies["csrftoken"], "one_time_key": secrets.token_urlsafe(18)}
        return self.client.post(path, data=body | key)

    def sign_in(self, password: str) -> httpx.Response:
        self.client.get("/sign-in/")
        return self.person("/sign-in/", {"username": "the-supervisor", "password": password})

    def mixed(self) -> Iterator[httpx.Response]:
        """A page, a sign-in that fails, money that comes in, a message sent again (which rings), and how it does."""
        yield self.client.get("/outbox/")
        yield self.machine("/api/v1/token/", {"username": "nobody", "password": "wrong"})
        paid = {"loan": "L000001", "amount": "1.00", "value_on": "2026-03-10"}
        yield self.machine("/api/v1/payments/", paid)
        path = f"/outbox/{self.doubtful.pop()}/settle/"
        yield self.person(path, {"verdict": "again", "reason": "the gateway says so"})
        yield self.client.get("/readyz")


def ask_all(house: House, broker: str) -> float:
    """The seconds of the slowest answer; each answer is what it has to be."""
    slowest, expected = 0.0, [{200}, {400, 429}, {201}, {302}, {200}]  # a guess too many is turned away
    for _round in range(ROUNDS):
        before, answers = time.monotonic(), list[httpx.Response]()
        for answer in house.mixed():
            slowest = max(slowest, time.monotonic() - before)
            answers.append(answer)
            before = time.monotonic()
        assert all(answer.status_code in good for answer, good in zip(answers, expected, strict=True)), answers
        assert answers[-1].json()["broker"] == broker
    return slowest


@pytest.mark.parametrize("outbox", [Size("idempotent", 0.0, ROUNDS * 3)], indirect=True, ids=["quick"])
def test_a_broker_that_is_away_or_hangs_stops_nobody_and_what_waited_is_sent(outbox: Outbox) -> None:
    with broker_of(outbox) as running:
        house = House(outbox)
        most = max(SECONDS_MAX, 1 + 2 * ask_all(house, "ok"))  # where the machine itself is slow, it may be slower
        os.kill(running[0].process.pid, signal.SIGSTOP)
        assert ask_all(house, "degraded") < most
        os.kill(running[0].process.pid, signal.SIGCONT)
        running[0].kill()
        assert ask_all(house, "degraded") < most
        running[0] = Broker(outbox)
        outbox.start_tool("pulse")
        outbox.worker()

        until(lambda: outbox.states() == {"sent": outbox.reminders}, 60)

    assert outbox.verdict() == Verdict(lost=0, doubled=0)
