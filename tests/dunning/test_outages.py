"""What the outbox stands on dies or hangs while it works: it goes on by itself, and nothing is lost or sent twice."""

import time
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from outbox_processes import Broker, Outbox, Size, Verdict, broker_of, kill, migrate
from own_postgres import own_postgres
from running_console import until
from sizes import sized

pytestmark = [pytest.mark.processes, pytest.mark.django_db]
FLOWING_SECONDS_MAX = 30
ROUNDS = sized(1, 20)


def test_killing_the_database_the_broker_and_the_workers_needs_no_hand(tmp_path: Path) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("a file has no server: test_processes kills its writer and checks the file")
    with own_postgres() as server:
        migrate(tmp_path, server.url)
        outbox = Outbox(tmp_path, server.url)
        try:
            outbox.prepare(Size("idempotent", 0.01, sized(400, 50_000)))
            with broker_of(outbox) as running:
                outbox.start_tool("pulse")
                process = outbox.worker()
                for _round in range(ROUNDS):
                    outbox.wait_for_more(20)
                    server.crash()
                    server.start()
                    before = outbox.arrived()
                    until(partial(outbox.has_moved_since, before), FLOWING_SECONDS_MAX)
                    running[0].kill()
                    running[0] = Broker(outbox)
                    outbox.wait_for_more(20)
                    kill(process)
                    process = outbox.worker()
                    outbox.age()
                until(lambda: outbox.states() == {"sent": outbox.reminders}, sized(90, 1800))
            assert outbox.verdict() == Verdict(lost=0, doubled=0)
        finally:
            outbox.close()


@pytest.mark.parametrize("outbox", [Size("idempotent", 0.0, 40)], indirect=True, ids=["quick"])
def test_a_worker_whose_connections_are_cut_again_and_again_never_goes_deaf(outbox: Outbox) -> None:
    with broker_of(outbox) as running:
        outbox.start_tool("pulse")
        process = outbox.worker()
        until(lambda: outbox.states() == {"sent": 40}, 60)
        for turn in range(sized(6, 50)):
            running[0].reset_connections()
            time.sleep(sized(1, 6) / 3)
            if turn % 5 == 4:
                running[0].kill()
                running[0] = Broker(outbox)

        assert outbox.tool("fill", "40") == "40"

        until(lambda: outbox.states() == {"sent": 40}, 60)
        assert process.poll() is None


@pytest.mark.parametrize("outbox", [Size("plain", 0.02, sized(200, 10_000))], indirect=True, ids=["plain"])
def test_bells_that_ring_three_times_and_are_handed_out_anew_while_they_are_worked_change_nothing(
    outbox: Outbox,
) -> None:
    with broker_of(outbox):
        assert outbox.tool("ring", str(outbox.reminders * 3)) == str(outbox.reminders * 3)
        outbox.start_tool("worker", "1")

        until(outbox.is_done, sized(60, 1800))

    assert outbox.states() == {"sent": outbox.reminders}
    assert set(outbox.hits().values()) == {1}
