"""Money received enters the book, once by its reference, and settles what it can.

A payment is allocated as soon as the book has reached its value day; until then it waits for the close of that day. The
same reference with the same content is the same payment, whoever posts it and however often; with other content it is a
conflict. Mistakes are reversed by a row that points at them. Money for a loan that is not in the book is kept in suspense,
and leaves it with the payment of the same reference, whoever posts that.
"""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.record import record
from lending.horizon import hold_loans, reached_day
from lending.models import Loan, Payment
from lending.payment_rules import (
    NewPayment,
    PaymentConflictError,
    PaymentError,
    ReversalError,
    check_payment,
    conflict,
    same_payment,
)
from lending.posting_many import Posted, post_many
from lending.prepaying import follow, prepay_with, undo
from lending.prepayment import Keep
from lending.settling import settle
from lending.signals import payment_posted
from lending.suspended import bring_home, check_home, homeless, suspend_payment
from staff.models import User

__all__ = [
    "NewPayment", "PaymentConflictError", "PaymentError", "Posted", "ReversalError",
    "post_many", "post_payment", "reverse_payment", "suspend_payment",
]  # fmt: skip


@transaction.atomic
def post_payment(
    *,
    loan: Loan,
    reference: str,
    value_on: date,
    amount: int,
    currency: str,
    channel: str,
    on: date,
    at: datetime,
    by: User | None = None,
    note: str = "",
    keep: Keep | None = None,
) -> Payment:
    """Post one payment on the business date `on` and settle the loan; PaymentError when the book cannot take it.

    With `keep` what it brings beyond what is due prepays the loan, and that stays as it was; else it settles what comes next.

    Money that was kept in suspense is posted once its loan is there, and only as what it came as; a person who matches it
    may name another loan.
    """
    row = NewPayment(loan.number, reference, value_on, amount, currency)
    if known := Payment.objects.filter(reference=reference).select_related("loan").first():
        return same_payment(known, row)
    waiting = homeless([reference])
    for suspended in waiting.values():
        check_home(suspended, row, is_matched=channel == Payment.Channel.SUSPENSE)
    check_payment(loan, row)
    hold_loans([loan.pk])
    payment = _payment(loan, row, channel, at, by, note)
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
    except IntegrityError:
        return same_payment(Payment.objects.select_related("loan").get(reference=reference), row)
    bring_home({reference: payment.pk}, waiting, on=on, at=at, by=by, note=note)
    record("lending.payment_posted", by=by, at=at, subject=loan, **_facts(payment))
    if keep:
        prepay_with(payment, keep, on=on, at=at, by=by)
    else:
        follow([payment], on=on, at=at, by=by)
    _finish(payment, on, at)
    return payment


@transaction.atomic
def reverse_payment(
    payment: Payment,
    *,
    reference: str,
    on: date,
    at: datetime,
    by: User | None,
    channel: str = Payment.Channel.CONSOLE,
    note: str = "",
) -> Payment:
    """Undo a payment from its own value day on; ReversalError when it is a reversal itself or reversed already.

    The same reversal again is the first one.
    """
    if payment.reverses_id:
        raise ReversalError(_("A reversal cannot be reversed: post the payment again."))
    hold_loans([payment.loan_id])
    if earlier := Payment.objects.filter(reverses=payment).first():
        if earlier.reference == reference:
            return earlier
        raise ReversalError(_("This payment is reversed already."))
    if payment.refunds.exists():
        raise ReversalError(_("Part of this payment was refunded: it cannot be reversed any more."))
    row = NewPayment(payment.loan.number, reference, payment.value_on, -payment.amount, payment.currency)
    reversal = _payment(payment.loan, row, channel, at, by, note)
    reversal.reverses = payment
    try:
        with transaction.atomic():
            reversal.save(force_insert=True)
    except IntegrityError:
        raise conflict(reference) from None
    record(
        "lending.payment_reversed", by=by, at=at, subject=payment.loan, reverses=payment.reference, **_facts(reversal)
    )
    undo(payment, on=on, at=at, by=by)
    _finish(reversal, on, at)
    return reversal


def _payment(loan: Loan, row: NewPayment, channel: str, at: datetime, by: User | None, note: str = "") -> Payment:
    return Payment(
        loan=loan,
        reference=row.reference,
        value_on=row.value_on,
        amount=row.amount,
        currency=row.currency,
        channel=channel,
        posted_at=at,
        posted_by=by,
        note=note,
    )


def _finish(payment: Payment, on: date, at: datetime) -> None:
    """Settle the loan if the book has reached the payment's value day, and tell the floors above in any case."""
    reached = reached_day()
    if reached and payment.value_on <= reached:
        settle([payment.loan_id], on=reached)
    payment_posted.send(Payment, borrower_ids={payment.loan.borrower_id}, on=on, at=at)


def _facts(payment: Payment) -> dict[str, object]:
    return {
        "loan": payment.loan.number,
        "reference": payment.reference,
        "amount": payment.amount,
        "currency": payment.currency,
        "value_on": payment.value_on.isoformat(),
        "channel": str(payment.channel),
    }
