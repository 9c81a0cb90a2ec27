"""The supervisor with real processes: `sleep` stands for a program, a shell that starts another for one with workers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from running_console import ROOT, is_alive, until

pytestmark = pytest.mark.processes

DRIVER = """
import os, sys
from pathlib import Path
from config.supervisor import Program, Supervisor
programs = [Program(*given) for given in {programs!r}]
supervisor = Supervisor(programs, os.environ, Path("/"), lambda line: print(line, flush=True))
supervisor.run(is_ready=lambda: True, announcement="READY")
print("STOPPED", flush=True)
"""
CHATTY = ["sh", "-c", "echo pid $$; exec sleep 600"]
WITH_WORKER = [
    *(sys.executable, "-c"),
    f"""
import os, sys, time
sys.path.append({str(ROOT)!r})
from config.lifeline import end_with_parent
parent = os.getpid()
if os.fork() == 0:
    end_with_parent(parent)
    print("pid", os.getpid(), flush=True)
time.sleep(600)
""",
]
DEAF = ["sh", "-c", "trap '' TERM; echo pid $$; while :; do sleep 1; done"]


class Running:
    """A supervisor in a process of its own, and what it has printed."""

    def __init__(self, programs: list[tuple[str, list[str]]], log: Path) -> None:
        self.log = log
        with log.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-c", DRIVER.format(programs=programs)], stdout=file, stderr=file, cwd=ROOT
            )

    def pids(self, name: str) -> list[int]:
        lines = self.log.read_text().splitlines()
        return [int(line.split()[-1]) for line in lines if line.startswith(name) and " | pid " in line]

    def said(self, text: str) -> bool:
        return text in self.log.read_text()


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start(**programs: list[str]) -> Running:
        started.append(Running(list(programs.items()), tmp_path / f"{len(started)}.log"))
        until(lambda: started[-1].said("READY"))
        return started[-1]

    yield start
    for running in started:
        running.process.kill()
        running.process.wait()


def test_a_killed_child_is_started_again(supervise: Callable[..., Running]) -> None:
    running = supervise(one=CHATTY)
    until(lambda: running.pids("one"))

    os.kill(running.pids("one")[0], signal.SIGKILL)

    until(lambda: len(running.pids("one")) == 2)
    assert running.said("one | ended (signal 9); starts again in")
    assert is_alive(running.pids("one")[1])


def test_a_child_that_keeps_dying_is_started_less_and_less_often(supervise: Callable[..., Running]) -> None:
    running = supervise(one=["sh", "-c", "echo pid $$; exit 3"])

    until(lambda: running.said("ended (exit 3); starts again in 4 s"))

    assert len(running.pids("one")) == 3


def test_a_killed_child_takes_its_workers_along(supervise: Callable[..., Running]) -> None:
    running = supervise(one=WITH_WORKER)
    until(lambda: running.pids("one"))
    worker = running.pids("one")[0]
    parent = int(Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[1])

    os.kill(parent, signal.SIGKILL)

    until(lambda: not is_alive(worker))


def test_a_killed_supervisor_leaves_nothing_behind(supervise: Callable[..., Running]) -> None:
    running = supervise(one=CHATTY, two=WITH_WORKER, three=DEAF)
    until(lambda: all(running.pids(name) for name in ("one", "two", "three")))
    left = [pid for name in ("one", "two", "three") for pid in running.pids(name)]

    running.process.kill()

    until(lambda: not any(map(is_alive, left)))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name)
def test_a_signal_stops_everything_in_order(supervise: Callable[..., Running], number: signal.Signals) -> None:
    running = supervise(one=CHATTY, two=WITH_WORKER)
    until(lambda: running.pids("one") and running.pids("two"))

    running.process.send_signal(number)

    assert running.process.wait(timeout=5) == 0
    assert running.said("STOPPED")
    assert not any(map(is_alive, running.pids("one") + running.pids("two")))


def test_a_second_signal_ends_children_that_do_not_listen(supervise: Callable[..., Running]) -> None:
    running = supervise(one=DEAF)
    until(lambda: running.pids("one"))

    running.process.terminate()
    time.sleep(0.5)
    running.process.terminate()

    assert running.process.wait(timeout=3) == 0
    assert not is_alive(running.pids("one")[0])
