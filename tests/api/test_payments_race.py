"""R11: a payment posted by many at once, with another body, and by a server killed on the way, is one payment.

10 keys by 20 hands in every run; TESTS_AT_SIZE=1 takes 200 by 50.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from running_console import ROOT, free_port, fresh_database, until
from sizes import sized
from tapes import loan, write

pytestmark = pytest.mark.processes

KEYS, HANDS, AT_ONCE = sized(10, 200), sized(20, 50), 16
PREPARE = """
from staff.demo import ensure_sign_ins
ensure_sign_ins()
"""
Answer = tuple[int, str]


class Server:
    """The web processes of a console on a book with one loan."""

    def __init__(self, folder: Path, database: str) -> None:
        self.port = free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "VAR_DIR": str(folder),
            "SECRET_KEY": "k" * 50,
            "DATABASE_URL": database,
        }
        self.manage("migrate", "-v0")
        self.manage("shell", "-v0", "-c", PREPARE)
        self.manage("import_loans", str(write(folder, loan(number="L-1"))), "--format", "native")
        self.start()
        self.token = json.loads(self.post("token", {"username": "manager", "password": "demo-manager"})[1])["token"]

    def manage(self, *words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"]
        command += ["--bind", f"127.0.0.1:{self.port}", "config.wsgi:application"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True)
        until(self.is_up, 60)

    def is_up(self) -> bool:
        try:
            return self._send("GET", "/healthz", "", {})[0] == 200
        except OSError:
            return False

    def kill(self) -> None:
        """As abruptly as can be: every process of it."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def post(self, place: str, body: dict[str, str], key: str = "") -> Answer:
        headers = {"Content-Type": "application/json"}
        if key:
            headers |= {"Idempotency-Key": key, "Authorization": f"Token {self.token}"}
        return self._send("POST", f"/api/v1/{place}/", json.dumps(body), headers)

    def pay(self, key: str, amount: str = "1.00") -> Answer:
        body = {"loan": "L-1", "amount": amount, "currency": "CNY", "value_on": "2026-02-15"}
        return self.post("payments", body, key)

    def _send(self, method: str, path: str, body: str, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()


@pytest.fixture
def server(tmp_path: Path, db: None) -> Iterator[Server]:
    with fresh_database(tmp_path) as database:
        running = Server(tmp_path, database)
        yield running
        running.kill()


def pay_or_fail(server: Server, key: str) -> Answer:
    try:
        return server.pay(key)
    except OSError:
        return 0, ""


def test_a_payment_posted_by_many_hands_and_through_a_death_is_one_payment(server: Server) -> None:
    keys = [f"key-{n}" for n in range(KEYS)]
    later = [f"later-{n}" for n in range(KEYS)]
    with ThreadPoolExecutor(AT_ONCE) as hands:
        answers = list(hands.map(server.pay, [key for _hand in range(HANDS) for key in keys]))
        others = list(hands.map(lambda key: server.pay(key, "2.00"), keys))
        dying = [hands.submit(pay_or_fail, server, key) for _hand in range(HANDS) for key in later]
        until(lambda: sum(each.done() for each in dying) > len(dying) // 4, 120)
        server.kill()
        cut_off = [each.result() for each in dying]
        server.start()
        retried = list(hands.map(server.pay, later))

    told = defaultdict(set)
    for (status, body), key in zip(answers, keys * HANDS, strict=True):
        assert status in {200, 201}, body
        told[key].add(body)
    assert all(len(bodies) == 1 for bodies in told.values())
    assert sum(status == 201 for status, _body in answers) == KEYS
    assert {status for status, _body in others} == {422}
    assert (0, "") in cut_off
    assert {status for status, _body in retried} <= {200, 201}
    assert payments(server) == sorted([key, 100] for key in keys + later)
    server.manage("verify_ledger")
    server.manage("verify_audit")


def payments(server: Server) -> list[list[object]]:
    """What is in the book, in minor units."""
    told = "list(Payment.objects.order_by('reference').values_list('reference', 'amount'))"
    command = f"import json; from lending.models import Payment; print(json.dumps({told}))"
    found: list[list[object]] = json.loads(server.manage("shell", "-v0", "-c", command))
    return found
