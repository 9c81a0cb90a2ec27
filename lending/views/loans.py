"""The list of loans, its file, and the page of one loan."""

from django.db import transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.record import record
from lending import listing
from lending.edge import StaffRequest, day_of
from lending.forms import AsOfForm
from lending.loan_parts import parts_of
from lending.loan_view import view_of
from lending.models import Loan
from lending.pages import links_of
from lending.recovery import recovered_by_currency
from lending.views.files import as_file
from lending.views.finding import find_loan
from lending.words import day_count_words, frequency_words, method_words
from staff.access import audience
from staff.matrix import may


@audience("lending.read")
def loans(request: StaffRequest) -> HttpResponse:
    """The loans that this person sees, filtered and in pages."""
    asked = request.GET.dict()
    found = listing.found(Loan.objects.visible_to(request.user), asked, day_of(request))
    page = listing.one_page(found, asked)
    context = {
        "page": page,
        "rows": listing.rows_of(page.rows, day_of(request)),
        "count": len(found.order_by().values_list("pk", flat=True)[: listing.COUNT_MAX + 1]),
        "count_max": listing.COUNT_MAX,
        "recovered": recovered_by_currency(found.order_by(), day_of(request)) if _is_of_losses(asked) else [],
        "chip_groups": listing.chips(asked, day_of(request)),
        "clear_url": reverse("loans") if any(asked.get(name) for name in listing.FILTERS) else "",
        "sort": asked.get("sort", "number"),
        "q": asked.get("q", ""),
        "files": {kind: f"{reverse(f'loans_{kind}')}?{request.GET.urlencode()}" for kind in ("csv", "xlsx")},
    }
    return TemplateResponse(request, "lending/loans.html", context)


def _is_of_losses(asked: dict[str, str]) -> bool:
    """Whether only loans that were written off are asked for: then the page sums what came of them."""
    return asked.get("status") == Loan.Status.WRITTEN_OFF or asked.get("recovered") == "true"


@audience("lending.export")
def loans_file(request: StaffRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """Exactly what is filtered, as a file; who took it is on record."""
    asked = {name: request.GET.get(name, "") for name in listing.FILTERS}
    found = listing.found(Loan.objects.visible_to(request.user), asked, day_of(request))
    count = len(found.order_by().values_list("pk", flat=True)[: listing.EXPORT_ROWS_MAX + 1])
    if count > listing.EXPORT_ROWS_MAX:
        words = _("More than %(most)s loans match. Narrow the filters; nothing was exported.")
        return HttpResponse(words % {"most": f"{listing.EXPORT_ROWS_MAX:,}"}, status=413, content_type="text/plain")
    on = day_of(request)
    filters = {name: value[:64] for name, value in asked.items() if value}
    with transaction.atomic():
        record("lending.exported", by=request.user, at=request.now, rows=count, filters=filters)
    return as_file(kind, listing.export_rows(found, on), head=listing.export_head(), name=f"loans-{on:%Y-%m-%d}")


@audience("lending.read")
def loan_page(request: StaffRequest, number: str) -> HttpResponse:
    """One loan as of any day; `?open=` names the parts that are open, and htmx is given the one that it asks for."""
    loan, today = find_loan(request, number), day_of(request)
    form = AsOfForm(request.GET.dict(), default=today) if "on" in request.GET else None
    on = form.cleaned_data["on"] if form and form.is_valid() else today
    view = view_of(loan, on)
    may_change_terms = may(request.user.role, "lending.terms")
    wanted = request.GET.get("open", "").split(",")
    parts = parts_of(view, may_change_terms=may_change_terms, opened=wanted)
    context = {
        "loan": loan,
        "form": form,
        "view": view,
        "may_change_terms": may_change_terms,
        "may_post": may(request.user.role, "lending.post"),
        "may_pause": may(request.user.role, "lending.pause"),
        "may_refund": on == today and may(request.user.role, "lending.refund"),
        "may_decide": may(request.user.role, "lending.waive_decide"),
    }
    if request.htmx:
        part = next((part for part in parts if part.is_open), None)
        if part is None:
            raise Http404
        return TemplateResponse(request, part.template, context)
    context |= {
        "parts": parts,
        "opened": {part.name for part in parts if part.is_open},
        "page_url": request.path,
        "part_url": "?open=" if on == today else f"?on={on:%Y-%m-%d}&open=",
        "asked_on": request.GET.get("on") or f"{today:%Y-%m-%d}",
        "is_today": on == today,
        "links": links_of(request, loan),
        "method": method_words(loan.method),
        "frequency": frequency_words(loan.frequency),
        "day_count": day_count_words(loan.day_count),
    }
    return TemplateResponse(request, "lending/loan.html", context)
