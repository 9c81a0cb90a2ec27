"""An import as long work: uploaded, tried, then taken in by a worker, slice by slice."""

from dataclasses import asdict
from datetime import datetime

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from audit.clock import now
from lending.imports import uploads
from lending.imports.formats import Format, format_of
from lending.imports.rows import Problem
from lending.imports.run import Import, Progress, Run
from lending.imports.source import Source, UnreadableError
from staff import jobs
from staff.models import Job, User

KIND = "lending.import"


def start(source: Source, wanted: Format, name: str, *, is_dry_run: bool, by: User, at: datetime) -> Job:
    """Put a kept upload in line; its reasons will be in the language that is active now."""
    words = _("Trial of %(file)s") if is_dry_run else _("Import of %(file)s")
    parameters = {
        "sha256": source.sha256,
        "lines": source.lines,
        "format": wanted.code,
        "file": name,
        "mapping": wanted.mapping._asdict() if wanted.mapping else None,
        "dry_run": is_dry_run,
        "language": get_language(),
    }
    return jobs.start(KIND, (words % {"file": name})[:200], parameters, by=by, at=at)


def handle(job: Job, until: float) -> None:
    """One slice: goes on where the last kept chunk ended, and ends the job when the file is through."""
    with override(job.parameters["language"]):
        progress = Progress(**job.cursor.get("progress", {}))
        if not progress.is_done:
            try:
                progress = _work(job, progress, until)
            except UnreadableError as error:
                job.state, job.message = Job.State.FAILED, str(error)
                return
    if progress.is_done:
        if not job.parameters["dry_run"]:
            uploads.drop(job.parameters["sha256"])
        job.state = Job.State.DONE


def _work(job: Job, progress: Progress, until: float) -> Progress:
    facts = job.parameters
    source = uploads.find(facts["sha256"])
    wanted = format_of(facts["format"], facts.get("mapping"))
    head = [_("line"), _("number"), _("reason"), *wanted.columns]
    bad_rows = uploads.BadRows(job.pk, head, job.cursor.get("bad_rows_length", 0))

    def listen(bad: list[Problem], _warned: list[Problem]) -> None:
        bad_rows.add(bad)

    def keep(after: Progress) -> None:
        job.cursor = {"progress": asdict(after), "bad_rows_length": bad_rows.length}
        job.done, job.total = after.rows, after.rows if after.is_done else max(source.lines - 1, after.rows)
        job.report = asdict(after)
        jobs.keep(job)

    work = Import(source, wanted, facts["file"], facts["dry_run"], job.started_by)
    return Run(work, at=now(), listen=listen, keep=keep).go_on(progress, until)


jobs.register(KIND, handle, report="lending/imports/_report.html")
