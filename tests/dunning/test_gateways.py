"""What left and what did not is told apart."""

import json
import socket
import time
from collections.abc import Iterator

import pytest

from dunning.channels.configuration import house_gateway
from dunning.channels.http import HttpLane
from dunning.channels.interface import Outgoing
from dunning.gateways import NOT_BEGUN, Gateway
from dunning.models import Attempt
from dunning.texts import MessageText
from lending.personal import PhoneNumber
from stub_gateway import Answer, Stub, running

Result = Attempt.Result


@pytest.fixture
def stub() -> Iterator[Stub]:
    with running(Stub()) as stub:
        yield stub


def message(key: str = "k1") -> Outgoing:
    return Outgoing(key, PhoneNumber("19900000001"), "sms", MessageText("你好"))


def sent(url: str, *messages: Outgoing, kind: str = "idempotent", seconds: float = 5) -> list[Result]:
    with Gateway(house_gateway(url, kind)) as gateway:
        until = time.monotonic() + seconds
        return [one.result for one in gateway.send(messages, begin_until=until, cut_at=until)]


def test_a_plain_accepted_is_accepted(stub: Stub) -> None:
    assert sent(stub.url, message()) == [Result.ACCEPTED]
    assert json.loads(next(iter(stub.bodies["k1"])))["text"] == "你好"


@pytest.mark.parametrize(
    "answer",
    [(500, {}), (400, {"status": "accepted"}), (302, {}), (200, {}), (200, {"status": "queued"}), (0, {})],
    ids=["server error", "client error", "redirect", "no status", "other status", "no answer"],
)
def test_anything_else_after_sending_is_ambiguous(stub: Stub, answer: Answer) -> None:
    stub.answer = lambda key: answer

    assert sent(stub.url, message()) == [Result.AMBIGUOUS]


def test_a_refused_connection_sent_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"

        assert sent(url, message()) == [Result.NOT_SENT]


def test_a_name_that_nobody_knows_sent_nothing() -> None:
    assert sent("http://gateway.invalid/", message()) == [Result.NOT_SENT]


def test_a_gateway_that_never_answers_is_cut_before_the_lease_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        started = time.monotonic()

        assert sent(f"http://127.0.0.1:{deaf.getsockname()[1]}/", message(), seconds=0.5) == [Result.AMBIGUOUS]
        assert time.monotonic() - started < 3


def test_no_call_begins_when_no_time_is_left(stub: Stub) -> None:
    with Gateway(house_gateway(stub.url, "idempotent")) as gateway:
        outcomes = gateway.send([message()], begin_until=time.monotonic() - 1, cut_at=time.monotonic() + 1)

    assert outcomes == [NOT_BEGUN]
    assert not stub.hits


@pytest.mark.parametrize("kind", ["idempotent", "plain"])
def test_each_of_many_goes_out_once(stub: Stub, kind: str) -> None:
    messages = [message(f"k{number}") for number in range(200)]

    assert sent(stub.url, *messages, kind=kind) == [Result.ACCEPTED] * 200
    assert set(stub.hits.values()) == {1}


def test_a_connection_closed_while_idle_is_made_anew(stub: Stub) -> None:
    with Gateway(house_gateway(stub.url, "idempotent")) as gateway:
        until = time.monotonic() + 5
        gateway.send([message()], begin_until=until, cut_at=until)
        lane = gateway.lanes[0]
        assert isinstance(lane, HttpLane)
        connection = lane.connection
        assert connection
        connection.sock.shutdown(socket.SHUT_RDWR)

        (outcome,) = gateway.send([message("k2")], begin_until=until, cut_at=until)

    assert outcome.result == Result.ACCEPTED


def test_number_and_text_are_masked_where_they_are_printed() -> None:
    assert "199••••0001" in repr(message())
    assert "你好" not in repr(message())
