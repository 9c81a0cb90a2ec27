"""Files on a case: taken in from a drawer, handed out as downloads and never shown inside a page."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from cases.attachments import BYTES_MAX, Kept, LostError, attach, keep, open_file
from cases.edge import StaffRequest
from cases.file_kinds import CONTENT_TYPES, FileKind, FileRefusedError
from cases.forms import AttachForm
from cases.models import Attachment, Case
from cases.views.common import answer_form, find_case
from staff.access import audience
from staff.once import once
from staff.uploads import is_too_large, takes_files


@audience("cases.read")
def download(request: StaffRequest, pk: int, file_pk: int) -> HttpResponse:
    """The file as it was kept. Browsers are told to store it and to guess nothing about it."""
    case = find_case(request, pk)
    found = get_object_or_404(Attachment.objects.filter(case__borrower=case.borrower_id), pk=file_pk)
    try:
        content = open_file(found, by=request.user, at=request.now)
    except LostError:
        raise Http404(_("The file is no longer what was kept.")) from None
    answer = HttpResponse(content, content_type=CONTENT_TYPES[FileKind(found.kind)])
    answer.headers["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@audience("cases.work", post="cases.work")
@takes_files(BYTES_MAX)
def attach_file(request: StaffRequest, pk: int) -> HttpResponse:
    case = find_case(request, pk)
    form = AttachForm(request.POST or None, request.FILES or None, is_too_large=is_too_large(request))
    kept = _keep(request, form) if request.method == "POST" and form.is_valid() else None
    return _answer(request, case, form, kept)


def _keep(request: StaffRequest, form: AttachForm) -> Kept | None:
    """Look at the file and store it before the form's transaction begins, so that nobody waits for it."""
    try:
        return keep(form.cleaned_data["file"], at=request.now)
    except FileRefusedError as refused:
        form.add_error("file", str(refused))
        return None


@once
def _answer(request: StaffRequest, case: Case, form: AttachForm, kept: Kept | None) -> HttpResponse:
    return answer_form(
        request,
        case,
        form,
        lambda cleaned: attach(case, kept, by=request.user, at=request.now, note=cleaned["note"]) if kept else None,
        done=_("The file is kept."),
        title=_("Attach a file"),
        lead=_(
            "Evidence for a plan, a hold or a complaint. Attach what is needed and no more; every download is recorded."
        ),
        submit=_("Attach"),
        takes_files=True,
    )
