"""The doorbell of the outbox: tasks carry nothing, so a lost or doubled one changes nothing."""

import logging
from datetime import datetime
from typing import Any

from celery import shared_task
from django.conf import settings

from audit.clock import machine_now, now
from dunning import asking, loopback
from dunning.claiming import BATCH
from dunning.models import LoopbackMessage, Reminder
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


@shared_task(name="dunning.ask_gateways", ignore_result=True)
def ask_gateways(**_: Any) -> dict[str, int]:
    """Look up messages in doubt at the gateways that can be asked."""
    return dict(asking.ask_due(at=now(), machine_at=machine_now()))


@shared_task(name="dunning.loopback_receipts", ignore_result=True)
def loopback_receipts(**_: Any) -> int:
    """Send the receipts that the demonstration's own gateway owes."""
    return loopback.send_receipts()


def pulse(at: datetime) -> None:
    """Ring once for each batch that is due or was left behind, up to a few: more workers finish sooner."""
    machine_at = machine_now()
    most = BATCH * (BELLS_MAX - 1) + 1
    due = len(Reminder.objects.due(at, machine_at).values_list("pk")[:most])
    left = Reminder.objects.abandoned(machine_at).exists()
    for _bell in range(max(-(-due // BATCH), int(left))):
        if not ring():
            return
    if asking.askable() and asking.due(at=at, machine_at=machine_at).exists():
        _ring(ask_gateways)
    if settings.DEMO and LoopbackMessage.objects.filter(is_receipt_owed=True).exists():
        _ring(loopback_receipts)


def ring() -> bool:
    """Say "look now" to a worker; False when no broker hears it: then the next pulse, or a sweep, finds the rows."""
    return _ring(send_due)


def _ring(task: Any) -> bool:
    try:
        task.apply_async(expires=BELL_EXPIRES_SECONDS)
    except task.OperationalError:
        log.info("no broker: the messages wait for the next pulse")
        return False
    return True
