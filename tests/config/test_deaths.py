"""Death at every failpoint: a tape is taken in, days are closed, reminders planned and sent, by processes that die on the
way; run again, they reach what an undisturbed console reaches, and nothing is lost or doubled.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from audit.failpoints import EXIT_STATUS, POINTS
from running_console import ROOT, fresh_database

pytestmark = pytest.mark.processes

LOANS = 60
START, CLOSED, NEXT = "2026-03-10", "2026-07-10", "2026-07-11"
STEPS: list[tuple[list[str], list[str]]] = [
    (["import_loans", "{tape}", "--format", "native"], ["lending.import.before_commit", "audit.recorded"]),
    (["import_payments", "{payments}"], []),
    (["roll_day", "--date", CLOSED], ["lending.loans_settled", "nightly.step.done"]),
    (["run_dunning", "--date", NEXT], ["lending.block_rolled", "dunning.plan.before_commit"]),
    (
        ["sweep", "--once", "--at", f"{NEXT}T12:00+08:00"],
        [
            *("dunning.claim.after_commit", "dunning.send.before_call"),
            *("dunning.send.after_call", "dunning.finish.before_commit"),
        ],
    ),
]
"""What is run, in this order, and where it is made to die before it may run through."""
DIED_AT_IN_ANY_ORDER = {"lending.debit.before_call", "lending.debit.after_call"}
"""Those of direct debits, which no command sends: `tests/lending/ways/test_any_order.py` dies there."""
EXPIRE_LEASES = """
from datetime import timedelta
from audit.clock import machine_now
from dunning.models import Reminder
Reminder.objects.exclude(lease_until=None).update(lease_until=machine_now() - timedelta(seconds=1))
"""


class Gateway(ThreadingHTTPServer):
    """Accepts every message and counts how often it was handed each key."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.keys: Counter[str] = Counter()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Answer(BaseHTTPRequestHandler):
    server: Gateway
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Idempotency-Key"]
        self.server.keys[key] += 1
        body = json.dumps({"status": "accepted", "id": key}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class House:
    """A console without processes of its own: commands on one database, one folder, one gateway."""

    def __init__(self, folder: Path, database: str, gateway: Gateway) -> None:
        self.gateway = gateway
        self.files = {"tape": str(folder / "tape.csv"), "payments": str(folder / "payments.csv")}
        Path(self.files["tape"]).write_text(tape())
        Path(self.files["payments"]).write_text(payments())
        self.environment = {
            "PATH": os.environ["PATH"],
            "VAR_DIR": str(folder),
            "DATABASE_URL": database,
            "PROVIDER_URL": gateway.url,
            "CLOCK": f"{NEXT}T12:00+08:00",
        }
        self.run("migrate", "-v0")

    def call(self, *words: str, failpoint: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *(word.format(**self.files) for word in words)]
        environment = self.environment | {"FAILPOINT": failpoint}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    def run(self, *words: str) -> str:
        outcome = self.call(*words)
        assert outcome.returncode == 0, f"{words}: {outcome.stdout}{outcome.stderr}"
        return outcome.stdout

    def die(self, *words: str, at: str) -> None:
        outcome = self.call(*words, failpoint=at)
        assert outcome.returncode == EXIT_STATUS, f"{words} never came to {at}: {outcome.stdout}{outcome.stderr}"

    def state(self) -> str:
        return self.run("export_state", "--json")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def tape() -> str:
    columns = (
        "number,funder,product,borrower_ref,borrower_name,phone,language,time_zone,currency,principal,annual_rate,"
        "periods,method,frequency,start_on,first_due_on,day_count"
    )
    rows = [
        f"L{n:03},BANK,CASH,B{n:03},张{n:03},138{n:08},zh-hans,Asia/Shanghai,CNY,12000.00,24,12,"
        f"equal_installment,monthly,{START},,month/12"
        for n in range(LOANS)
    ]
    return "\n".join([columns, *rows]) + "\n"


def payments() -> str:
    """Everyone pays the first three instalments and stops: the fourth, of 10 July, is one day late on the 11th."""
    rows = [f"P{n:03}-{month},L{n:03},2026-{month:02}-09,1134.72,CNY" for n in range(LOANS) for month in (4, 5, 6)]
    return "\n".join(["reference,loan_number,value_on,amount,currency", *rows]) + "\n"


def test_every_failpoint_is_died_at() -> None:
    assert {point for _, points in STEPS for point in points} | DIED_AT_IN_ANY_ORDER == set(POINTS)


def test_death_at_every_failpoint_loses_nothing_and_doubles_nothing(tmp_path: Path, gateway: Gateway) -> None:
    with fresh_database(folder(tmp_path, "calm")) as calm_url, fresh_database(folder(tmp_path, "deadly")) as deadly_url:
        calm = House(tmp_path / "calm", calm_url, gateway)
        for words, _ in STEPS:
            calm.run(*words)
        sent_calmly = len(gateway.keys)
        gateway.keys.clear()
        deadly = House(tmp_path / "deadly", deadly_url, gateway)

        for words, points in STEPS:
            for point in points:
                deadly.die(*words, at=point)
                deadly.run("shell", "-v0", "-c", EXPIRE_LEASES)
            deadly.run(*words)

        assert sent_calmly == len(gateway.keys) == LOANS
        assert deadly.state() == calm.state()
        assert json.loads(deadly.run(*STEPS[-1][0], "--json")) == {"sent": 0, "refused": 0, "failed": 0, "unknown": 0}
        deadly.run("sweep", "--once")
        assert len(gateway.keys) == LOANS
        for proof in ("verify_ledger", "verify_audit"):
            deadly.run(proof)


def folder(parent: Path, name: str) -> Path:
    (parent / name).mkdir()
    return parent / name
