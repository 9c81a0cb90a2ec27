"""A connection to a gateway that is spoken to over HTTP. What left and what did not is told apart: a connection that could
not be made sent nothing; what the answer means is for the adapter to say.
"""

import logging
import select
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from django.conf import settings

from audit.failpoints import failpoint
from dunning.channels.interface import Outcome, Outgoing, Result, named

log = logging.getLogger(__name__)

ANSWER_BYTES_MAX = 64 * 1024


class Call(NamedTuple):
    """What is posted."""

    body: bytes
    headers: dict[str, str]


class Speaker(Protocol):
    """Puts a message in a gateway's words, and understands its answer."""

    def call(self, message: Outgoing) -> Call: ...

    def outcome(self, status: int, answer: bytes) -> Outcome: ...


class HttpLane:
    """One connection to the gateway, kept open between messages unless the gateway cannot recognise a repeat: a kept
    connection that the other side closes in the wrong moment would leave a message ambiguous.
    """

    def __init__(self, url: str, speaker: Speaker, *, is_kept: bool) -> None:
        self.address = urlsplit(url)
        self.path = self.address.path + (f"?{self.address.query}" if self.address.query else "")
        self.speaker, self.is_kept = speaker, is_kept
        self.connection: HTTPConnection | None = None

    def post(self, message: Outgoing) -> Outcome:
        body, headers = self.speaker.call(message)
        try:
            connection = self.ready()
        except OSError as error:
            self.close()
            return Outcome(Result.NOT_SENT, detail=named(error))
        headers = {**headers, "Connection": "keep-alive" if self.is_kept else "close"}
        failpoint("dunning.send.before_call")
        try:
            connection.request("POST", self.path or "/", body, headers)
            response = connection.getresponse()
            answer = response.read(ANSWER_BYTES_MAX)
        except (OSError, HTTPException, ValueError) as error:
            self.close()
            return Outcome(Result.AMBIGUOUS, detail=named(error))
        failpoint("dunning.send.after_call")
        if not self.is_kept or not response.isclosed():
            self.close()
        return self.speaker.outcome(response.status, answer)

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


def _has_news(connection: HTTPConnection) -> bool:
    """An idle connection that can be read has been closed by the other side, or says what nobody asked."""
    return bool(select.select([connection.sock], [], [], 0)[0])
