"""The doorbell of the ways to pay: rows hold the truth, so a lost or doubled ring changes nothing."""

import logging
from datetime import datetime
from typing import Any

from celery import shared_task

from audit.clock import machine_now, now
from lending.models import Debit, LoopbackOrder, PayLink

log = logging.getLogger(__name__)
BELL_EXPIRES_SECONDS = 30


@shared_task(name="lending.ways_to_pay", ignore_result=True)
def ways_to_pay(**_: Any) -> dict[str, int]:
    """Close links that ran out, tell the provider what it does not know, send debits; play the demonstration's provider."""
    from lending import debit_sending, loopback, pay_links

    at = now()
    ended = pay_links.expire_links(at)
    told = pay_links.tell_all(at)
    sent = debit_sending.send_due(at)
    return {"ended": ended, "told": told, "debits": sent.total(), "loopback": loopback.answer_due(at)}


def pulse(at: datetime) -> None:
    """Ring if anything waits."""
    machine_at = machine_now()
    waiting = (
        PayLink.objects.past(at),
        PayLink.objects.untold(machine_at),
        Debit.objects.due(machine_at),
        Debit.objects.abandoned(machine_at),
        LoopbackOrder.objects.filter(is_told=False, answer_at__lte=at),
    )
    if any(rows.exists() for rows in waiting):
        ring()


def ring() -> bool:
    """Say "look now" to a worker; False when no broker hears it: then the next pulse finds the rows."""
    try:
        ways_to_pay.apply_async(expires=BELL_EXPIRES_SECONDS)
    except ways_to_pay.OperationalError:
        log.info("no broker: what waits to be sent waits for the next pulse")
        return False
    return True
