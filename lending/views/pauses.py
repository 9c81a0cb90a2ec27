"""Pausing a loan's clock or penalty, ending a pause, and the loan day by day."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from lending.edge import StaffRequest, day_of
from lending.facts import facts_of
from lending.history import HistoryDay, history, turns
from lending.models import Pause
from lending.money import format_amount
from lending.pause_forms import HistoryForm, PauseEndForm, PauseForm
from lending.pausing import PauseError, end_pause, pause_loan
from lending.views.finding import find_loan
from staff.access import audience
from staff.charts import Line
from staff.once import once

POINTS_MAX = 60
UNPROCESSABLE = 422


@audience("lending.pause", post="lending.pause")
@once
def pause_make(request: StaffRequest, number: str) -> HttpResponse:
    """Pause the clock or the penalty of a loan for days past or to come."""
    loan, status = find_loan(request, number), 200
    form = PauseForm(request.POST or None, initial={"kind": Pause.Kind.CLOCK, "from_on": day_of(request)})
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                pause_loan(loan=loan, **form.cleaned_data, by=request.user, at=request.now)
            except PauseError as error:
                form.add_error(error.field, str(error))
            else:
                messages.success(request, _("The pause stands."))
                return redirect("loan_page", loan.number)
    return TemplateResponse(request, "lending/loan/pause.html", {"loan": loan, "form": form}, status=status)


@audience("lending.pause", post="lending.pause")
@once
def pause_end(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """End a pause before its time."""
    loan, status = find_loan(request, number), 200
    pause = get_object_or_404(Pause.objects.select_related("loan"), pk=pk, loan=loan)
    form = PauseEndForm(request.POST or None, initial={"to_on": max(pause.from_on, day_of(request))})
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                end_pause(pause, **form.cleaned_data, by=request.user, at=request.now)
            except PauseError as error:
                form.add_error(error.field, str(error))
            else:
                messages.success(request, _("The pause is ended."))
                return redirect("loan_page", loan.number)
    context = {"loan": loan, "pause": pause, "form": form}
    return TemplateResponse(request, "lending/loan/pause_end.html", context, status=status)


@audience("lending.read")
def history_page(request: StaffRequest, number: str) -> HttpResponse:
    """The loan day by day, as charts and as the days on which something changed."""
    loan = find_loan(request, number)
    form = HistoryForm(request.GET.dict(), loan=loan, on=day_of(request))
    days = history(facts_of([loan.pk])[loan.pk], *form.span)
    drawn = days[:: -(-len(days) // POINTS_MAX)]
    context = {
        "loan": loan,
        "form": form,
        "turns": list(turns(days)),
        "labels": [day.on.isoformat() for day in drawn],
        "days_lines": [Line(_("Days past due"), [day.days_past_due for day in drawn])],
        "amount_lines": _amount_lines(drawn, loan.currency),
        "highest": format_amount(max(max(day.overdue, day.penalty) for day in drawn), loan.currency),
    }
    return TemplateResponse(request, "lending/loan/history.html", context)


def _amount_lines(days: list[HistoryDay], currency: str) -> list[Line]:
    overdue, penalty = [day.overdue for day in days], [day.penalty for day in days]
    return [
        Line(_("Overdue"), overdue, [format_amount(amount, currency) for amount in overdue]),
        Line(_("Penalty"), penalty, [format_amount(amount, currency) for amount in penalty]),
    ]
