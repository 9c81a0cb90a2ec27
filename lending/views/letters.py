"""What the borrower is given to read: the pay-off quote, the statement of account and the clearance."""

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from lending.edge import StaffRequest, day_of
from lending.facts import facts_of
from lending.forms import PayoffForm, StatementForm
from lending.letters import clearance_letter, quote_letter, statement_letter, statement_of
from lending.models import Loan
from lending.pages import name_for
from lending.payoff import quote
from lending.views.finding import find_loan
from lending.views.letter_files import as_pdf, language_for
from staff.access import audience

QUOTE_DAYS_AHEAD = 366


@audience("lending.read")
def payoff(request: StaffRequest, number: str) -> HttpResponse:
    """What settles the loan on a day, by its parts."""
    loan = find_loan(request, number)
    form = _payoff_form(request, loan)
    on = form.cleaned_data["on"] if form.is_valid() else form.first_choice
    context = {"loan": loan, "form": form, "quote": quote(facts_of([loan.pk])[loan.pk], on)}
    return TemplateResponse(request, "lending/money/payoff.html", context)


@audience("lending.read")
def payoff_letter(request: StaffRequest, number: str) -> HttpResponse:
    """The same as a letter, in the borrower's language."""
    loan = find_loan(request, number)
    form = _payoff_form(request, loan)
    on = form.cleaned_data["on"] if form.is_valid() else form.first_choice
    told = quote(facts_of([loan.pk])[loan.pk], on)
    name, language = name_for(loan.borrower, request.user), language_for(request.GET.get("language", ""), loan)
    letter = quote_letter(loan, {"quote": told}, language=language, name=name, on=day_of(request))
    if _wants_file(request):
        return as_pdf(letter, loan, kind="payoff", language=language, on=day_of(request))
    context = {"loan": loan, "letter": letter, "title": _("Pay-off quote"), "language": language}
    return TemplateResponse(request, "lending/letters/page.html", context)


@audience("lending.read")
def statement_page(request: StaffRequest, number: str) -> HttpResponse:
    """Every movement of the loan between two days, as a letter."""
    loan, on = find_loan(request, number), day_of(request)
    latest = max(on, loan.start_on)
    asked = {
        "from": request.GET.get("from") or loan.start_on,
        "to": request.GET.get("to") or latest,
        "language": request.GET.get("language", ""),
    }
    form = StatementForm(asked, loan=loan, latest=latest)
    first, last = (form.cleaned_data["from"], form.cleaned_data["to"]) if form.is_valid() else (loan.start_on, latest)
    language = language_for(request.GET.get("language", ""), loan)
    told = statement_of(loan, min(first, last), last)
    letter = statement_letter(loan, told, language=language, name=name_for(loan.borrower, request.user), on=on)
    if _wants_file(request):
        return as_pdf(letter, loan, kind="statement", language=language, on=on)
    context = {"loan": loan, "letter": letter, "form": form, "title": _("Statement of account"), "language": language}
    return TemplateResponse(request, "lending/letters/page.html", context)


@audience("lending.read")
def clearance(request: StaffRequest, number: str) -> HttpResponse:
    """That nothing is owed any more; 404 while something is."""
    loan = find_loan(request, number)
    if loan.status != Loan.Status.PAID:
        raise Http404
    language, on = language_for(request.GET.get("language", ""), loan), day_of(request)
    letter = clearance_letter(loan, language=language, name=name_for(loan.borrower, request.user), on=on)
    if _wants_file(request):
        return as_pdf(letter, loan, kind="clearance", language=language, on=on)
    context = {"loan": loan, "letter": letter, "title": _("Clearance of the loan"), "language": language}
    return TemplateResponse(request, "lending/letters/page.html", context)


def _wants_file(request: StaffRequest) -> bool:
    return request.GET.get("format") == "pdf"


def _payoff_form(request: StaffRequest, loan: Loan) -> PayoffForm:
    today = max(day_of(request), loan.start_on)
    last = today + timedelta(days=QUOTE_DAYS_AHEAD)
    return PayoffForm({"on": request.GET.get("on") or today}, first=loan.start_on, last=last, first_choice=today)
