"""The living style page: every component of the console with sample data, to look at and to test."""

import re
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.access import public
from staff.charts import Bar, Line

SAMPLE_ON = date(2016, 12, 8)
SAMPLE_AT = datetime(2016, 12, 8, 10, 5, tzinfo=timezone(timedelta(hours=8)))


class SampleForm(forms.Form):
    """One field of each kind."""

    amount = forms.CharField(
        label=gettext_lazy("Amount promised"),
        help_text=gettext_lazy("What the borrower says they will pay, in yuan; not more than the pay-off amount."),
        widget=forms.TextInput(attrs={"class": "money", "inputmode": "decimal"}),
    )
    promised_on = forms.DateField(label=gettext_lazy("By"), widget=forms.DateInput(attrs={"type": "date"}))
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), choices=[("call", gettext_lazy("Call")), ("sms", gettext_lazy("Message"))]
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        widget=forms.RadioSelect,
        choices=[("reached", gettext_lazy("Borrower answered")), ("none", gettext_lazy("No answer"))],
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    sure = forms.BooleanField(label=gettext_lazy("The borrower has read this back to me"), required=False)


SAMPLE_ROWS = [
    {"case": 1041, "name": "王**", "bucket": "M1", "days": 4, "owed": 128_430, "late": 42_810, "status": "good"},
    {"case": 1037, "name": "L. M***", "bucket": "M1", "days": 18, "owed": 1_056_000, "late": 88_000, "status": "wait"},
    {"case": 1022, "name": "陈**", "bucket": "M2", "days": 45, "owed": 2_309_955, "late": 402_018, "status": "info"},
    {"case": 1019, "name": "赵**", "bucket": "M3", "days": 71, "owed": 640_000, "late": 640_000, "status": "off"},
    {"case": 988, "name": "欧阳**", "bucket": "M4", "days": 104, "owed": 96_310, "late": 96_310, "status": "warn"},
    {
        "case": 954,
        "name": "R. O***",
        "bucket": "M5",
        "days": 133,
        "owed": 5_120_077,
        "late": 1_700_400,
        "status": "bad",
    },
    {"case": 921, "name": "周**", "bucket": "M6", "days": 168, "owed": 330_500, "late": 330_500, "status": "neutral"},
    {"case": 870, "name": "孙**", "bucket": "M7", "days": 412, "owed": 78_212, "late": 78_212, "status": "wait"},
]


def _bars() -> list[Bar]:
    counts = [1204, 611, 240, 118, 74, 52, 39, 87]
    return [Bar(f"M{level}", count, kind=f"m{level}", url="#bars") for level, count in enumerate(counts)]


def _lines() -> list[Line]:
    today = [12_000 - 1_000 * month for month in range(13)]
    proposed = [12_000, 12_000, 12_000, *(12_000 - 1_200 * month for month in range(1, 11))]
    return [Line(_("Today's schedule"), today), Line(_("Proposed schedule"), proposed)]


def _symbols() -> list[str]:
    sprite = Path(settings.BASE_DIR, "static", "icons.svg").read_text(encoding="utf-8")
    return [name for name in re.findall(r'<symbol id="([^"]+)"', sprite) if not name.startswith("shape-")]


@public
def style_page(request: HttpRequest) -> HttpResponse:
    """Shown only to those who build or try the console; `?drawer=1` answers what the drawer would hold."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    return _drawer(request) if "drawer" in request.GET else TemplateResponse(request, "style.html", _sample_context())


def _drawer(request: HttpRequest) -> HttpResponse:
    """A form in the drawer: empty, refused, or done and away."""
    form = SampleForm(request.GET if "amount" in request.GET else None, auto_id="drawer_%s")
    if form.is_valid():
        return redirect("style_page")
    return TemplateResponse(request, "style_drawer.html", {"form": form}, status=422 if form.is_bound else 200)


def _sample_context() -> dict[str, Any]:
    form = SampleForm({"amount": "12,x", "promised_on": "2016-12-10", "channel": "call", "outcome": "none"})
    form.add_error("amount", _("This is no amount of money. Write it as 1200 or 1200.50."))
    return {
        "form": form,
        "rows": SAMPLE_ROWS,
        "sample_on": SAMPLE_ON,
        "sample_at": SAMPLE_AT,
        "bars": _bars(),
        "lines": _lines(),
        "steps": [f"2017-{month:02d}" for month in range(1, 13)] + ["2018-01"],
        "kinds": ["neutral", "info", "good", "warn", "bad", "wait", "off"],
        "icons": _symbols(),
    }
