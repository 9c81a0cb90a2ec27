"""Real workers and a real broker, killed with kill -9 in the middle of their work: no reminder is lost, none is sent twice.

Small in every run; with TESTS_AT_SIZE=1 as many messages and kills as `tests/support/sizes.py` lets through.
"""

import random
from functools import partial

import pytest

from dunning.gateways import LANES
from outbox_processes import CHILDREN, Broker, Nursery, Outbox, Size, Verdict, broker_of, kill, killed_sweeps
from running_console import is_alive, until
from sizes import sized

pytestmark = [pytest.mark.processes, pytest.mark.django_db]
SEED = 20_260_310
KILLS = sized(5, 200)
MESSAGES = sized(1_000, 100_000)


def has_ended(pid: int) -> bool:
    return not is_alive(pid)


@pytest.mark.parametrize("outbox", [Size("idempotent", 0.002, MESSAGES)], indirect=True, ids=["idempotent"])
def test_killing_worker_and_broker_loses_none_and_sends_none_twice(outbox: Outbox) -> None:
    dice = random.Random(SEED)
    with broker_of(outbox) as running:
        outbox.start_tool("pulse")
        for turn in range(KILLS):
            process = outbox.worker()
            outbox.wait_for_more(dice.randint(50, max(MESSAGES // KILLS // 2, 51)))
            kill(process)
            if turn % 2:
                running[0].kill()
                running[0] = Broker(outbox)
            outbox.age()
        outbox.worker()
        until(lambda: outbox.states() == {"sent": outbox.reminders}, sized(90, 900))

    assert outbox.verdict() == Verdict(lost=0, doubled=0)
    assert outbox.arrived() - outbox.reminders <= KILLS * CHILDREN


@pytest.mark.parametrize("outbox", [Size("idempotent", 0.03, sized(400, 4_000))], indirect=True, ids=["slow"])
def test_a_killed_sweep_harms_no_file_and_repeats_no_more_than_two_parts_under_the_same_key(outbox: Outbox) -> None:
    kills = sized(3, 50)

    killed_sweeps(outbox, kills, seed=SEED)

    assert outbox.states() == {"sent": outbox.reminders}
    assert outbox.verdict() == Verdict(lost=0, doubled=0)
    assert outbox.arrived() - outbox.reminders <= kills * 2 * LANES
    if outbox.database.startswith("sqlite"):
        assert outbox.ask("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("outbox", [Size("plain", 0.002, sized(300, 100_000))], indirect=True, ids=["plain"])
def test_a_plain_gateway_never_gets_a_message_twice_and_doubts_are_left_to_people(outbox: Outbox) -> None:
    killed_sweeps(outbox, KILLS, seed=SEED)

    states = outbox.states()
    assert max(outbox.hits().values()) == 1
    assert states.keys() <= {"sent", "unknown"}
    assert states["sent"] + states.get("unknown", 0) == outbox.reminders
    assert states.get("unknown", 0) <= KILLS
    assert outbox.verdict().doubled == 0


@pytest.mark.parametrize("outbox", [Size("idempotent", 0.0, 60)], indirect=True, ids=["quick"])
def test_dying_at_each_named_point_loses_nothing(outbox: Outbox) -> None:
    nursery = Nursery(outbox)
    for point in ("claim.after_commit", "send.before_call:3", "send.after_call:3", "finish.before_commit"):
        child = nursery.sweep(f"dunning.{point}")
        until(partial(has_ended, child))
        assert not outbox.is_done()
        outbox.age()

    nursery.sweep()

    until(lambda: outbox.states() == {"sent": outbox.reminders}, 30)
    assert outbox.verdict() == Verdict(lost=0, doubled=0)


@pytest.mark.parametrize("outbox", [Size("idempotent", 0.03, 400)], indirect=True, ids=["slow"])
@pytest.mark.parametrize("bug", ["early_acknowledgement", "no_key"])
def test_with_the_bug_put_in_the_same_campaign_fails(outbox: Outbox, bug: str) -> None:
    killed_sweeps(outbox, 3, seed=SEED, bug=bug)

    verdict = outbox.verdict()
    assert verdict.lost if bug == "early_acknowledgement" else verdict.doubled
