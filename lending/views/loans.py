"""The list of loans, its file, and the page of one loan."""

from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.record import record
from lending import listing
from lending.creditor_view import owed_to
from lending.edge import StaffRequest, day_of
from lending.forms import AsOfForm
from lending.loan_view import view_of
from lending.models import Loan, WaiverRequest
from lending.pages import links_of
from lending.recovery import recovered_by_currency
from lending.views.files import as_file
from lending.views.finding import find_loan
from lending.words import frequency_words, method_words
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


@audience("lending.read")
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
    """One loan as of any day."""
    loan = find_loan(request, number)
    prefetch_related_objects([loan], Prefetch("waiver_requests", WaiverRequest.objects.select_related("maker")))
    today = day_of(request)
    form = AsOfForm({"on": request.GET.get("on") or today}, default=today)
    on = form.cleaned_data["on"] if form.is_valid() else today
    context = {
        "loan": loan,
        "form": form,
        "view": view_of(loan, on),
        "owed_to": owed_to(loan, on),
        "may_change_terms": may(request.user.role, "lending.terms"),
        "is_today": on == today,
        "links": links_of(request, loan),
        "may_post": may(request.user.role, "lending.post"),
        "may_pause": may(request.user.role, "lending.pause"),
        "may_refund": on == today and may(request.user.role, "lending.refund"),
        "may_decide": may(request.user.role, "lending.waive_decide"),
        "method": method_words(loan.method),
        "frequency": frequency_words(loan.frequency),
    }
    return TemplateResponse(request, "lending/loan.html", context)
