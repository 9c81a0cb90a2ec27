"""The manager's page of the portfolio."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lending.models import Funder
from lending.money import format_amount
from risk.portfolio import Book, Group, books, classes
from staff.access import audience
from staff.charts import Bar


@audience("risk.portfolio")
def portfolio(request: HttpRequest) -> HttpResponse:
    shown = books(request.business_date)  # type: ignore[attr-defined]
    names = {funder.code: funder.name_in(get_language() or "") for funder in Funder.objects.all()}
    context = {
        "books": [
            {
                "book": book,
                "stats": stats(book),
                "buckets": [bar(group, "bucket", book.currency, group.code) for group in book.buckets],
                "funders": [bar(group, "funder", book.currency, names[group.code]) for group in book.funders],
            }
            for book in shown
        ],
        "classes": [Bar(str(each.label), count) for each, count in classes()],
    }
    return TemplateResponse(request, "risk/portfolio.html", context)


def stats(book: Book) -> list[dict[str, str]]:
    share = f"{100 * book.loans_in_arrears / book.active_loans:.1f}%" if book.active_loans else "–"
    in_arrears = f"{book.loans_in_arrears:,}"
    return [
        {"label": _("Active loans"), "value": f"{book.active_loans:,}", "url": loans_of(status="active")},
        {
            "label": _("Loans in arrears"),
            "value": in_arrears,
            "note": _("%(share)s of active loans") % {"share": share},
            "url": loans_of(status="arrears"),
        },
        {"label": _("Past due"), "value": format_amount(book.overdue, book.currency), "note": book.currency},
        {
            "label": _("Collected today"),
            "value": format_amount(book.collected_today, book.currency),
            "note": _("by value date, business date included"),
        },
        {"label": _("Collected this month"), "value": format_amount(book.collected_this_month, book.currency)},
    ]


def bar(group: Group, by: str, currency: str, label: str) -> Bar:
    text = _("%(overdue)s · %(loans)s loans · %(borrowers)s borrowers") % {
        "overdue": format_amount(group.overdue, currency),
        "loans": f"{group.loans:,}",
        "borrowers": f"{group.borrowers:,}",
    }
    kind = group.code.lower() if by == "bucket" else ""
    return Bar(label, group.overdue, text, kind, loans_of(**{by: group.code}) if group.loans else "")


def loans_of(**chosen: str) -> str:
    """The loans behind a number."""
    return f"{reverse('loans')}?{urlencode(chosen)}"
