"""Sends what is due: claim, commit the attempts, call the gateway outside any transaction, write what came of it.

No more messages are under way at once than the gateway's pace calls for: a worker that dies leaves only those in doubt.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Min, Q

from audit.clock import machine_now
from audit.failpoints import failpoint
from dunning import allowances, asking, circuits
from dunning.channels.configuration import GatewaySettings
from dunning.channels.interface import Outgoing
from dunning.channels.registry import configured
from dunning.circuits import Passage
from dunning.claiming import (
    BATCH,
    LEASE,
    ClaimLostError,
    begin,
    cancel_passed,
    claim,
    end_unserved,
    put_back,
    reap,
)
from dunning.finishing import Try, finish
from dunning.gateways import CUT_SECONDS, LANES, Gateway, Pace
from dunning.models import Attempt, Reminder, ReminderQuerySet
from lending.models import ContactPoint

State = Reminder.State
Clock = Callable[[], datetime]
PART_ROWS = {Pace.ONE_BY_ONE: 1, Pace.WHOLE_BATCHES: BATCH, Pace.LANES: LANES}
SWEEP_WAIT_SECONDS_MAX = 16
"""A sweep waits this long for a row's next try; what waits longer is left for later."""
SWEEP_WAIT_SECONDS_MIN = 0.05


class Tally(NamedTuple):
    """How many messages ended how: `sent` also counts those that a receipt had told of before, `refused` those no longer
    wanted; `waiting` are left for later.
    """

    sent: int = 0
    refused: int = 0
    failed: int = 0
    unknown: int = 0
    waiting: int = 0


def tally_of(ended: Counter[str], waiting: int = 0) -> Tally:
    return Tally(
        sent=ended[State.SENT] + ended[State.DELIVERED],
        refused=ended[State.REFUSED] + ended[State.CANCELLED],
        failed=ended[State.FAILED],
        unknown=ended[State.UNKNOWN],
        waiting=waiting,
    )


def sweep(clock: Clock, pause: Callable[[float], None] = time.sleep) -> Tally:
    """Send all that is due, tries that come up soon included, until only live leases of others are left."""
    ended = asking.ask_due(at=clock(), machine_at=machine_now())
    with ExitStack() as stack:
        gateways = [stack.enter_context(Gateway(each)) for each in configured()]
        while True:
            ended += tidy(clock())
            looked_at = 0
            for gateway in gateways:
                seen, result = send_all(gateway, clock)
                looked_at, ended = looked_at + seen, ended + result
            if looked_at:
                continue
            wait = _seconds_to_next_try(clock())
            if wait is None or wait > SWEEP_WAIT_SECONDS_MAX:
                break
            pause(max(wait, SWEEP_WAIT_SECONDS_MIN))
    return tally_of(ended, _waiting(clock()).count())


def send_for(seconds: float, clock: Clock) -> Tally:
    """Send until nothing is due or the time is up: one turn of a worker. Each gateway has its share of the time, so that a slow
    one does not starve the others; what one leaves of its share is for the next.
    """
    ended, until = tidy(clock()), time.monotonic() + seconds
    gateways = configured()
    for place, settings_of_it in enumerate(gateways):
        share = (until - time.monotonic()) / (len(gateways) - place)
        with Gateway(settings_of_it) as gateway:
            ended += send_all(gateway, clock, time.monotonic() + share)[1]
    return tally_of(ended)


def tidy(at: datetime) -> Counter[str]:
    """Take back what the dead left, and end what is too late or has no gateway."""
    gateways = configured()
    ended = reap(at=at, machine_at=machine_now(), folding={each.name for each in gateways if not each.is_plain})
    ended += Counter({State.CANCELLED: cancel_passed(at=at)})
    return ended + Counter({State.FAILED: end_unserved(at=at, gateways=gateways)})


def send_all(gateway: Gateway, clock: Clock, stop_at: float = math.inf) -> tuple[int, Counter[str]]:
    """Claim, send and finish part by part, until a claim finds nothing or the time is up (on the monotonic clock): how many
    rows were looked at, and how many ended, by state.

    At the pace of lanes the gateway never waits for the database: the part before is written down and the part after begun
    while its lanes are busy. At any other pace a part is written down before the next begins.
    """
    supply, ended, tries = _Supply(gateway, clock, stop_at), Counter[str](), list[Try]()
    running: Future[list[Try]] | None = None
    while (part := supply.next_part(may_wait=not (running or tries))) or running or tries:
        with transaction.atomic():
            ended += finish(tries, at=clock(), machine_at=machine_now(), is_plain=gateway.is_plain)
            begun = begin(part, at=clock())
        tries = running.result() if running else []
        running = None
        if supply.call and begun and gateway.pace is Pace.LANES:
            running = gateway.conductor.submit(supply.call.post, begun)
        elif supply.call and begun:
            if tries:
                with transaction.atomic():
                    ended += finish(tries, at=clock(), machine_at=machine_now(), is_plain=gateway.is_plain)
                supply.heed(tries)
            tries = supply.call.post(begun)
        supply.heed(tries)
    return supply.looked_at, ended + supply.ended


