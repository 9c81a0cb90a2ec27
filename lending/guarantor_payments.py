"""代偿: a guarantor has paid the funders and is owed what it paid for; the debtor is told of it.

A person puts forward what was paid, a second decides. The amount is what was open of the instalments as the day of the
payment began; money with that value day or a later one is the guarantor's. What is settled afterwards by money of an earlier
value day stays the funders', who owe it to the guarantor: the report of the period shows it.

A payment that was a mistake, or was given back, is reversed by two people as well: from then on it never was, so the funders
are owed what it was for, their money is theirs again in every report, the product's penalty rate holds and the guarantee has
its room back. The last one goes first.
"""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.record import record
from lending.changes import HANDLERS, ChangeError, Handler, Line, propose
from lending.guarantees import Claim, claim_of, covering, in_force, own_rate_words, room_of
from lending.horizon import day_of_writing, hold_loans
from lending.models import AssignmentNotice, Change, Guarantee, GuarantorPayment, GuarantorReversal, Loan
from lending.money import format_amount
from lending.settling import settle_reached
from staff.matrix import may
from staff.models import User


@transaction.atomic
def propose_payment(
    *, loan: Loan, paid_on: date, whole: bool, reference: str, words: str, by: User, at: datetime, on: date
) -> Change:
    """Put forward that the loan's guarantor paid on that day; ChangeError, PermissionDenied."""
    hold_loans([loan.pk])
    guarantee, claim = claim_on(loan, paid_on, whole=whole)
    content = {"reference": reference, "whole": whole, "guarantee": guarantee.pk, **claim._asdict()}
    return propose(
        kind=Change.Kind.GUARANTOR_PAYMENT, subject=loan.number, loan=loan, from_on=paid_on, content=content,
        words=words, by=by, at=at, on=on,
    )  # fmt: skip


def claim_on(loan: Loan, paid_on: date, *, whole: bool) -> tuple[Guarantee, Claim]:
    """The guarantee of the loan on that day and what it pays for; ChangeError when there is none."""
    guarantee = covering(loan, in_force(paid_on))
    if guarantee is None:
        raise ChangeError(_("No guarantee covers this loan on that day."), "paid_on")
    claim = claim_of(loan, paid_on, whole=whole, room=room_of(guarantee, loan.currency, paid_on))
    if claim is None:
        raise ChangeError(_("Nothing is open that the guarantee has room for."), "paid_on")
    return guarantee, claim


@transaction.atomic
def give_notice(
    payment: GuarantorPayment, *, given_on: date, means: str, evidence: str, by: User, at: datetime
) -> AssignmentNotice:
    """Record that the debtor was told; ChangeError when that is recorded already."""
    if not by.is_active or not may(by.role, "lending.terms"):
        raise PermissionDenied("lending.terms")
    if given_on < payment.on:
        raise ChangeError(_("The guarantor had not paid on that day."), "given_on")
    try:
        with transaction.atomic():
            notice = AssignmentNotice.objects.create(
                payment=payment, given_on=given_on, means=AssignmentNotice.Means(means), evidence=evidence, by=by, at=at
            )
    except IntegrityError:
        raise ChangeError(_("The notice is recorded already.")) from None
    record("lending.assignment_notified", by=by, at=at, subject=payment, loan=payment.loan.number, means=means)
    return notice


@transaction.atomic
def propose_reversal(payment: GuarantorPayment, *, words: str, by: User, at: datetime, on: date) -> Change:
    """Put forward that this payment was none, or was given back; ChangeError, PermissionDenied."""
    loan = payment.loan
    hold_loans([loan.pk])
    return propose(
        kind=Change.Kind.GUARANTOR_REVERSAL, subject=loan.number, loan=loan, from_on=payment.on,
        content={"payment": payment.pk}, words=words, by=by, at=at, on=on,
    )  # fmt: skip


