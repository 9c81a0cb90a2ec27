"""The doorbell of jobs: no payload, safe to ring twice."""

from typing import Any

from celery import shared_task

from staff import jobs


@shared_task(name="staff.work_jobs", ignore_result=True)
def work_jobs(**_: Any) -> int:
    """Work on free jobs for one slice; rings again while some are left."""
    slices = jobs.work()
    from audit.clock import now

    jobs.pulse(now())
    return slices
