"""Planners and senders at once: each reminder is decided once and sent once."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, connections

from dunning.models import Reminder, ReminderLine
from dunning.planning import plan
from dunning.sending import Tally, sweep
from lending.models import ClosedDay
from outbox_book import DAY, MORNING, close, lend, people
from stub_gateway import Stub

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = 120


@pytest.fixture(autouse=True)
def a_book() -> None:
    close()
    lend(people(NUMBER), DAY - timedelta(days=1))
    assert ClosedDay.objects.exists()
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("threads share nothing in a database in memory")


def at_once(work: Callable[[], object], workers: int) -> list[object]:
    """Let so many threads do it at the same moment, and gather what each found."""
    barrier, found = threading.Barrier(workers), list[object]()

    def run() -> None:
        try:
            barrier.wait(10)
            found.append(work())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_of_several_planners_each_reminder_is_written_and_counted_once() -> None:
    found = at_once(lambda: plan(DAY, MORNING).planned, 3)

    assert len(found) == 3
    assert sum(int(str(number)) for number in found) == NUMBER
    assert Reminder.objects.count() == ReminderLine.objects.count() == NUMBER


def test_of_several_senders_each_message_is_sent_and_counted_once(gateway: Stub) -> None:
    plan(DAY, MORNING)

    found = at_once(lambda: sweep(lambda: MORNING), 3)

    sent = sum(tally.sent for tally in found if isinstance(tally, Tally))
    assert sent == NUMBER
    assert gateway.hits.total() == len(gateway.hits) == NUMBER
