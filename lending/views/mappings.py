"""A file whose columns are not ours: mapped by hand once, with a preview, then tried like any other."""

from datetime import datetime
from itertools import compress, islice
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from lending.edge import StaffRequest
from lending.imports import job as imports
from lending.imports import uploads
from lending.imports.columns import LABELS
from lending.imports.formats import FORMATS, MAPPABLE, Format
from lending.imports.mapping import guess
from lending.imports.records import header_of
from lending.imports.remembering import mapping_of, remember, remembered
from lending.imports.rows import Problem, shown
from lending.imports.source import Source, UnreadableError
from lending.mapping_form import MappingForm
from staff.access import audience
from staff.once import once

ROWS_SHOWN, ROWS_TRIED = 5, 200


@audience("lending.import", post="lending.import")
@once
def import_columns(request: StaffRequest, sha256: str) -> HttpResponse:
    """The mapping of a kept upload: as it was remembered, or guessed; sent, it is remembered and the file is tried."""
    wanted, source = _wanted(request), _source(sha256)
    if source is None:
        messages.error(request, _("The file is no longer kept. Upload it again; what was imported before stays."))
        return redirect("import_page")
    header = header_of(source)
    if request.method == "POST":
        form = MappingForm(request.POST, wanted=wanted, header=header)
        if form.is_valid():
            return _try(request, form, source, header)
    else:
        form = MappingForm(wanted=wanted, header=header, initial=_offered(wanted, header))
    context = {
        "form": form,
        "name": _name(request),
        "sha256": sha256,
        "header": header,
        **_preview(form, source, header),
    }
    return TemplateResponse(request, "lending/imports/columns.html", context, status=422 if form.errors else 200)


@audience("lending.import")
def import_preview(request: StaffRequest, sha256: str) -> HttpResponse:
    """The first rows as the form on the page maps them, and what would be wrong with them."""
    wanted, source = _wanted(request), _source(sha256)
    if source is None:
        raise Http404
    header = header_of(source)
    context = _preview(MappingForm(request.GET, wanted=wanted, header=header), source, header)
    return TemplateResponse(request, "lending/imports/_preview.html", context)


def _wanted(request: StaffRequest) -> Format:
    code = request.GET.get("format", "")
    if code not in MAPPABLE:
        raise Http404
    return FORMATS[code]


def _name(request: StaffRequest) -> str:
    return request.GET.get("file", "")[:120] or "file.csv"


def _source(sha256: str) -> Source | None:
    try:
        return uploads.find(sha256)
    except UnreadableError:
        return None


def _offered(wanted: Format, header: list[str]) -> dict[str, str]:
    for kept in remembered(wanted, header):
        return MappingForm.initial_of(mapping_of(kept), kept.lender_name)
    return MappingForm.initial_of(guess(header, wanted.mappable))


def _try(request: StaffRequest, form: MappingForm, source: Source, header: list[str]) -> HttpResponse:
    at: datetime = request.now
    wanted = form.wanted._replace(mapping=form.mapping)
    remember(wanted, lender=form.cleaned_data["lender"], header=header, by=request.user, at=at)
    job = imports.start(source, wanted, _name(request), is_dry_run=True, by=request.user, at=at)
    return redirect("job_page", job.pk)


def _preview(form: MappingForm, source: Source, header: list[str]) -> dict[str, Any]:
    if not form.is_bound:
        form = MappingForm(form.initial, wanted=form.wanted, header=header)
    form.is_valid()
    wanted = form.wanted._replace(mapping=form.mapping)
    found = list(islice(wanted.read(source), ROWS_TRIED))
    problems: list[Problem] = [each.problem for each in found if each.problem]
    given = {*form.mapping.columns, *form.mapping.always}
    told = [name in wanted.columns or name in given for name in wanted.mappable]
    return {
        "wanted": [LABELS[name] for name in compress(wanted.mappable, told)],
        "first_rows": [(each.line, tuple(compress(shown(each.record), told))) for each in found[:ROWS_SHOWN]],
        "problems": [(each.line, each.key, each.reason) for each in problems[:ROWS_SHOWN]],
        "bad": len(problems),
        "tried": len(found),
    }
