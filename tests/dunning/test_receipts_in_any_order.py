"""Receipts over HTTP, shuffled, repeated, days late and for messages that nobody knows: the end is the same, byte for byte."""

import json
import random
import threading
from collections.abc import Sequence
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection, connections
from pytest_django.live_server_helper import LiveServer

from audit.clock import machine_now
from dunning.models import Receipt, Reminder
from dunning.planning import plan
from outbox_book import DAY, MORNING, close, lend, people
from sizes import sized
from staff.webhooks import signature_of

pytestmark = pytest.mark.django_db(transaction=True)
EVENTS = sized(500, 20_000)
SHUFFLES = 5
MESSAGES = EVENTS // 4
LANES = 3
Event = dict[str, Any]


@pytest.fixture
def messages(settings: Any) -> list[Reminder]:
    """For each shuffle as many messages in the same states: sent, in doubt, failed, under way, and never tried."""
    settings.WEBHOOK_SECRETS = "acme:k:s3cret"
    close()
    lend(people(MESSAGES * SHUFFLES), DAY - timedelta(days=1))
    plan(DAY, MORNING)
    rows = list(Reminder.objects.order_by("pk"))
    states = [("sent", 1), ("sent", 1), ("unknown", 1), ("failed", 1), ("sending", 2), ("due", 0), ("refused", 1)]
    for number, row in enumerate(rows):
        row.state, row.token = states[number % MESSAGES % len(states)]
    Reminder.objects.bulk_update(rows, ["state", "token"])
    return rows


def events_for(rows: Sequence[Reminder], shuffle: int) -> list[Event]:
    """30 % repeated, a tenth days late, a twentieth for messages that nobody knows; in an order of their own."""
    made, chance = list[Event](), random.Random(17)
    for number in range(EVENTS * 7 // 10):
        key = "nobody knows" if number % 20 == 0 else rows[chance.randrange(len(rows))].message_id
        at = MORNING - timedelta(days=number % 10 // 9 * 3)
        kind = chance.choice(["delivered", "delivered", "failed", "seen"])
        made.append({"event_id": f"{shuffle}-{number}", "type": kind, "message_id": key, "at": at.isoformat()})
    made += chance.choices(made, k=EVENTS - len(made))
    random.Random(shuffle).shuffle(made)
    return made


def post_all(url: str, events: Sequence[Event]) -> list[int]:
    """Over several kept connections at once."""
    found = list[int]()

    def work(mine: Sequence[Event]) -> None:
        lane = HTTPConnection(urlsplit(url).netloc)
        for event in mine:
            body, stamp = json.dumps(event).encode(), str(int(machine_now().timestamp()))
            signed = {"X-Timestamp": stamp, "X-Signature": signature_of("s3cret", stamp, body)}
            lane.request("POST", "/webhooks/messages/acme/", body, {"Content-Type": "application/json"} | signed)
            answer = lane.getresponse()
            answer.read()
            found.append(answer.status)

    threads = [threading.Thread(target=work, args=[events[place::LANES]]) for place in range(LANES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(600)
    connections.close_all()
    return found


def outcome(rows: Sequence[Reminder]) -> list[tuple[str, str, bool]]:
    """What became of the messages, in their order."""
    found = Reminder.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
    return [(row.state, row.reason, row.lease_until is None) for row in found]


@pytest.fixture
def shared() -> None:
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("a server in a thread shares nothing with a database in memory")


@pytest.mark.usefixtures("shared")
def test_five_shuffles_end_equal_and_nothing_is_dropped(messages: list[Reminder], live_server: LiveServer) -> None:
    ends = []
    for shuffle in range(SHUFFLES):
        rows = messages[shuffle * MESSAGES : (shuffle + 1) * MESSAGES]
        events = events_for(rows, shuffle)

        answers = post_all(live_server.url, events)

        assert len(answers) == EVENTS
        assert sorted(set(answers)) == [200, 202]
        assert answers.count(202) == Receipt.objects.filter(event_id__startswith=f"{shuffle}-").count()
        assert answers.count(202) == EVENTS * 7 // 10
        ends.append(json.dumps(outcome(rows)))

    assert set(ends) == {ends[0]}
    assert {state for state, _reason, _free in json.loads(ends[0])} == {
        "delivered",
        "failed",
        "due",
        "refused",
        "sending",
        "sent",
        "unknown",
    }
