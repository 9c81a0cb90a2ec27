"""The way out: messages are posted to the gateway over kept connections, at the pace that suits it.

What left and what did not is told apart: a connection that could not be made sent nothing; anything but a plain
"accepted" after that is ambiguous. No call begins that could outlive the lease, and calls still open near its end are cut.
"""

import json
import logging
import select
import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Timer
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from django.conf import settings

from audit.failpoints import failpoint
from dunning.models import Attempt
from dunning.texts import MessageText
from lending.personal import Personal

log = logging.getLogger(__name__)

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
ANSWER_BYTES_MAX = 64 * 1024
CUT_SECONDS = 2.0
"""Before the end of a lease, calls still open are cut, so that the result can be written while the claim holds."""
Result = Attempt.Result


class Outgoing(NamedTuple):
    """A message as the gateway gets it."""

    key: str
    to: Personal
    channel: str
    text: MessageText

    def body(self) -> bytes:
        content = {
            "to": self.to.unmasked(),
            "channel": self.channel,
            "text": self.text.unmasked(),
            "message_id": self.key,
        }
        return json.dumps(content, ensure_ascii=False).encode()


class Outcome(NamedTuple):
    """What is known of one call. `is_begun` is False when there was no time left to make it."""

    result: Attempt.Result
    provider_id: str = ""
    detail: str = ""
    is_begun: bool = True


NOT_BEGUN = Outcome(Result.NOT_SENT, detail="no time was left in this turn", is_begun=False)


class Pace(Enum):
    """How many messages are under way before what came of them is written down."""

    ONE_BY_ONE = "one_by_one"
    """One: where a repeat cannot be recognised, so that at most one is ever in doubt, and where lanes gain little."""
    WHOLE_BATCHES = "whole_batches"
    """All of a claim: where the gateway answers at once, so that writing down would take longer than sending."""
    LANES = "lanes"
    """One for each lane, and as many whose answers are being written down meanwhile: where answers take their time."""


class Lane:
    """One connection to the gateway, kept open between messages unless the gateway cannot recognise a repeat: a kept
    connection that the other side closes in the wrong moment would leave a message ambiguous.
    """

    def __init__(self, url: str, *, is_kept: bool) -> None:
        self.address = urlsplit(url)
        self.path = self.address.path + (f"?{self.address.query}" if self.address.query else "")
        self.is_kept = is_kept
        self.connection: HTTPConnection | None = None

    def post(self, message: Outgoing) -> Outcome:
        body = message.body()
        try:
            connection = self.ready()
        except OSError as error:
            self.close()
            return Outcome(Result.NOT_SENT, detail=_named(error))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": message.key,
            "Connection": "keep-alive" if self.is_kept else "close",
        }
        failpoint("dunning.send.before_call")
        try:
            connection.request("POST", self.path, body, headers)
            response = connection.getresponse()
            answer = response.read(ANSWER_BYTES_MAX)
        except (OSError, HTTPException, ValueError) as error:
            self.close()
            return Outcome(Result.AMBIGUOUS, detail=_named(error))
        failpoint("dunning.send.after_call")
        if not self.is_kept or not response.isclosed():
            self.close()
        return outcome_of(response, answer)

    def ready(self) -> HTTPConnection:
        """The open connection, or a new one; OSError when none can be made."""
        if self.connection and self.connection.sock and not _has_news(self.connection):
            return self.connection
        self.close()
        connect_seconds, read_seconds = settings.OUTSIDE_TIMEOUTS
        kind = HTTPSConnection if self.address.scheme == "https" else HTTPConnection
        self.connection = kind(self.address.hostname or "", self.address.port, timeout=connect_seconds)
        self.connection.connect()
        self.connection.sock.settimeout(read_seconds)
        return self.connection

    def cut(self) -> None:
        """Break off the call that is under way, from another thread."""
        connection = self.connection
        sock = connection.sock if connection else None
        if sock:
            try:
                sock.shutdown(2)
            except OSError:
                log.info("a connection to the gateway was closed before it could be cut")

    def close(self) -> None:
        if self.connection:
            self.connection.close()
            self.connection = None


class Gateway:
    """The lanes to one gateway; use as a context manager."""

    def __init__(self, url: str, *, kind: str) -> None:
        self.is_plain = kind == "plain"
        self.lanes = [Lane(url, is_kept=not self.is_plain) for _ in range(LANES)]
        self.pool = ThreadPoolExecutor(LANES, thread_name_prefix="gateway")
        self.conductor = ThreadPoolExecutor(1, thread_name_prefix="gateway-parts")
        self.seconds: deque[float] = deque(maxlen=LANES)

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
        """Post them all; both moments are of the monotonic clock. What finds no time is NOT_BEGUN."""
        if not messages:
            return []
        outcomes = [NOT_BEGUN] * len(messages)
        queue = deque(enumerate(messages))
        lanes = self.lanes[: len(messages) if self.pace is Pace.LANES else QUICK_LANES]
        timer = Timer(max(cut_at - time.monotonic(), 0), _cut, [lanes])
        timer.daemon = True
        timer.start()
        try:
            for finished in self.pool.map(lambda lane: list(_work(lane, queue, begin_until)), lanes):
                for index, outcome, seconds in finished:
                    outcomes[index] = outcome
                    self.seconds.append(seconds)
        finally:
            timer.cancel()
        return outcomes


def default_gateway() -> Gateway:
    return Gateway(settings.PROVIDER_URL, kind=settings.PROVIDER_KIND)


def _work(lane: Lane, queue: deque[tuple[int, Outgoing]], begin_until: float) -> Iterable[tuple[int, Outcome, float]]:
    """Post what is left, one after the other: which message, what is known of it, and how long it took."""
    while (started := time.monotonic()) < begin_until:
        try:
            index, message = queue.popleft()
        except IndexError:
            return
        yield index, lane.post(message), time.monotonic() - started


def _cut(lanes: Iterable[Lane]) -> None:
    for lane in lanes:
        lane.cut()


def _has_news(connection: HTTPConnection) -> bool:
    """An idle connection that can be read has been closed by the other side, or says what nobody asked."""
    return bool(select.select([connection.sock], [], [], 0)[0])


def outcome_of(response: HTTPResponse, answer: bytes) -> Outcome:
    """2xx with {"status": "accepted", "id"} is accepted; anything else may or may not have been sent."""
    ambiguous = Outcome(Result.AMBIGUOUS, detail=f"HTTP {response.status}")
    if not 200 <= response.status < 300:
        return ambiguous
    try:
        content = json.loads(answer)
    except ValueError:
        return ambiguous
    if not isinstance(content, dict) or content.get("status") != "accepted":
        return ambiguous
    return Outcome(Result.ACCEPTED, provider_id=str(content.get("id") or "")[:80])


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]