def _check(change: Change, on: date) -> None:
    assert change.loan is not None
    hold_loans([change.loan.pk])
    if change.from_on > on:
        raise ChangeError(_("That day lies ahead of the business date."), "paid_on")
    latest = GuarantorPayment.objects.standing().filter(loan=change.loan).order_by("-on").first()
    if latest and change.from_on < latest.on:
        raise ChangeError(_("The guarantor has paid for this loan on a later day already."), "paid_on")
    if GuarantorPayment.objects.filter(reference=change.content["reference"]).exists():
        raise ChangeError(_("Another payment has this reference."), "reference")
    guarantee, claim = claim_on(change.loan, change.from_on, whole=change.content["whole"])
    said = Claim(*(change.content[name] for name in Claim._fields))
    if claim != said or guarantee.pk != change.content["guarantee"]:
        raise ChangeError(_("The debt is not what it was when this was asked for: reject it and ask anew."))


def _apply(change: Change, on: date) -> None:
    assert change.loan is not None
    guarantee = Guarantee.objects.get(pk=change.content["guarantee"])
    GuarantorPayment.objects.create(
        loan=change.loan,
        guarantee=guarantee,
        guarantor=guarantee.guarantor,
        on=change.from_on,
        reference=change.content["reference"],
        reversed_before=GuarantorReversal.objects.filter(payment__loan=change.loan).count(),
        change=change,
        **{name: change.content[name] for name in Claim._fields},
    )
    settle_reached([change.loan.pk])


def _lines(change: Change) -> list[Line]:
    assert change.loan is not None
    content, currency = change.content, change.loan.currency
    guarantee = Guarantee.objects.select_related("guarantor").get(pk=content["guarantee"])
    numbers = {"first": content["first_n"], "last": content["last_n"]}
    return [
        Line(_("Creditor"), str(change.loan.funder), str(guarantee.guarantor)),
        Line(_("Instalments"), "", _("%(first)s to %(last)s") % numbers),
        Line(_("Principal"), "", format_amount(content["principal"], currency)),
        Line(_("Interest"), "", format_amount(content["interest"], currency)),
        Line(_("Reference"), "", content["reference"]),
        Line(_("Penalty on what it paid for"), _("as the product says"), own_rate_words(guarantee.penalty_rate_ppm)),
    ]


HANDLERS[Change.Kind.GUARANTOR_PAYMENT] = Handler(_check, _apply, _lines)


def _check_reversal(change: Change, on: date) -> None:
    assert change.loan is not None
    hold_loans([change.loan.pk])
    standing = GuarantorPayment.objects.standing().filter(loan=change.loan)
    if not standing.filter(pk=change.content["payment"]).exists():
        raise ChangeError(_("This payment is reversed already."))
    if standing.order_by("-first_n").values_list("pk", flat=True).first() != change.content["payment"]:
        raise ChangeError(_("The guarantor has paid for later instalments since: reverse that payment first."))


def _apply_reversal(change: Change, on: date) -> None:
    assert change.loan is not None
    GuarantorReversal.objects.create(payment_id=change.content["payment"], on=day_of_writing(on), change=change)
    settle_reached([change.loan.pk])


def _lines_of_reversal(change: Change) -> list[Line]:
    assert change.loan is not None
    payment = GuarantorPayment.objects.select_related("guarantor").get(pk=change.content["payment"])
    numbers = {"first": payment.first_n, "last": payment.last_n}
    return [
        Line(_("Creditor"), str(payment.guarantor), str(change.loan.funder)),
        Line(_("Instalments"), _("%(first)s to %(last)s") % numbers, ""),
        Line(_("Amount"), format_amount(payment.amount, change.loan.currency), ""),
        Line(_("Reference"), payment.reference, ""),
    ]


HANDLERS[Change.Kind.GUARANTOR_REVERSAL] = Handler(_check_reversal, _apply_reversal, _lines_of_reversal)
