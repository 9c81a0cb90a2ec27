"""Money that another system reports: onto its loan, or into suspense where there is none, once by its reference."""

from datetime import date, datetime

from django.db import transaction

from audit.record import record
from lending.horizon import hold_loans
from lending.models import Loan, Payment, SuspendedPayment
from lending.payment_rules import conflict
from lending.posting import post_payment, suspend_payment
from lending.prepayment import Keep
from staff.models import User


@transaction.atomic
def receive(
    *,
    loan: Loan | None,
    loan_number: str,
    reference: str,
    value_on: date,
    amount: int,
    currency: str,
    on: date,
    at: datetime,
    by: User,
    keep: Keep | None = None,
) -> tuple[Payment | None, bool]:
    """The payment, None for money kept in suspense, and whether it is new; PaymentError when it cannot be taken."""
    if loan is not None:
        hold_loans([loan.pk])  # so that of many with this key one is new
    is_known = Payment.objects.filter(reference=reference).exists()
    if loan is not None:
        payment = post_payment(
            loan=loan,
            reference=reference,
            value_on=value_on,
            amount=amount,
            currency=currency,
            channel=Payment.Channel.API,
            on=on,
            at=at,
            by=by,
            keep=keep,
        )
        return payment, not is_known
    if is_known and not SuspendedPayment.objects.filter(reference=reference).exists():
        raise conflict(reference)
    kept = suspend_payment(
        reference=reference,
        loan_number=loan_number,
        value_on=value_on,
        amount=amount,
        currency=currency,
        reason="unknown loan",
        at=at,
    )
    if kept.is_new:
        record(
            "lending.payment_suspended",
            by=by,
            at=at,
            subject=kept.payment,
            loan=loan_number,
            reference=reference,
            amount=amount,
            currency=currency,
            reason=kept.payment.reason,
        )
    return None, kept.is_new
