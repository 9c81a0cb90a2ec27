"""The manager's page of the portfolio, its file, and the loans behind a roll rate."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.record import record
from lending.edge import StaffRequest, day_of
from lending.keyset import page
from lending.models import Loan
from lending.money import format_amount
from lending.views.files import as_file
from lending.workbooks import Number
from risk import figure_words
from risk.figures import Asked, Figures, figures, people
from risk.forms import PortfolioForm
from risk.models import MonthEnd
from risk.portfolio import Book, Group, books, classes
from staff.access import audience
from staff.charts import Bar

PAGE_ROWS = 50


@audience("risk.portfolio")
def portfolio(request: StaffRequest) -> HttpResponse:
    """As of the business date or a day before it, of everything or of one funder, one product."""
    today = day_of(request)
    form = PortfolioForm(request.GET.dict(), today=today)
    asked = form.asked()
    found = figures(asked)
    is_past = asked.on < today
    borrowers = people(asked.on)
    context = {
        "form": form,
        "asked": asked,
        "is_past": is_past,
        "is_narrowed": bool(asked.narrowed),
        "books": [
            _shown(book, found.get(book.currency), asked, form.funders, is_past=is_past)
            for book in books(asked, is_past=is_past)
        ],
        "classes": [] if is_past or asked.narrowed else [Bar(str(each.label), count) for each, count in classes()],
        "definitions": figure_words.definitions(),
        "people": figure_words.people_rows(borrowers, asked.on),
        "people_definitions": figure_words.people_definitions(),
        "files": {kind: f"{reverse(f'portfolio_{kind}')}?{_query(asked)}" for kind in ("csv", "xlsx")},
    }
    return TemplateResponse(request, "risk/portfolio.html", context)


@audience("risk.export")
def portfolio_file(request: StaffRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """Every rate of the page as a row; who took it is on record."""
    asked = PortfolioForm(request.GET.dict(), today=day_of(request)).asked()
    rows = figure_words.tidy(figures(asked), people(asked.on))
    with transaction.atomic():
        told: dict[str, Any] = {"on": asked.on.isoformat(), **asked.narrowed}
        record("risk.portfolio_exported", by=request.user, at=request.now, rows=len(rows), **told)
    cells = [[*row[:5], *(Number(cell) if cell else "" for cell in row[5:])] for row in rows]
    return as_file(kind, cells, head=figure_words.TIDY_HEAD, name=f"portfolio-{asked.on:%Y-%m-%d}")


@audience("risk.portfolio")
def portfolio_loans(request: StaffRequest) -> HttpResponse:
    """The loans that went from a bucket to another in a month."""
    given = request.GET.dict()
    asked = PortfolioForm(given, today=day_of(request)).asked()
    month = _day(given.get("month", ""), asked.on)
    before, bucket, currency = (given.get(name, "").replace("\x00", "") for name in ("from", "to", "currency"))
    rows = MonthEnd.objects.filter(
        on=month,
        before=before,
        bucket=bucket,
        loan__currency=currency,
        loan__in=Loan.objects.visible_to(request.user),
        **{f"loan__{name}__code": code for name, code in asked.narrowed.items()},
    ).select_related("loan__borrower", "loan__funder", "loan__product")
    cursors = {name: given.get(name, "") for name in ("after", "before")}
    context = {
        "page": page(rows, "loan__number", descending=False, **cursors, size=PAGE_ROWS),
        "month": figure_words.month_name(month),
        "before": figure_words.bucket_name(before),
        "bucket": figure_words.bucket_name(bucket),
        "currency": currency,
    }
    return TemplateResponse(request, "risk/portfolio_loans.html", context)


def _day(text: str, default: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return default


def _query(asked: Asked) -> str:
    return urlencode({"on": asked.on.isoformat(), **asked.narrowed})


def _shown(
    book: Book, found: Figures | None, asked: Asked, funders: dict[str, str], *, is_past: bool
) -> dict[str, Any]:
    bars: dict[str, Any] = {"currency": book.currency, "asked": None if is_past else asked}
    return {
        "book": book,
        "stats": stats(book, **bars),
        "buckets": [bar(group, "bucket", group.code, **bars) for group in book.buckets],
        "funders": [bar(group, "funder", funders.get(group.code, group.code), **bars) for group in book.funders],
        "months": figure_words.month_rows(found.months, asked.on) if found else [],
        "rolled": _rolled(found, book.currency, asked),
        "vintage": _vintage(found, book.currency),
    }


def _rolled(found: Figures | None, currency: str, asked: Asked) -> dict[str, Any] | None:
    if found is None or found.rolled is None:
        return None
    return {
        "month": figure_words.month_name(found.rolled.on),
        "columns": figure_words.roll_columns(),
        "rows": figure_words.roll_rows(found.rolled, currency, asked),
        "losses": figure_words.loss_rows(found.rolled, currency),
        "loss": figure_words.loss_total(found.rolled, currency),
    }


def _vintage(found: Figures | None, currency: str) -> dict[str, Any] | None:
    if found is None or not found.cohorts:
        return None
    shown = found.cohorts[: figure_words.COHORTS_SHOWN]
    lines = figure_words.vintage_lines(shown)
    return {
        "steps": figure_words.vintage_steps(len(cohort.rates) for cohort in shown),
        "rows": figure_words.vintage_rows(shown, currency),
        "lines": lines,
        "drawn_steps": figure_words.vintage_steps(len(line.values) for line in lines),
        "highest": figure_words.vintage_highest(lines),
    }


def stats(book: Book, *, currency: str, asked: Asked | None) -> list[dict[str, str]]:
    share = f"{100 * book.loans_in_arrears / book.active_loans:.1f}%" if book.active_loans else "–"
    return [
        {
            "label": _("Active loans"),
            "value": f"{book.active_loans:,}",
            "url": loans_of(asked, status="active"),
        },
        {
            "label": _("Loans in arrears"),
            "value": f"{book.loans_in_arrears:,}",
            "note": _("%(share)s of active loans") % {"share": share},
            "url": loans_of(asked, in_arrears="true"),
        },
        {"label": _("Past due"), "value": format_amount(book.overdue, currency), "note": currency},
        {
            "label": _("Collected today") if asked else _("Collected that day"),
            "value": format_amount(book.collected_today, currency),
            "note": _("by value date, business date included"),
        },
        {
            "label": _("Collected this month") if asked else _("Collected that month"),
            "value": format_amount(book.collected_this_month, currency),
        },
    ]


def bar(group: Group, by: str, label: str, *, currency: str, asked: Asked | None) -> Bar:
    told = {"overdue": format_amount(group.overdue, currency), "loans": f"{group.loans:,}"}
    if group.borrowers is None:
        text = _("%(overdue)s · %(loans)s loans") % told
    else:
        text = _("%(overdue)s · %(loans)s loans · %(borrowers)s borrowers") % {
            **told,
            "borrowers": f"{group.borrowers:,}",
        }
    kind = group.code.lower() if by == "bucket" else ""
    return Bar(label, group.overdue, text, kind, loans_of(asked, **{by: group.code}) if group.loans else "")


def loans_of(asked: Asked | None, **chosen: str) -> str:
    """The loans behind a number of today; those of a day past are behind no list."""
    return f"{reverse('loans')}?{urlencode(asked.narrowed | chosen)}" if asked else ""