class _Supply:
    """Parts of claims, one after the other; a new claim is made when the last one is used up, as far as the gateway's circuit and
    its allowance let it.
    """

    def __init__(self, gateway: Gateway, clock: Clock, stop_at: float) -> None:
        self.gateway, self.clock, self.stop_at = gateway, clock, stop_at
        self.rows: list[Reminder] = []
        self.call: _Call | None = None
        self.looked_at, self.ended = 0, Counter[str]()
        self.passage = Passage.FREE
        self.is_over = False

    def next_part(self, *, may_wait: bool) -> list[Reminder]:
        """The next rows to send; none when nothing is due any more or the time is up, and for the moment when the next one has
        to wait for its second and there is something to write down meanwhile.
        """
        while True:
            while not self.rows and not self.is_over:
                self._claim()
            if not (self.rows and self.call):
                return []
            if not self.call.has_time():
                self._put_back()
                continue
            size = PART_ROWS[self.gateway.pace]
            permitted = allowances.permit(self.rows[:size], self.gateway.settings, machine_now())
            self.rows = permitted.later + self.rows[size:]
            if permitted.now or not may_wait:
                return permitted.now
            time.sleep(min(permitted.wait_seconds, max(self.call.begin_until - time.monotonic(), 0.0)))

    def heed(self, tries: Iterable[Try]) -> None:
        """Let the circuit know what came of these; when it is open then, what is still claimed is put back."""
        outcomes = [one.outcome for one in tries]
        if not outcomes or (self.passage is Passage.FREE and not any(outcome.is_fault for outcome in outcomes)):
            return
        is_probe = self.passage is Passage.PROBE
        if circuits.note(self.gateway.settings, outcomes, machine_now(), is_probe=is_probe):
            self._put_back()
            self.is_over = True
        else:
            self.passage = Passage.WATCHED

    def _put_back(self) -> None:
        put_back(self.rows)
        self.rows = []

    def _claim(self) -> None:
        settings_of_it = self.gateway.settings
        machine_at, started = machine_now(), time.monotonic()
        if started >= self.stop_at:
            self.is_over = True
            return
        self.passage = circuits.passage(settings_of_it, machine_at)
        if self.passage is Passage.SHUT:
            self.is_over = True
            return
        limit = 1 if self.passage is Passage.PROBE else BATCH
        try:
            claimed = claim(gateway=settings_of_it, at=self.clock(), machine_at=machine_at, limit=limit)
        except ClaimLostError:
            return
        failpoint("dunning.claim.after_commit")
        points = ContactPoint.objects.in_bulk([row.point_id for row in claimed.rows if row.point_id])
        self.rows, self.call = claimed.rows, _Call(self.gateway, points, started)
        self.looked_at += claimed.looked_at
        self.ended += claimed.ended
        self.is_over = not claimed.looked_at
        if self.passage is Passage.PROBE and not claimed.rows:
            circuits.end_probe(settings_of_it)


class _Call(NamedTuple):
    """The way out for the rows of one claim, while its lease lasts (moments of the monotonic clock)."""

    gateway: Gateway
    points: dict[int, ContactPoint]
    claimed_at: float

    @property
    def cut_at(self) -> float:
        return self.claimed_at + LEASE.total_seconds() - CUT_SECONDS

    @property
    def begin_until(self) -> float:
        return self.cut_at - sum(settings.OUTSIDE_TIMEOUTS)

    def has_time(self) -> bool:
        return time.monotonic() < self.begin_until

    def post(self, begun: Sequence[tuple[Reminder, Attempt]]) -> list[Try]:
        """Call the gateway, outside any transaction."""
        outgoing = [
            _outgoing(row, self.points[row.point_id], self.gateway.settings) for row, _ in begun if row.point_id
        ]
        assert len(outgoing) == len(begun), "a row goes out with its number"
        outcomes = self.gateway.send(outgoing, begin_until=self.begin_until, cut_at=self.cut_at)
        return [Try(row, attempt, outcome) for (row, attempt), outcome in zip(begun, outcomes, strict=True)]


def _outgoing(row: Reminder, point: ContactPoint, gateway: GatewaySettings) -> Outgoing:
    """A row as its gateway gets it."""
    assert row.text is not None, "a row goes out with its text"
    sender, signature = gateway.sender_of(row.funder.code), row.funder.signature_in(row.language)
    return Outgoing(row.message_id, point.typed, row.channel, row.text, sender, signature)


def _waiting(at: datetime) -> ReminderQuerySet:
    return Reminder.objects.filter(state=State.DUE, due_at__lte=at)


def _seconds_to_next_try(at: datetime) -> float | None:
    """Until the first row that waits for its next try, or for its gateway, may be tried; None when none waits."""
    found = [seconds for gateway in configured() if (seconds := _seconds_for(gateway, at)) is not None]
    return min(found, default=None)


def _seconds_for(gateway: GatewaySettings, at: datetime) -> float | None:
    waiting, machine_at = _waiting(at).served_by(gateway), machine_now()
    shut = circuits.seconds_shut(gateway, machine_at)
    if waiting.filter(Q(retry_at=None) | Q(retry_at__lte=machine_at)).exists():
        return shut
    next_at = waiting.aggregate(first=Min("retry_at"))["first"]
    return max((next_at - machine_now()).total_seconds(), shut, 0.0) + 0.01 if next_at else None
