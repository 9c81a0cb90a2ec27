"""What a funder received in a period: the page and its file."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from lending.edge import StaffRequest, day_of
from lending.funder_report import COMPONENTS, ReportLine, lines_of, note_report, totals_of
from lending.listing import EXPORT_ROWS_MAX
from lending.models import Funder
from lending.money import plain_amount
from lending.terms_forms import PeriodForm
from lending.views.files import as_file
from lending.workbooks import Number
from staff.access import audience

LINES_SHOWN = 100


@audience("lending.terms_read")
def funder_report(request: StaffRequest, code: str) -> HttpResponse:
    """What the funder received: the sums and the first loans; this month unless days are named."""
    funder = get_object_or_404(Funder, code=code)
    first, last, form = _period(request)
    shown: list[ReportLine] = []
    totals = totals_of(_kept(lines_of(funder, first, last), shown))
    context = {
        "funder": funder,
        "form": form,
        "first": first,
        "last": last,
        "totals": totals,
        "lines": shown,
        "is_cut": sum(total.loans for total in totals) > len(shown),
        "components": [component.label for component in COMPONENTS],
    }
    return TemplateResponse(request, "lending/creditors/report.html", context)


@audience("lending.terms_export")
def funder_report_file(request: StaffRequest, code: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    """Every loan's line as a file; who took it is on record."""
    funder = get_object_or_404(Funder, code=code)
    first, last, form = _period(request)
    if form.errors:
        return HttpResponse(form.errors.as_text(), status=400, content_type="text/plain; charset=utf-8")
    lines = list(islice(lines_of(funder, first, last), EXPORT_ROWS_MAX + 1))
    if len(lines) > EXPORT_ROWS_MAX:
        words = _("More than %(most)s loans match. Ask for fewer days; nothing was exported.")
        return HttpResponse(words % {"most": f"{EXPORT_ROWS_MAX:,}"}, status=413, content_type="text/plain")
    note_report(funder, first, last, rows=len(lines), by=request.user, at=request.now)
    head = [_("Loan"), _("Product"), _("Currency"), *(str(each.label) for each in COMPONENTS), _("Sum")]
    name = f"{funder.code}-{first:%Y-%m-%d}-{last:%Y-%m-%d}"
    return as_file(kind, _cells(lines), head=head, name=name)


def _period(request: StaffRequest) -> tuple[date, date, PeriodForm]:
    """The days asked for; what makes no sense falls back to this month and says why."""
    today = day_of(request)
    given = {"first": request.GET.get("first") or today.replace(day=1), "last": request.GET.get("last") or today}
    form = PeriodForm(given)
    if form.is_valid():
        return form.cleaned_data["first"], form.cleaned_data["last"], form
    return today.replace(day=1), today, form


def _kept(lines: Iterator[ReportLine], shown: list[ReportLine]) -> Iterator[ReportLine]:
    """Pass all lines on and keep the first ones."""
    for line in islice(lines, LINES_SHOWN):
        shown.append(line)
        yield line
    yield from lines


def _cells(lines: Iterable[ReportLine]) -> Iterator[list[str]]:
    for line in lines:
        amounts = [Number(plain_amount(amount, line.currency)) for amount in (*line.columns, line.total)]
        yield [line.number, line.product, line.currency, *amounts]
