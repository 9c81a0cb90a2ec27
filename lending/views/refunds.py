"""Giving back money that settled nothing: asked for from the loan page, decided by somebody else."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from lending.edge import StaffRequest, day_of
from lending.forms import RefundDecisionForm, RefundForm
from lending.models import Payment, RefundRequest
from lending.refunding import RefundError, RefundStaleError, decide_refund, held_of, request_refund
from lending.views.finding import find_loan
from staff.access import audience
from staff.once import once

CONFLICT, UNPROCESSABLE = 409, 422


@audience("lending.refund", post="lending.refund")
@once
def refund_ask(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Ask that money of a payment which settled nothing goes back."""
    loan = find_loan(request, number)
    payment = get_object_or_404(Payment.objects.filter(loan=loan).select_related("loan"), pk=pk)
    held = held_of(payment, day_of(request))
    form, status = RefundForm(request.POST or None, currency=loan.currency, held=held), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            given = form.cleaned_data
            try:
                request_refund(payment, **given, by=request.user, at=request.now, on=day_of(request))
            except RefundError as error:
                form.add_error("amount", str(error))
            else:
                messages.success(request, _("The refund waits for somebody else's decision."))
                return redirect("loan_page", loan.number)
    context = {"loan": loan, "payment": payment, "held": held, "form": form}
    return TemplateResponse(request, "lending/refunds/ask.html", context, status=status)


@audience("lending.refund_decide", post="lending.refund_decide")
@once
def refund_decide(request: StaffRequest, pk: int) -> HttpResponse:
    """Approve or reject a refund that somebody else asked for."""
    found = RefundRequest.objects.visible_to(request.user).select_related("payment__loan", "maker", "checker")
    asked = get_object_or_404(found, pk=pk)
    form, status = RefundDecisionForm(request.POST or None), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            approve, words = form.cleaned_data["verdict"] == "approve", form.cleaned_data["words"]
            try:
                decide_refund(asked, approve=approve, words=words, by=request.user, at=request.now, on=day_of(request))
            except RefundError as error:
                form.add_error(None, str(error))
                status = CONFLICT if isinstance(error, RefundStaleError) else UNPROCESSABLE
            else:
                messages.success(request, _("The refund is approved.") if approve else _("The refund is rejected."))
                return redirect("loan_page", asked.payment.loan.number)
    context = {"asked": asked, "loan": asked.payment.loan, "form": form}
    return TemplateResponse(request, "lending/refunds/decide.html", context, status=status)
