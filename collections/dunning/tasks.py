"""The doorbell of the outbox: tasks carry nothing, so a lost or doubled one changes nothing."""

import logging
from datetime import datetime
from typing import Any

from celery import shared_task

from audit.clock import machine_now, now
from dunning.claiming import BATCH
from dunning.models import Reminder
from dunning.sending import send_for

log = logging.getLogger(__name__)

TURN_SECONDS = 20
"""A turn and its last batch together stay below the soft time limit of a task."""
BELLS_MAX = 4
BELL_EXPIRES_SECONDS = 30


@shared_task(name="dunning.send_due", ignore_result=True)
def send_due(**_: Any) -> dict[str, int]:
    """Send what is due for one turn; what is left is found by the next."""
    return send_for(TURN_SECONDS, now)._asdict()


def pulse(at: datetime) -> None:
    """Ring once for each batch that is due or was left behind, up to a few: more workers finish sooner."""
    machine_at = machine_now()
    most = BATCH * (BELLS_MAX - 1) + 1
    due = len(Reminder.objects.due(at, machine_at).values_list("pk")[:most])
    left = Reminder.objects.abandoned(machine_at).exists()
    for _bell in range(max(-(-due // BATCH), int(left))):
        if not ring():
            return


def ring() -> bool:
    """Say "look now" to a worker; False when no broker hears it: then the next pulse, or a sweep, finds the rows."""
    try:
        send_due.apply_async(expires=BELL_EXPIRES_SECONDS)
    except send_due.OperationalError:
        log.info("no broker: the messages wait for the next pulse")
        return False
    return True
