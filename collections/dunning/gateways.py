"""The way out: messages are handed to a gateway over its lanes, at the pace that suits it.

No call begins that could outlive the lease, and calls still open near its end are cut. What a call means is for the adapter to say
(`dunning.channels`).
"""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from threading import Timer
from typing import Self

from dunning.channels.configuration import GatewaySettings
from dunning.channels.interface import Lane, Outcome, Outgoing, Result
from dunning.channels.registry import adapter_of

LANES = 32
QUICK_LANES = 2
QUICK_SECONDS = 0.025
"""A gateway whose best recent answer took less gains little by lanes."""
JUDGED_ANSWERS_MIN = 8
"""Before so many answers came a gateway is taken for quick: the first bear the cost of connecting."""
INSTANT_SECONDS = 0.0015
"""A gateway whose best recent answer took less is sent a whole batch before anything is written down: all of it is in doubt
for no longer than one message of a slower one.
"""
CUT_SECONDS = 2.0
"""Before the end of a lease, calls still open are cut, so that the result can be written while the claim holds."""
NOT_BEGUN = Outcome(Result.NOT_SENT, detail="no time was left in this turn", is_begun=False)


class Pace(Enum):
    """How many messages are under way before what came of them is written down."""

    ONE_BY_ONE = "one_by_one"
    """One: where a repeat cannot be recognised, so that at most one is ever in doubt, and where lanes gain little."""
    WHOLE_BATCHES = "whole_batches"
    """All of a claim: where the gateway answers at once, so that writing down would take longer than sending."""
    LANES = "lanes"
    """One for each lane, and as many whose answers are being written down meanwhile: where answers take their time."""


class Gateway:
    """The lanes to one gateway; use as a context manager."""

    def __init__(self, settings: GatewaySettings) -> None:
        self.settings = settings
        adapter = adapter_of(settings)
        self.lanes: list[Lane] = [adapter.lane() for _ in range(LANES)]
        self.pool = ThreadPoolExecutor(LANES, thread_name_prefix="gateway")
        self.conductor = ThreadPoolExecutor(1, thread_name_prefix="gateway-parts")
        self.seconds: deque[float] = deque(maxlen=LANES)
        self.faults_in_a_row = 0

    @property
    def is_plain(self) -> bool:
        return self.settings.is_plain

    @property
    def pace(self) -> Pace:
        """How to send: by what a repeat would do, and by how fast answers came of late."""
        if self.is_plain or len(self.seconds) < JUDGED_ANSWERS_MIN:
            return Pace.ONE_BY_ONE
        best = min(self.seconds)
        if best < INSTANT_SECONDS:
            return Pace.WHOLE_BATCHES
        return Pace.ONE_BY_ONE if best < QUICK_SECONDS else Pace.LANES

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.conductor.shutdown()
        self.pool.shutdown()
        for lane in self.lanes:
            lane.close()

    def send(self, messages: Sequence[Outgoing], *, begin_until: float, cut_at: float) -> list[Outcome]:
        """Post them all; both moments are of the monotonic clock. What finds no time, or comes after as many faults in a row
        as open the circuit, is NOT_BEGUN.
        """
        if not messages:
            return []
        outcomes = [NOT_BEGUN] * len(messages)
        queue = deque(enumerate(messages))
        lanes = self.lanes[: len(messages) if self.pace is Pace.LANES else QUICK_LANES]
        timer = Timer(max(cut_at - time.monotonic(), 0), _cut, [lanes])
        timer.daemon = True
        timer.start()
        try:
            for finished in self.pool.map(lambda lane: list(self._work(lane, queue, begin_until)), lanes):
                for index, outcome, seconds in finished:
                    outcomes[index] = outcome
                    if not outcome.is_fault:
                        self.seconds.append(seconds)
        finally:
            timer.cancel()
        return outcomes

    def _work(
        self, lane: Lane, queue: deque[tuple[int, Outgoing]], begin_until: float
    ) -> Iterable[tuple[int, Outcome, float]]:
        """Post what is left, one after the other: which message, what is known of it, and how long it took."""
        while (started := time.monotonic()) < begin_until:
            try:
                index, message = queue.popleft()
            except IndexError:
                return
            outcome = lane.post(message)
            self.faults_in_a_row = self.faults_in_a_row + 1 if outcome.is_fault else 0
            if self.faults_in_a_row >= self.settings.faults:
                queue.clear()
            yield index, outcome, time.monotonic() - started


def _cut(lanes: Iterable[Lane]) -> None:
    for lane in lanes:
        lane.cut()
