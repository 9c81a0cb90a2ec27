"""Money without a loan: the list, and the two ways out of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from lending import suspense_list, ways_view
from lending.edge import StaffRequest, day_of
from lending.forms import MatchForm, ReturnForm
from lending.models import Loan, SuspendedPayment
from lending.payment_rules import PaymentConflictError, PaymentError
from lending.suspense import NotWaitingError, match, return_to_payer, waiting_sums
from staff.access import audience
from staff.matrix import may
from staff.once import once

CONFLICT, UNPROCESSABLE = 409, 422


@audience("lending.suspense")
def suspense(request: StaffRequest) -> HttpResponse:
    """What waits, the longest waiting first, with its sums; what has left, by how it did; debits that people must settle."""
    asked = request.GET.dict()
    page = suspense_list.one_page(suspense_list.found(asked), asked)
    sums, on = waiting_sums(), day_of(request)
    context = {
        "page": page,
        "rows": [(row, (on - row.value_on).days) for row in page.rows],
        "sums": sums,
        "chips": suspense_list.chips(asked, [currency for currency, _sum in sums]),
        "state": asked.get("state", ""),
        "q": asked.get("q", ""),
        "may_post": may(request.user.role, "lending.post"),
        "debits": ways_view.for_people(request.user),
        "may_end": may(request.user.role, "lending.ask_money_end"),
    }
    return TemplateResponse(request, "lending/suspense/page.html", context)


@audience("lending.post", post="lending.post")
@once
def suspense_match(request: StaffRequest, pk: int) -> HttpResponse:
    """Find the loan, see what the money would settle there, and put it there."""
    suspended = _find(pk)
    text = request.POST.get("number") or request.GET.get("q") or suspended.loan_number
    form, status, refusal = MatchForm(request.POST or None), 200, ""
    if request.method == "POST":
        status = UNPROCESSABLE
        loan = Loan.objects.visible_to(request.user).filter(number=request.POST.get("number", "")).first()
        refusal = "" if loan else _("You see no loan of this number.")
        if loan and form.is_valid():
            try:
                note = form.cleaned_data["note"]
                match(suspended, loan=loan, note=note, on=day_of(request), at=request.now, by=request.user)
            except PaymentError as error:
                refusal = str(error)
                status = CONFLICT if isinstance(error, NotWaitingError | PaymentConflictError) else UNPROCESSABLE
            else:
                words = _("Payment %(reference)s is posted to loan %(loan)s.")
                messages.success(request, words % {"reference": suspended.reference, "loan": loan.number})
                return redirect("loan_page", loan.number)
    context = {"refusal": refusal, "form": form, **_candidates(request, suspended, text)}
    return TemplateResponse(request, "lending/suspense/match.html", context, status=status)


@audience("lending.post")
def suspense_candidates(request: StaffRequest, pk: int) -> HttpResponse:
    """The part of the form that follows what is typed: the loans that it may be."""
    context = _candidates(request, _find(pk), request.GET.get("q", ""))
    return TemplateResponse(request, "lending/suspense/_candidates.html", context)


@audience("lending.post", post="lending.post")
@once
def suspense_return(request: StaffRequest, pk: int) -> HttpResponse:
    """Note that the money went back to whoever paid it."""
    suspended = _find(pk)
    form, status = ReturnForm(request.POST or None), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            note = form.cleaned_data["note"]
            try:
                return_to_payer(suspended, note=note, on=day_of(request), at=request.now, by=request.user)
            except NotWaitingError as error:
                form.add_error(None, str(error))
                status = CONFLICT
            else:
                words = _("Payment %(reference)s is noted as returned.")
                messages.success(request, words % {"reference": suspended.reference})
                return redirect("suspense")
    context = {"suspended": suspended, "form": form}
    return TemplateResponse(request, "lending/suspense/return.html", context, status=status)


def _find(pk: int) -> SuspendedPayment:
    return get_object_or_404(SuspendedPayment.objects.select_related("resolution__payment__loan"), pk=pk)


def _candidates(request: StaffRequest, suspended: SuspendedPayment, text: str) -> dict[str, object]:
    loans = Loan.objects.visible_to(request.user)
    found = suspense_list.candidates(suspended, text, loans, day_of(request))
    return {"suspended": suspended, "q": text.strip()[:64], "candidates": found}
