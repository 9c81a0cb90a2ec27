"""Long work in slices. A slice is claimed by compare-and-set with a lease; a dead worker's job is taken up by the next.

A handler works until its deadline, keeps where it stands in `job.cursor`, and sets `job.state` when it is through. It must
be safe to repeat from the last kept cursor.
"""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import transaction

from audit.clock import now
from audit.record import record
from staff.models import Job, User
from staff.models.jobs import NEXT_ATTEMPT

log = logging.getLogger(__name__)

Handler = Callable[[Job, float], None]
"""`handler(job, until)`: work until `time.monotonic()` passes `until`."""

SLICE_SECONDS = 20
LEASE = timedelta(seconds=90)
"""Longer than a slice and its last chunk together, so a live holder is never robbed."""

_handlers: dict[str, Handler] = {}
_reports: dict[str, str] = {}
PLAIN_REPORT = "staff/_report.html"


def register(kind: str, handler: Handler, *, report: str = PLAIN_REPORT) -> None:
    """Name who works jobs of a kind, and the template that shows the report of one."""
    _handlers[kind] = handler
    _reports[kind] = report


def report_template(job: Job) -> str:
    return _reports.get(job.kind, PLAIN_REPORT)


def start(kind: str, title: str, parameters: Mapping[str, object], *, by: User | None, at: datetime) -> Job:
    """Put a job in line; the doorbell rings after the commit and the pulse finds it anyway."""
    with transaction.atomic():
        job = Job.objects.create(kind=kind, title=title, parameters=dict(parameters), started_by=by, created_at=at)
        record("staff.job_started", by=by, at=at, subject=job, kind=kind, title=title)
        transaction.on_commit(ring, robust=True)
    return job


def ring() -> None:
    """Say "look now" to a worker; nothing is lost when no broker hears it."""
    from staff.tasks import work_jobs

    try:
        work_jobs.apply_async(expires=60)
    except work_jobs.OperationalError:
        log.info("no broker: the job waits for the next pulse")


def claim(at: datetime) -> Job | None:
    """Take one free job, or None; of two workers one wins."""
    for job in Job.objects.free_at(at).order_by("pk")[:10]:
        won = (
            Job.objects.free_at(at)
            .filter(pk=job.pk, attempt=job.attempt)
            .update(
                state=Job.State.RUNNING,
                lease_until=at + LEASE,
                attempt=NEXT_ATTEMPT,
                started_at=job.started_at or at,
            )
        )
        if won:
            job.refresh_from_db()
            return job
    return None


def work(*, seconds: float = SLICE_SECONDS) -> int:
    """Work on free jobs until none is left or the time is used; returns how many slices were worked."""
    until = time.monotonic() + seconds
    slices = 0
    while time.monotonic() < until and (job := claim(now())):
        slices += 1
        work_slice(job, until)
    return slices


def work_slice(job: Job, until: float) -> None:
    """One slice of one job; a failing handler ends the job with what it said, never with a traceback on a page."""
    handler = _handlers.get(job.kind)
    try:
        if handler is None:
            raise LookupError(f"nobody handles jobs of kind '{job.kind}'")
        handler(job, until)
    except Exception as error:
        log.exception("job %s failed", job.pk)
        finish(job, Job.State.FAILED, message=f"{type(error).__name__}: {error}")
        return
    if job.is_finished:
        finish(job, Job.State(job.state), message=job.message)
    else:
        keep(job, release=True)


def keep(job: Job, *, release: bool = False) -> None:
    """Keep where the job stands; a holder whose lease was taken over by another loses."""
    kept = Job.objects.filter(pk=job.pk, attempt=job.attempt).update(
        cursor=job.cursor,
        done=job.done,
        total=job.total,
        report=job.report,
        lease_until=None if release else now() + LEASE,
    )
    if not kept:
        raise RuntimeError(f"job {job.pk} was taken over by another worker")


def finish(job: Job, state: Job.State, *, message: str = "") -> None:
    at = now()
    with transaction.atomic():
        ended = Job.objects.filter(pk=job.pk, attempt=job.attempt, finished_at=None).update(
            state=state,
            cursor=job.cursor,
            done=job.done,
            total=job.total,
            report=job.report,
            message=message,
            finished_at=at,
            lease_until=None,
        )
        if ended:
            record("staff.job_ended", by=None, at=at, subject=job, kind=job.kind, state=str(state))


def pulse(at: datetime) -> None:
    """Ring for jobs that nobody holds."""
    if Job.objects.free_at(at).exists():
        ring()
