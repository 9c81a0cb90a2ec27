"""A job's page: progress, then its report."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from staff.access import audience
from staff.jobs import report_template
from staff.models import Job


@audience("staff.jobs")
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The page, or for htmx the part that moves; it asks again every second until the job has ended."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    template = "staff/_job.html" if request.htmx else "staff/job.html"  # type: ignore[attr-defined]
    rate, left = pace(job, request.now)  # type: ignore[attr-defined]
    context = {"job": job, "rate": rate, "seconds_left": left, "report_template": report_template(job)}
    return TemplateResponse(request, template, context)


def pace(job: Job, at: "object") -> tuple[int | None, int | None]:
    """Rows a second so far, and the seconds that are left at that rate."""
    from datetime import datetime

    assert isinstance(at, datetime)
    if not job.started_at or not job.done:
        return None, None
    seconds = max(((job.finished_at or at) - job.started_at).total_seconds(), 0.1)
    rate = job.done / seconds
    left = int((job.total - job.done) / rate) if job.total and not job.is_finished else None
    return round(rate), left
