"""Celery: a doorbell and a clockwork. The database is the queue, so a lost or doubled task changes nothing."""

import logging
import os
from functools import partial
from typing import Any

from celery import Celery
from celery.signals import celeryd_init, worker_process_init
from django.utils.module_loading import import_string

from config.lifeline import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

log = logging.getLogger(__name__)
app = Celery("console")
app.set_default()  # for every thread: a web server's threads ring the same broker
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

PULSES = ("staff.jobs.pulse", "staff.clearing.pulse", "lending.tasks.pulse", "dunning.tasks.pulse")
"""What each floor does every few seconds: `pulse(at=…)` finds rows that are due and claims them; running twice is harmless."""


@app.task(name="config.pulse")
def pulse(**_: Any) -> None:
    """Let every floor look for due rows. A floor that fails is logged and does not keep the others from their turn."""
    from audit.clock import now
    from staff.models import Pulse

    for path in PULSES:
        try:
            import_string(path)(at=now())
        except Exception:
            log.exception("%s failed; its rows stay due", path)
    Pulse.objects.update_or_create(name="pulse", defaults={"at": now()})


def hold_the_line(master: int, **_: Any) -> None:
    end_with_parent(master)


@celeryd_init.connect
def tie_the_pool(**_: Any) -> None:
    """A process of the pool ends with its worker, also when that is killed."""
    worker_process_init.connect(partial(hold_the_line, os.getpid()), weak=False)
