"""How many messages are under way at once follows from what a repeat would do, and from how fast answers came."""

import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from dunning.channels.configuration import house_gateway
from dunning.channels.interface import Outcome
from dunning.claiming import BATCH
from dunning.gateways import JUDGED_ANSWERS_MIN, LANES, Gateway, Pace
from dunning.models import Attempt, Reminder
from dunning.planning import plan
from dunning.sending import send_all
from outbox_book import DAY, MORNING, close, lend, people

URL = "http://gateway.invalid/"
MANY = JUDGED_ANSWERS_MIN


def pace(kind: str, *seconds: float) -> Pace:
    with Gateway(house_gateway(URL, kind)) as gateway:
        gateway.seconds.extend(seconds)
        return gateway.pace


@pytest.mark.parametrize(
    ("seconds", "found"),
    [
        ([], Pace.ONE_BY_ONE),
        ([0.05] * (MANY - 1), Pace.ONE_BY_ONE),
        ([0.05] * MANY, Pace.LANES),
        ([0.05] * LANES + [0.002], Pace.ONE_BY_ONE),
        ([0.002] * LANES, Pace.ONE_BY_ONE),
        ([0.0004] * MANY, Pace.WHOLE_BATCHES),
        ([0.0004] + [0.05] * LANES, Pace.LANES),
    ],
)
def test_the_best_of_the_last_answers_sets_the_pace(seconds: list[float], found: Pace) -> None:
    assert pace("idempotent", *seconds) is found


@pytest.mark.parametrize("seconds", [0.0001, 0.002, 5.0])
def test_a_gateway_that_knows_no_repeat_gets_one_at_a_time(seconds: float) -> None:
    assert pace("plain", *[seconds] * LANES) is Pace.ONE_BY_ONE


class Watched(Gateway):
    """Takes every message, at a pace that is given, and notes how many came together and what was unwritten then."""

    def __init__(self, given: Pace) -> None:
        super().__init__(house_gateway(URL, "idempotent"))
        self.given, self.parts, self.keys = given, list[int](), Counter[str]()

    @property
    def pace(self) -> Pace:
        return self.given

    def send(self, messages: Any, **_: Any) -> list[Outcome]:
        self.parts.append(len(messages))
        self.keys.update(message.key for message in messages)
        return [Outcome(Attempt.Result.ACCEPTED, provider_id=message.key[:8]) for message in messages]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "number", "parts"),
    [
        (Pace.ONE_BY_ONE, 3, [1, 1, 1]),
        (Pace.LANES, LANES * 2 + 3, [LANES, LANES, 3]),
        (Pace.WHOLE_BATCHES, BATCH + 2, [BATCH, 2]),
    ],
)
def test_every_message_goes_once_in_parts_of_its_pace(given: Pace, number: int, parts: list[int]) -> None:
    close()
    lend(people(number), DAY - timedelta(days=1))
    plan(DAY, MORNING)

    with Watched(given) as gateway:
        looked_at, ended = send_all(gateway, lambda: MORNING)

    assert (looked_at, ended) == (number, Counter(sent=number))
    assert gateway.parts == parts
    assert set(gateway.keys.values()) == {1}
    assert not Reminder.objects.exclude(state=Reminder.State.SENT).exists()
    assert set(Attempt.objects.values_list("result", flat=True)) == {Attempt.Result.ACCEPTED}


@pytest.mark.django_db
def test_a_turn_that_is_over_claims_nothing_more() -> None:
    close()
    lend(people(2), DAY - timedelta(days=1))
    plan(DAY, MORNING)

    with Watched(Pace.LANES) as gateway:
        assert send_all(gateway, lambda: MORNING, time.monotonic()) == (0, Counter())

    assert Reminder.objects.filter(state=Reminder.State.DUE, token=0).count() == 2
