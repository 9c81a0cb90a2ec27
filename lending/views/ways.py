"""Asking for money from the case and the loan page: pay links, consent to direct debits, and debits."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from audit.clock import local_day
from lending.debit_rules import stopped_by
from lending.debits import DebitError, ask_debit, close_debit
from lending.edge import StaffRequest, day_of
from lending.facts import standing_of, standings_of
from lending.mandates import MandateError, record_mandate, revoke_mandate
from lending.models import Borrower, Debit, Loan, Mandate, PayLink
from lending.pages import name_for
from lending.pay_links import PayLinkError, cancel_link, choices_for, due_today, make_link
from lending.ways_forms import DebitForm, MandateForm, PayLinkForm, RevokeForm
from lending.ways_view import ways_of
from staff.access import audience
from staff.matrix import may
from staff.once import once

CONFLICT, UNPROCESSABLE = 409, 422


@audience("lending.read")
def ways_to_pay(request: StaffRequest, pk: int) -> HttpResponse:
    """Links, consents and debits of a borrower, and the way to new ones."""
    borrower = _borrower(request, pk)
    context = {
        "borrower": borrower,
        "name": name_for(borrower, request.user),
        "loans": _loans(borrower),
        "ways": ways_of(borrower),
        "stopped": stopped_by(borrower.pk, day_of(request)),
        "may_ask": may(request.user.role, "lending.ask_money"),
        "may_end": may(request.user.role, "lending.ask_money_end"),
    }
    return TemplateResponse(request, "lending/ways/page.html", context)


@audience("lending.ask_money", post="lending.ask_money")
@once
def pay_link_make(request: StaffRequest, pk: int) -> HttpResponse:
    """Choose what the link asks for and until when."""
    borrower = _borrower(request, pk)
    loan, loans = _chosen_loan(request, borrower)
    on = day_of(request)
    choices = choices_for(loan, on)
    form = PayLinkForm(request.POST or None, loan=loan, choices=choices, today=local_day(request.now))
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                link = make_link(loan=loan, on=on, at=request.now, by=request.user, **form.made)
            except PayLinkError as error:
                form.add_error(error.field, str(error))
            else:
                messages.success(request, _("The link is made. Its code is %(code)s.") % {"code": link.code})
                return redirect("ways_to_pay", borrower.pk)
    context = {"borrower": borrower, "loan": loan, "loans": loans, "form": form, "choices": choices}
    return TemplateResponse(request, "lending/ways/link.html", context, status=status)


@audience("lending.ask_money_end", post="lending.ask_money_end")
@once
def pay_link_cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Close a link before it is paid."""
    link = get_object_or_404(PayLink.objects.visible_to(request.user).select_related("loan__borrower"), pk=pk)
    act = partial(cancel_link, link, at=request.now, by=request.user)
    return _ended(request, link, act, _("The link is cancelled."), "lending/ways/cancel.html", {"link": link})


@audience("lending.ask_money", post="lending.ask_money")
@once
def mandate_record(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down that the borrower consents to debits from an account."""
    borrower = _borrower(request, pk)
    form, status = MandateForm(request.POST or None, today=local_day(request.now)), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                record_mandate(borrower=borrower, at=request.now, by=request.user, **form.cleaned_data)
            except MandateError as error:
                form.add_error(error.field, str(error))
            else:
                messages.success(request, _("The consent is recorded."))
                return redirect("ways_to_pay", borrower.pk)
    context = {"borrower": borrower, "form": form}
    return TemplateResponse(request, "lending/ways/consent.html", context, status=status)


@audience("lending.ask_money", post="lending.ask_money")
@once
def mandate_revoke(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down that the borrower withdraws consent."""
    seen = Borrower.objects.visible_to(request.user)
    mandate = get_object_or_404(Mandate.objects.filter(borrower__in=seen).select_related("borrower"), pk=pk)
    form, status = RevokeForm(request.POST or None, auto_id="drawer_%s"), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                revoke_mandate(mandate, at=request.now, by=request.user, **form.cleaned_data)
            except MandateError as error:
                form.add_error(error.field, str(error))
                status = CONFLICT
            else:
                messages.success(request, _("The consent is withdrawn; nothing more is debited under it."))
                return redirect("ways_to_pay", mandate.borrower_id)
    context = {"borrower": mandate.borrower, "mandate": mandate, "form": form}
    return TemplateResponse(request, "lending/ways/revoke.html", context, status=status)


@audience("lending.ask_money", post="lending.ask_money")
@once
def debit_ask(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask for an amount from an account that the borrower consented to."""
    borrower = _borrower(request, pk)
    loan, loans = _chosen_loan(request, borrower)
    on = day_of(request)
    due = due_today(standing_of(loan, on))
    mandates = list(Mandate.objects.filter(borrower=borrower, revoked_at=None).order_by("-recorded_at"))
    form, status = DebitForm(request.POST or None, loan=loan, mandates=mandates, due=due), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                ask_debit(loan=loan, on=on, at=request.now, by=request.user, **form.cleaned_data)
            except DebitError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The debit is on its way to the bank."))
                return redirect("ways_to_pay", borrower.pk)
    context = {
        "borrower": borrower,
        "loan": loan,
        "loans": loans,
        "form": form,
        "due": due,
        "stopped": stopped_by(borrower.pk, on),
    }
    return TemplateResponse(request, "lending/ways/debit.html", context, status=status)


@audience("lending.ask_money_end", post="lending.ask_money_end")
@once
def debit_close(request: StaffRequest, pk: int) -> HttpResponse:
    """Take back a debit that has not left, or settle one that nobody knows about."""
    debit = get_object_or_404(Debit.objects.visible_to(request.user).select_related("loan__borrower"), pk=pk)
    act = partial(close_debit, debit, at=request.now, by=request.user)
    return _ended(request, debit, act, _("The debit is closed."), "lending/ways/close.html", {"debit": debit})


def _ended(
    request: StaffRequest,
    order: PayLink | Debit,
    act: Callable[[], object],
    said: str,
    template: str,
    context: dict[str, object],
) -> HttpResponse:
    """Ask whether to end what asks for money, or do it; why it cannot be done is said in the drawer."""
    borrower = order.loan.borrower
    form, status = Form(request.POST or None), 200
    if request.method == "POST":
        try:
            act()
        except (PayLinkError, DebitError) as error:
            form.add_error(None, str(error))
            status = CONFLICT
        else:
            messages.success(request, said)
            return redirect("ways_to_pay", borrower.pk)
    return TemplateResponse(request, template, {"borrower": borrower, "form": form, **context}, status=status)


def _borrower(request: StaffRequest, pk: int) -> Borrower:
    return get_object_or_404(Borrower.objects.visible_to(request.user), pk=pk)


def _loans(borrower: Borrower) -> list[Loan]:
    open_ones = Loan.objects.filter(borrower=borrower).exclude(status=Loan.Status.PAID)
    return list(open_ones.select_related("borrower", "funder", "product").order_by("start_on", "pk"))


def _chosen_loan(request: StaffRequest, borrower: Borrower) -> tuple[Loan, list[Loan]]:
    """The loan that the form or the link names, else the one furthest behind; and all that are open. 404 without any."""
    loans = _loans(borrower)
    wanted: Any = request.POST.get("loan") or request.GET.get("loan")
    if wanted:
        return _named(loans, wanted), loans
    standings = standings_of(loans, day_of(request))
    if not loans:
        raise Http404
    return max(loans, key=lambda loan: standings[loan.pk].days_past_due), loans


def _named(loans: list[Loan], number: str) -> Loan:
    for loan in loans:
        if loan.number == number:
            return loan
    raise Http404
