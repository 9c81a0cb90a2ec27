"""Charging a cost to a borrower, and giving it up: put forward from the loan page, decided by a second person."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from lending.edge import StaffRequest, day_of
from lending.fee_forms import FeeForm, FeeWaiverForm
from lending.fees import left_of, propose_fee, propose_fee_waiver
from lending.models import Change, Fee, Loan
from lending.money import format_amount
from lending.views.changing import put_forward, who_and_when
from lending.views.creditors import DRAWER
from lending.views.finding import find_loan
from lending.waiver_forms import DRAWER_ID
from staff.access import audience
from staff.once import once


@audience("lending.terms", post="lending.terms")
@once
def fee_charge(request: StaffRequest, number: str) -> HttpResponse:
    """Put forward that the borrower owes a cost, with what shows it."""
    loan = find_loan(request, number)
    form = FeeForm(request.POST or None, currency=loan.currency, last=day_of(request), auto_id=DRAWER_ID)

    def act() -> Change:
        return propose_fee(loan=loan, **form.cleaned_data, **who_and_when(request))

    title = _("Charge a cost to loan %(number)s") % {"number": loan.number}
    text = _("Only what the contract or the law has the borrower bear, with what shows it. It bears no interest.")
    back = reverse("loan_page", args=[loan.number])
    return put_forward(request, form, act, DRAWER, title=title, text=text, submit=_("Put forward"), back=back)


@audience("lending.terms", post="lending.terms")
@once
def fee_waive(request: StaffRequest, pk: int) -> HttpResponse:
    """Put forward that a cost, or a part of it, is given up from today on."""
    visible = Fee.objects.filter(loan__in=Loan.objects.visible_to(request.user), waives=None)
    fee = get_object_or_404(visible.select_related("loan__product"), pk=pk)
    most, currency = left_of(fee, day_of(request)), fee.loan.currency
    form = FeeWaiverForm(request.POST or None, currency=currency, most=most, auto_id=DRAWER_ID)

    def act() -> Change:
        return propose_fee_waiver(fee, **form.cleaned_data, **who_and_when(request))

    title = _("Give up a cost of loan %(number)s") % {"number": fee.loan.number}
    facts = {"kind": fee.get_kind_display(), "most": format_amount(most, currency), "currency": currency}
    text = _("%(kind)s: %(most)s %(currency)s of it can be given up.") % facts
    back = reverse("loan_page", args=[fee.loan.number])
    return put_forward(request, form, act, DRAWER, title=title, text=text, submit=_("Put forward"), back=back)
