"""Prepaying a loan from its page: the old schedule beside the new one, then the money."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from lending.edge import StaffRequest, day_of
from lending.forms import PrepaymentForm
from lending.models import Loan, Payment
from lending.payment_rules import PaymentConflictError, PaymentError
from lending.posting import post_payment
from lending.prepaid_view import Comparison, compare
from lending.prepaying import PrepaymentError, preview
from lending.prepayment import Keep
from lending.views.finding import find_loan
from lending.views.payments import new_reference
from staff.access import audience
from staff.once import once

CONFLICT, UNPROCESSABLE = 409, 422


@audience("lending.post", post="lending.post")
@once
def prepay_record(request: StaffRequest, number: str) -> HttpResponse:
    """Enter money that pays principal before its day."""
    loan = find_loan(request, number)
    form = PrepaymentForm(request.POST or None, loan=loan, on=day_of(request))
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                return _record(request, loan, form)
            except PaymentConflictError as error:
                form.add_error("reference", str(error))
                status = CONFLICT
            except PaymentError as error:
                form.add_error("amount", str(error))
    context = {"loan": loan, "form": form, **_compared(form, loan)}
    return TemplateResponse(request, "lending/money/prepay.html", context, status=status)


@audience("lending.post")
def prepay_preview(request: StaffRequest, number: str) -> HttpResponse:
    """The part of the form that follows what is typed: both schedules."""
    loan = find_loan(request, number)
    form = PrepaymentForm(request.GET, loan=loan, on=day_of(request))
    return TemplateResponse(request, "lending/money/_prepaid.html", {"loan": loan, **_compared(form, loan)})


def _record(request: StaffRequest, loan: Loan, form: PrepaymentForm) -> HttpResponse:
    given = form.cleaned_data
    payment = post_payment(
        loan=loan,
        reference=given["reference"] or new_reference(day_of(request)),
        value_on=given["value_on"],
        amount=given["amount"],
        currency=loan.currency,
        channel=Payment.Channel.CONSOLE,
        on=day_of(request),
        at=request.now,
        by=request.user,
        note=given["note"],
        keep=Keep(given["keep"]),
    )
    messages.success(request, _("Prepayment %(reference)s is posted.") % {"reference": payment.reference})
    return redirect("loan_page", loan.number)


def _compared(form: PrepaymentForm, loan: Loan) -> dict[str, Comparison | str]:
    """Both schedules for what is typed, or why there are none."""
    if not form.is_bound:
        return {}
    form.is_valid()
    given = form.cleaned_data
    if not all(given.get(name) for name in ("amount", "value_on", "keep")):
        return {}
    on = given["value_on"]
    try:
        made = preview(loan, on=on, amount=given["amount"], keep=Keep(given["keep"]))
    except PrepaymentError as error:
        return {"told": str(error)}
    return {"compared": compare(loan, made, on)}
