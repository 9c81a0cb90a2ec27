"""Why borrowers are behind, as a page and as a file."""

from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

from cases.edge import StaffRequest, day_of
from cases.models import Case
from cases.why_behind import HEAD, cells, shares, table
from lending.views.files import as_file
from staff.access import audience


@audience("cases.reports")
def why_behind(request: StaffRequest) -> HttpResponseBase:
    found = shares(Case.objects.visible_to(request.user))
    kind = request.GET.get("file", "")
    if kind in {"csv", "xlsx"}:
        return as_file(kind, cells(found), head=HEAD, name=f"why-behind-{day_of(request):%Y-%m-%d}")
    return TemplateResponse(request, "cases/why_behind.html", {"table": table(found)})
