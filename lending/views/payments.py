"""Money entered by hand, and taken back: what it does is shown before it moves."""

import secrets
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from lending.claims import creditor_of
from lending.edge import StaffRequest, day_of
from lending.effects import Effect, effect_of_payment, effect_of_reversal
from lending.facts import facts_of
from lending.forms import PaymentForm, ReasonForm
from lending.models import Loan, Payment
from lending.money import AMOUNT_MAX
from lending.payment_rules import PaymentConflictError, PaymentError
from lending.posting import post_payment, reverse_payment
from lending.spread import Spread, spread
from lending.spreading import debts_of, loans_owed, post_for_borrower
from lending.views.finding import find_loan
from staff.access import audience
from staff.once import once

CONFLICT, UNPROCESSABLE = 409, 422


@audience("lending.post", post="lending.post")
@once
def payment_record(request: StaffRequest, number: str) -> HttpResponse:
    """Enter a payment that somebody has seen come in."""
    loan = find_loan(request, number)
    form = PaymentForm(request.POST or None, loan=loan, on=day_of(request), debts=_debts(loan))
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
    context = {"loan": loan, "form": form, **_shown(form, loan, day_of(request))}
    return TemplateResponse(request, "lending/money/payment.html", context, status=status)


def _record(request: StaffRequest, loan: Loan, form: PaymentForm) -> HttpResponse:
    given = form.cleaned_data
    reference = given["reference"] or new_reference(day_of(request))
    money: dict[str, Any] = {
        "reference": reference,
        "value_on": given["value_on"],
        "amount": given["amount"],
        "currency": loan.currency,
        "channel": Payment.Channel.CONSOLE,
        "on": day_of(request),
        "at": request.now,
        "by": request.user,
        "note": given["note"],
    }
    if given.get("over") == "all":
        payment = post_for_borrower(borrower=loan.borrower, funder=creditor_of(loan), **money)[0]
    else:
        payment = post_payment(loan=loan, **money)
    if payment.posted_at == request.now:
        messages.success(request, _("Payment %(reference)s is posted.") % {"reference": reference})
    else:
        messages.warning(
            request, _("Payment %(reference)s was posted before; nothing moved.") % {"reference": reference}
        )
    return redirect("loan_page", loan.number)


def _debts(loan: Loan) -> int:
    """How many loans this borrower still owes the same funder in the same currency, this one among them."""
    return len(loans_owed(loan.borrower, creditor_of(loan), loan.currency))


def new_reference(on: date) -> str:
    """A reference for money that came without one: the day, and eight digits that nobody guesses."""
    return f"H{on:%Y%m%d}-{secrets.token_hex(4).upper()}"


@audience("lending.post")
def payment_preview(request: StaffRequest, number: str) -> HttpResponse:
    """The part of the form that follows what is typed: what the payment would settle."""
    loan = find_loan(request, number)
    form = PaymentForm(request.GET, loan=loan, on=day_of(request), debts=_debts(loan))
    context = {"loan": loan, **_shown(form, loan, day_of(request))}
    return TemplateResponse(request, "lending/money/_effect.html", context)


def _shown(form: PaymentForm, loan: Loan, on: date) -> dict[str, Effect | Spread | None]:
    """What the payment as typed would do to this loan, or which loans it reaches; nothing while it is no payment yet."""
    if not form.is_bound:
        return {"effect": None}
    form.is_valid()
    amount, value_on = form.cleaned_data.get("amount"), form.cleaned_data.get("value_on")
    if not amount or not value_on or amount > AMOUNT_MAX:
        return {"effect": None}
    if form.cleaned_data.get("over") == "all":
        debts = debts_of(loans_owed(loan.borrower, creditor_of(loan), loan.currency), value_on)
        return {"spread": spread(amount, debts)}
    return {"effect": effect_of_payment(facts_of([loan.pk])[loan.pk], value_on=value_on, amount=amount, on=on)}


@audience("lending.post", post="lending.post")
@once
def payment_reverse(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Take a payment back from its own value day on, with the reason."""
    loan = find_loan(request, number)
    payment = get_object_or_404(Payment.objects.filter(loan=loan).select_related("reversed_by", "posted_by"), pk=pk)
    stands = payment.reverses_id is None and not hasattr(payment, "reversed_by")
    form, status = ReasonForm(request.POST or None), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if not stands:
            form.add_error(None, _("This payment is reversed already."))
            status = CONFLICT
        elif form.is_valid():
            try:
                return _reverse(request, payment, form)
            except PaymentError as error:
                form.add_error(None, str(error))
                status = CONFLICT
    effect = effect_of_reversal(facts_of([loan.pk])[loan.pk], payment.pk, on=day_of(request)) if stands else None
    context = {"loan": loan, "payment": payment, "form": form, "effect": effect}
    return TemplateResponse(request, "lending/money/reverse.html", context, status=status)


def _reverse(request: StaffRequest, payment: Payment, form: forms.Form) -> HttpResponse:
    reverse_payment(
        payment,
        reference=f"reversal-{payment.pk}",
        on=day_of(request),
        at=request.now,
        by=request.user,
        note=form.cleaned_data["note"],
    )
    messages.success(request, _("Payment %(reference)s is reversed.") % {"reference": payment.reference})
    return redirect("loan_page", payment.loan.number)
