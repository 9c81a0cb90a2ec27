"""Run programs as children, prefix their lines, start them again when they die, and leave nothing behind.

Invariants: each child leads a session of its own, so Ctrl-C in a terminal reaches the supervisor alone and a whole child
tree can be ended through its group; each child dies with the supervisor (`config.lifeline`); one thread does everything,
because the kernel ties that lifeline to the thread that forked.
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from config.lifeline import end_with_parent

PAUSE_SECONDS_MIN = 0.5
PAUSE_SECONDS_MAX = 10.0
SETTLED_AFTER_SECONDS = 30.0
"""A child that lived this long starts again after the shortest pause."""
GRACE_SECONDS = 8.0
"""How long a child may take to stop before its whole group is killed."""
TICK_SECONDS = 0.2


@dataclass(frozen=True)
class Program:
    """What to run, and in which wave it is stopped: the highest first."""

    name: str
    command: Sequence[str]
    wave: int = 1


@dataclass
class Child:
    """A program and the process that runs it now, if any."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    pause: float = PAUSE_SECONDS_MIN
    partial_line: bytes = b""


@dataclass
class Supervisor:
    """Runs programs until SIGINT or SIGTERM; `write` takes one finished line."""

    programs: Sequence[Program]
    environment: Mapping[str, str]
    directory: Path
    write: Callable[[str], None]
    children: list[Child] = field(init=False)
    stopping: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.children = [Child(program) for program in self.programs]
        self.selector = selectors.DefaultSelector()
        self.width = max(len(program.name) for program in self.programs)

    def run(self, *, is_ready: Callable[[], bool], announcement: str) -> None:
        """Start everything, print the announcement once `is_ready`, and return when everything has stopped."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        announced = False
        try:
            while not self.stopping:
                self._start_due()
                self._forward(TICK_SECONDS)
                self._bury()
                if not announced and is_ready():
                    announced = True
                    self.write(announcement)
        finally:
            self._stop_all()

    def _ask_to_stop(self, *_: object) -> None:
        self.stopping += 1

    def _start_due(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is None and child.due <= now:
                child.process = subprocess.Popen(  # noqa: S603 — commands are ours, from config.programs
                    child.program.command,
                    cwd=self.directory,
                    env=dict(self.environment),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=partial(end_with_parent, os.getpid()),  # noqa: PLW1509 — one thread, and no lock is taken
                )
                child.started = now
                pipe = _output(child.process)
                os.set_blocking(pipe.fileno(), False)
                self.selector.register(pipe, selectors.EVENT_READ, child)

    def _forward(self, seconds: float) -> None:
        """Print what the children have said, waiting at most so long for the first word."""
        if not self.selector.get_map():
            time.sleep(min(seconds, TICK_SECONDS))
            return
        for key, _ in self.selector.select(seconds):
            child: Child = key.data
            said = os.read(key.fd, 65_536)
            if not said:
                self.selector.unregister(key.fileobj)
            *lines, child.partial_line = (child.partial_line + said).split(b"\n")
            for line in lines:
                self._say(child, line.decode(errors="replace"))

    def _say(self, child: Child, line: str) -> None:
        self.write(f"{child.program.name:<{self.width}} | {line}")

    def _bury(self) -> None:
        """Take note of children that have ended; they are due again after a pause that grows while they keep dying."""
        now = time.monotonic()
        for child in self.children:
            if child.process is None or child.process.poll() is None:
                continue
            status = self._let_go(child)
            settled = now - child.started >= SETTLED_AFTER_SECONDS
            child.pause = PAUSE_SECONDS_MIN if settled else min(child.pause * 2, PAUSE_SECONDS_MAX)
            child.due = now + child.pause
            if not self.stopping:
                self._say(child, f"ended ({_in_words(status)}); starts again in {child.pause:g} s")

    def _let_go(self, child: Child) -> int:
        """Close what belongs to a dead child and end whatever it started."""
        process = child.process
        if process is None:
            raise RuntimeError(f"{child.program.name} is not running")
        _signal_group(process.pid, signal.SIGKILL)
        pipe = _output(process)
        if pipe.fileno() in self.selector.get_map():
            self.selector.unregister(pipe)
        pipe.close()
        child.process, child.partial_line = None, b""
        return process.wait()

    def _stop_all(self) -> None:
        """Ask the highest wave first and go on to the next when it is gone: the broker outlives those who need it."""
        for wave in sorted({program.wave for program in self.programs}, reverse=True):
            self._stop([child for child in self.children if child.program.wave == wave])

    def _stop(self, children: list[Child]) -> None:
        asked = self.stopping
        for child in children:
            if child.process is not None:
                child.process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        while any(child.process for child in children):
            if time.monotonic() > deadline or self.stopping > asked:
                for child in children:
                    if child.process is not None:
                        _signal_group(child.process.pid, signal.SIGKILL)
            self._forward(0.05)
            self._bury_stopped(children)

    def _bury_stopped(self, children: list[Child]) -> None:
        for child in children:
            if child.process is not None and child.process.poll() is not None:
                self._let_go(child)


def _output(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdout is None:
        raise RuntimeError("the child was started without a pipe")
    return process.stdout


def _signal_group(leader: int, number: signal.Signals) -> None:
    """Signal the whole group of a child; a group that is gone already is what was wanted."""
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        return


def _in_words(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit {status}"
