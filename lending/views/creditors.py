"""Shares, guarantees, what guarantors paid, the notice to the debtor, and a funder's consent to a waiver."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from lending.changes import ChangeError, propose
from lending.claims import creditor_facts
from lending.consents import ConsentError, record_consent
from lending.creditor_forms import (
    ConsentForm,
    GuaranteeForm,
    GuarantorPaymentForm,
    NoticeForm,
    ReversalForm,
    SharesForm,
)
from lending.creditors import shares_on
from lending.edge import StaffRequest, day_of
from lending.facts import standing_of
from lending.guarantees import claim_of, covering, in_force, room_of, seen_by, subject_of
from lending.guarantees_due import due
from lending.guarantor_payments import give_notice, propose_payment, propose_reversal
from lending.models import Change, Funder, GuarantorPayment, Loan, WaiverRequest
from lending.money import PPM, format_amount
from lending.views.changing import CONFLICT, UNPROCESSABLE, put_forward, who_and_when
from lending.views.finding import find_loan
from lending.waiver_forms import DRAWER_ID
from lending.waiving import needs_of
from staff.access import audience
from staff.matrix import may
from staff.once import once

DRAWER = "lending/creditors/drawer.html"


@audience("lending.terms", post="lending.terms")
@once
def loan_shares(request: StaffRequest, number: str) -> HttpResponse:
    """Several funders' shares in one loan, from a day on."""
    loan, on = find_loan(request, number), day_of(request)
    facts = creditor_facts([loan.pk])[loan.pk]
    shares = shares_on(facts.shares, on)
    owners = shares.owners if shares else ((facts.funder_id, PPM),)
    codes = dict(Funder.objects.filter(pk__in=[pk for pk, _ppm in owners]).values_list("pk", "code"))
    now = [(codes[pk], ppm) for pk, ppm in owners]
    form = SharesForm(request.POST or None, shares=now, auto_id=DRAWER_ID)

    def act() -> Change:
        cleaned = form.cleaned_data
        return propose(
            kind=Change.Kind.SHARES, subject=loan.number, loan=loan, from_on=cleaned["from_on"],
            content={"shares": cleaned["shares"]}, words=cleaned["words"], **who_and_when(request),
        )  # fmt: skip

    return put_forward(request, form, act, "lending/creditors/shares.html", loan=loan)


@audience("lending.terms_read")
def guarantees(request: StaffRequest) -> HttpResponse:
    """Loans whose guarantee is due, and the guarantees in force."""
    on = day_of(request)
    kinds = [Change.Kind.GUARANTEE, Change.Kind.GUARANTOR_PAYMENT]
    waiting = Change.objects.visible_to(request.user).waiting().filter(kind__in=kinds).select_related("maker")
    context = {
        "on": on,
        "rows": due(Loan.objects.visible_to(request.user), on),
        "guarantees": seen_by(request.user, [each for each in in_force(on) if each.cap_ppm]),
        "waiting": waiting.order_by("made_at"),
        "may_change": may(request.user.role, "lending.terms"),
    }
    return TemplateResponse(request, "lending/creditors/guarantees.html", context)


@audience("lending.terms", post="lending.terms")
@once
def guarantee_new(request: StaffRequest) -> HttpResponse:
    """A guarantee for a funder's loans."""
    return _guarantee(request, None)


@audience("lending.terms", post="lending.terms")
@once
def loan_guarantee(request: StaffRequest, number: str) -> HttpResponse:
    """A guarantee for this loan alone."""
    return _guarantee(request, find_loan(request, number))


def _guarantee(request: StaffRequest, loan: Loan | None) -> HttpResponse:
    form = GuaranteeForm(request.POST or None, loan=loan.number if loan else "", auto_id=DRAWER_ID)

    def act() -> Change:
        content, cleaned = form.content, form.cleaned_data
        return propose(
            kind=Change.Kind.GUARANTEE, subject=subject_of(content), loan=loan, from_on=cleaned["from_on"],
            content=content, words=cleaned["words"], **who_and_when(request),
        )  # fmt: skip

    title = _("Guarantee of loan %(number)s") % {"number": loan.number} if loan else _("New guarantee")
    back = reverse("loan_page", args=[loan.number]) if loan else reverse("guarantees")
    return put_forward(request, form, act, DRAWER, title=title, submit=_("Put forward"), back=back)


