"""What people do about money in suspense: put it on a loan, or send it back to whoever paid it. Each once, each on record."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from audit.record import record
from lending.models import Loan, Payment, SuspendedPayment, SuspenseResolution
from lending.payment_rules import PaymentError
from lending.posting import post_payment
from lending.suspended import homeless
from staff.models import User


class NotWaitingError(PaymentError):
    """The money has left suspense already."""


@transaction.atomic
def match(suspended: SuspendedPayment, *, loan: Loan, note: str, on: date, at: datetime, by: User) -> Payment:
    """Post the money to this loan under its own reference and value day; PaymentError when the loan cannot take it.

    Money that came without a currency counts in the loan's own.
    """
    _hold_waiting(suspended)
    return post_payment(
        loan=loan,
        reference=suspended.reference,
        value_on=suspended.value_on,
        amount=suspended.amount,
        currency=suspended.currency or loan.currency,
        channel=Payment.Channel.SUSPENSE,
        on=on,
        at=at,
        by=by,
        note=note,
    )


@transaction.atomic
def return_to_payer(suspended: SuspendedPayment, *, note: str, on: date, at: datetime, by: User) -> SuspenseResolution:
    """Note that the money went back, outside this book; `note` says how, for whoever looks for it in the bank's account."""
    _hold_waiting(suspended)
    resolution = SuspenseResolution.objects.create(
        suspended=suspended, note=note, resolved_on=on, resolved_at=at, resolved_by=by
    )
    record(
        "lending.suspense_returned",
        by=by,
        at=at,
        subject=suspended,
        reference=suspended.reference,
        amount=suspended.amount,
        currency=suspended.currency,
    )
    return resolution


def waiting_sums() -> list[tuple[str, int]]:
    """What waits in all, by currency; the currency is empty for money that came without one."""
    sums = SuspendedPayment.objects.waiting().values_list("currency").annotate(sum=Sum("amount")).order_by("currency")
    return [(currency, int(amount)) for currency, amount in sums]


def _hold_waiting(suspended: SuspendedPayment) -> None:
    homeless([suspended.reference])
    if SuspenseResolution.objects.filter(suspended=suspended).exists():
        raise NotWaitingError(_("This money has left suspense already."))
