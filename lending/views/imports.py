"""Importing by hand: upload, trial, import, and the rows that were left out."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from audit.record import record
from lending.edge import StaffRequest
from lending.forms import UploadForm
from lending.imports import job as imports
from lending.imports import uploads
from lending.imports.formats import FORMATS, format_of
from lending.imports.source import Source, UnreadableError
from staff.access import audience
from staff.models import Job
from staff.once import once
from staff.uploads import is_too_large, takes_files

EARLIER_MAX = 50


@audience("lending.import", post="lending.import")
@takes_files(settings.UPLOAD_BYTES_MAX)
def import_page(request: StaffRequest) -> HttpResponse:
    """The form and the earlier imports; a file that can be read is put in line for a trial, or has its columns mapped first."""
    form = UploadForm(request.POST or None, request.FILES or None, is_too_large=is_too_large(request))
    source = _keep(form, request.now) if request.method == "POST" and form.is_valid() else None
    return _page(request, form, source)


def _keep(form: UploadForm, at: datetime) -> Source | None:
    """Keep the upload, before the form's transaction begins: nobody waits for a large one. The form says what is wrong."""
    try:
        return uploads.keep(form.cleaned_data["file"], at=at, check=FORMATS[form.cleaned_data["format"]].check_or_map)
    except UnreadableError as error:
        form.add_error("file", str(error))
        return None


@once
def _page(request: StaffRequest, form: UploadForm, source: Source | None) -> HttpResponse:
    if source:
        wanted, name = FORMATS[form.cleaned_data["format"]], form.cleaned_data["file"].name[:120]
        if wanted.needs_mapping(source):
            query = urlencode({"format": wanted.code, "file": name})
            return redirect(f"{reverse('import_columns', args=[source.sha256])}?{query}")
        job = imports.start(source, wanted, name, is_dry_run=True, by=request.user, at=request.now)
        return redirect("job_page", job.pk)
    earlier = Job.objects.visible_to(request.user).filter(kind=imports.KIND).select_related("started_by")
    context = {"form": form, "formats": FORMATS.values(), "earlier": earlier.order_by("-pk")[:EARLIER_MAX]}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "lending/imports/page.html", context, status=status)


@audience(post="lending.import")
@once
def import_start(request: StaffRequest, pk: int) -> HttpResponse:
    """Import the file of a trial."""
    trial = get_object_or_404(Job.objects.visible_to(request.user).filter(kind=imports.KIND), pk=pk)
    facts = trial.parameters
    try:
        source = uploads.find(facts["sha256"])
    except UnreadableError:
        messages.error(request, _("The file is no longer kept. Upload it again; what was imported before stays."))
        return redirect("import_page")
    job = imports.start(
        source,
        format_of(facts["format"], facts.get("mapping")),
        facts["file"],
        is_dry_run=False,
        by=request.user,
        at=request.now,
    )
    return redirect("job_page", job.pk)


@audience("lending.import")
def import_bad_rows(request: StaffRequest, pk: int) -> FileResponse:
    """The rows that were left out, with line and reason, to be mended and sent again; who took them is on record."""
    job = get_object_or_404(Job.objects.visible_to(request.user).filter(kind=imports.KIND), pk=pk)
    path = uploads.bad_rows_of(job.pk)
    if not path.exists():
        raise Http404
    with transaction.atomic():
        record("lending.bad_rows_exported", by=request.user, at=request.now, subject=job, title=job.title)
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"bad-rows-{job.pk}.csv", content_type="text/csv")