@audience("lending.terms", post="lending.terms")
@once
def guarantor_payment(request: StaffRequest, number: str) -> HttpResponse:
    """Put forward that the guarantor paid: from that day on it is the creditor of what it paid for."""
    loan, on = find_loan(request, number), day_of(request)
    choices = _claims(loan, on)
    back = reverse("loan_page", args=[loan.number])
    if not choices:
        context = {"loan": loan, "back": back}
        status = 200 if request.method == "GET" else UNPROCESSABLE
        return TemplateResponse(request, "lending/creditors/nothing.html", context, status=status)
    form = GuarantorPaymentForm(request.POST or None, choices=choices, last=on, auto_id=DRAWER_ID)

    def act() -> Change:
        cleaned = form.cleaned_data
        told = {name: cleaned[name] for name in ("paid_on", "reference", "words")}
        return propose_payment(loan=loan, whole=cleaned["what"] == "whole", **told, **who_and_when(request))

    title = _("Guarantor paid for loan %(number)s") % {"number": loan.number}
    text = _(
        "The amount is what was open as the day of the payment began. Money of that day or later is the guarantor's."
    )
    return put_forward(request, form, act, DRAWER, title=title, text=text, submit=_("Put forward"), back=back)


def _claims(loan: Loan, on: Any) -> list[tuple[str, str]]:
    """What the guarantor can pay for as of the business date, with its amount in words."""
    guarantee = covering(loan, in_force(on))
    if guarantee is None:
        return []
    room, found = room_of(guarantee, loan.currency, on), []
    for name, whole, words in (("due", False, _("What is due by that day")), ("whole", True, _("All that is left"))):
        claim = claim_of(loan, on, whole=whole, room=room)
        if claim:
            facts = {"first": claim.first_n, "last": claim.last_n, "amount": format_amount(claim.amount, loan.currency)}
            told = _("instalments %(first)s to %(last)s, %(amount)s today") % facts
            found.append((name, f"{words}: {told}"))
    return found


@audience("lending.terms", post="lending.terms")
@once
def guarantor_reversal(request: StaffRequest, pk: int) -> HttpResponse:
    """Put forward that a guarantor's payment was none, or was given back."""
    payment = _payment(request, pk)
    form = ReversalForm(request.POST or None, auto_id=DRAWER_ID)
    title = _("Reverse the guarantor's payment %(reference)s") % {"reference": payment.reference}
    text = _("From then on it never was: %(funder)s is the creditor again, and money that came since is its own.") % {
        "funder": payment.loan.funder
    }
    back = reverse("loan_page", args=[payment.loan.number])

    def act() -> Change:
        return propose_reversal(payment, **form.cleaned_data, **who_and_when(request))

    return put_forward(request, form, act, DRAWER, title=title, text=text, submit=_("Put forward"), back=back)


def _payment(request: StaffRequest, pk: int) -> GuarantorPayment:
    visible = GuarantorPayment.objects.filter(loan__in=Loan.objects.visible_to(request.user))
    return get_object_or_404(visible.select_related("loan__funder", "guarantor"), pk=pk)


@audience("lending.terms", post="lending.terms")
@once
def assignment_notice(request: StaffRequest, pk: int) -> HttpResponse:
    """Record that the debtor was told of the new creditor."""
    payment = _payment(request, pk)
    form, status = NoticeForm(request.POST or None, last=day_of(request), auto_id=DRAWER_ID), 200
    back = reverse("loan_page", args=[payment.loan.number])
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                give_notice(payment, by=request.user, at=request.now, **form.cleaned_data)
            except ChangeError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                messages.success(request, _("The notice is recorded."))
                return redirect(back)
    title = _("The debtor of loan %(number)s was told") % {"number": payment.loan.number}
    text = _("%(guarantor)s is the creditor since %(day)s.") % {
        "guarantor": payment.guarantor,
        "day": payment.on.isoformat(),
    }
    context = {"form": form, "title": title, "text": text, "submit": _("Record the notice"), "back": back}
    return TemplateResponse(request, DRAWER, context, status=status)


@audience("lending.consent", post="lending.consent")
@once
def waiver_consent(request: StaffRequest, pk: int) -> HttpResponse:
    """Record that a funder agreed to exactly this waiver."""
    visible = WaiverRequest.objects.visible_to(request.user).waiting()
    asked = get_object_or_404(visible.select_related("loan__funder", "maker"), pk=pk)
    needs = [need for need in needs_of(asked, standing_of(asked.loan, day_of(request))) if need.is_missing]
    back, status = reverse("waiver_page", args=[asked.pk]), 200
    form = ConsentForm(
        request.POST or None, last=day_of(request), funders=[need.funder for need in needs], auto_id=DRAWER_ID
    )
    if request.method == "POST":
        status = UNPROCESSABLE
        if request.POST.get("payload_hash") != asked.payload_hash:
            form.add_error(None, _("This was decided or changed since you opened it. Nothing was saved; look again."))
            status = CONFLICT
        elif form.is_valid():
            try:
                record_consent(
                    loan=asked.loan, payload_hash=asked.payload_hash, **form.cleaned_data, **who_and_when(request)
                )
            except ConsentError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The consent is recorded."))
                return redirect(back)
    title = _("The funder's consent")
    text = _("It counts for exactly this request; a changed one needs another.")
    context = {"form": form, "title": title, "text": text, "submit": _("Record the consent"), "back": back}
    return TemplateResponse(request, DRAWER, context | {"payload_hash": asked.payload_hash}, status=status)
