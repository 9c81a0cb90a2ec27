"""The case list: every open case that somebody sees, filtered, in order and in pages; as a file; views kept under a name."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.record import record
from cases import exporting, listing
from cases.caseloads import EVERYBODY
from cases.columns import Drawing, case_rows, columns_of
from cases.edge import StaffRequest, day_of
from cases.finding import SEARCHES, digest_of
from cases.list_forms import ListForm, SaveForm
from cases.list_page import ALL, chip_groups, heads, kept_query, query_of
from cases.listing import Asked
from cases.models import Case
from cases.saving import TooManyViewsError, drop_view, save_view, views_of
from cases.views.common import UNPROCESSABLE
from cases.worklist import one_currency
from lending.views.files import as_file
from staff.access import audience
from staff.matrix import may
from staff.once import once


@audience("cases.read", post="cases.read")
def case_list(request: StaffRequest) -> HttpResponse:
    """Searched by POST, so that no name stands in an address or a log: what is found stands there in its place."""
    if request.method == "POST":
        return redirect(_searched(request))
    views = views_of(request.user)
    if not request.GET and (opening := next((view for view in views if view.is_default), None)):
        return redirect(f"{request.path}?{opening.query}")
    asked, on = Asked.of(request.GET.dict()).looked_up(), day_of(request)
    chosen = request.GET.getlist("columns")[:20]
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = listing.page_of(asked, request.user, on, after=after, before=before)
    columns, currency = columns_of(chosen, request.user), one_currency(line.currency for line in page.lines)
    may_assign, query = may(request.user.role, "cases.assign"), query_of(asked, chosen)
    pick = _("Select %(name)s") if may_assign else ""
    context = {
        "page": page,
        "rows": case_rows(page.lines, columns, Drawing(request.user, on, currency), pick),
        "heads": heads(columns, asked, chosen, currency),
        "shown": len(page.lines),
        "total": _total(asked, request, page),
        "most": listing.COUNT_MAX,
        "chip_groups": chip_groups(asked, chosen, request.user, on),
        "clear_url": f"?{ALL}=1" if asked.filters else "",
        "query": query,
        "views": views,
        "may_assign": may_assign,
        "may_report": may(request.user.role, "cases.reports"),
        "may_export": may(request.user.role, "cases.export"),
        "everybody": EVERYBODY,
    }
    return TemplateResponse(request, "cases/case_list.html", context)


def _total(asked: Asked, request: StaffRequest, page: listing.Page) -> int | None:
    """How many match, counted on the first page alone, and only where the page does not show it."""
    if page.previous is not None:
        return None
    return len(page.lines) if page.next is None else listing.count_of(asked, request.user)


def _searched(request: StaffRequest) -> str:
    """The list of what was typed: of a borrower by reference or loan number, else of whoever has that name."""
    text = request.POST.get("q", "")[:100].strip().replace("\x00", "")
    if not text:
        return f"{request.path}?{ALL}=1"
    seen = Case.objects.visible_to(request.user).open()
    ref = seen.filter(Q(borrower__ref=text) | Q(borrower__loans__number=text)).values_list("borrower__ref", flat=True)
    known = ref.order_by("pk").first()
    found = {"borrower": known} if known else {"name": digest_of(text)}
    return request.path + query_of(Asked.of(found), request.POST.getlist("columns"))


@audience("cases.export")
def case_list_file(request: StaffRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """Exactly what is filtered, in its order; who took it is on record."""
    asked, on = Asked.of(request.GET.dict()).looked_up(), day_of(request)
    count = listing.count_of(asked, request.user, listing.EXPORT_ROWS_MAX)
    if count > listing.EXPORT_ROWS_MAX:
        words = _("More than %(most)s cases match. Narrow the filters; nothing was exported.")
        return HttpResponse(words % {"most": f"{listing.EXPORT_ROWS_MAX:,}"}, status=413, content_type="text/plain")
    filters = {name: value for name, value in asked.filters if name not in SEARCHES}
    with transaction.atomic():
        searched = len(filters) < len(asked.filters)
        record("cases.exported", by=request.user, at=request.now, rows=count, filters=filters, searched=searched)
    return as_file(kind, exporting.rows(asked, request.user, on), head=exporting.HEAD, name=f"cases-{on:%Y-%m-%d}")


@audience("cases.read")
def case_list_filters(request: StaffRequest) -> HttpResponse:
    """The drawer of all filters, order and columns."""
    asked, chosen = Asked.of(request.GET.dict()), request.GET.getlist("columns")[:20]
    shown = [column.name for column in columns_of(chosen, request.user)]
    form = ListForm(initial={**dict(asked.filters), "sort": asked.sort, "columns": shown}, user=request.user)
    searched = [(name, value) for name, value in asked.filters if name not in form.fields]
    saving = SaveForm(initial={"query": kept_query(asked, chosen)})
    return _draw(request, form, saving, searched)


@audience(post="cases.read")
@once
def case_view_save(request: StaffRequest) -> HttpResponse:
    """Keep the list as it stands under a name."""
    saving = SaveForm(request.POST)
    if saving.is_valid():
        given = saving.cleaned_data
        kept = QueryDict(given["query"])
        query = kept_query(Asked.of(kept.dict()), kept.getlist("columns")[:20])
        try:
            save_view(name=given["name"], query=query, opens_by_itself=given["opens_by_itself"], by=request.user)
        except TooManyViewsError as refused:
            saving.add_error("name", str(refused))
        else:
            messages.success(request, _("The view “%(name)s” is kept.") % {"name": given["name"]})
            return redirect(f"{reverse('case_list')}?{query}")
    return _draw(request, ListForm(user=request.user), saving, [], UNPROCESSABLE)


@audience(post="cases.read")
@once
def case_view_drop(request: StaffRequest, pk: int) -> HttpResponse:
    if drop_view(pk=pk, by=request.user):
        messages.success(request, _("The view is dropped; the cases are as they were."))
    return redirect(f"{reverse('case_list')}?{ALL}=1")


def _draw(
    request: StaffRequest, form: ListForm, saving: SaveForm, searched: list[tuple[str, str]], status: int = 200
) -> HttpResponse:
    context = {"form": form, "saving": saving, "searched": searched, "views": views_of(request.user)}
    return TemplateResponse(request, "cases/case_list_filters.html", context, status=status)
