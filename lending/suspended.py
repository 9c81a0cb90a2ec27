"""Money in suspense and the way out of it; whoever posts a payment of a suspended reference brings that money home.

Invariant: a suspended row is waiting, or has one resolution, which names the payment of the same reference, day and amount or
says how the money went back. So no money counts twice: what was received is what waits, what was returned and what is posted.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext as _

from lending.models import Payment, SuspendedPayment, SuspenseResolution
from lending.payment_rules import NewPayment, PaymentConflictError, same_suspended
from staff.models import User


class ReturnedError(PaymentConflictError):
    """The money of this reference went back to whoever paid it."""


def homeless(references: Iterable[str]) -> dict[str, SuspendedPayment]:
    """What was suspended under these references, resolved or not, held until the transaction ends."""
    found = SuspendedPayment.objects.filter(reference__in=set(references)).order_by("pk").select_for_update()
    return {suspended.reference: suspended for suspended in found}


def check_home(suspended: SuspendedPayment, row: NewPayment, *, is_matched: bool = False) -> None:
    """PaymentConflictError when this row is not the money that waits under its reference, or that money went back.

    Whoever matches it by hand may name another loan than the one it came for.
    """
    if SuspenseResolution.objects.filter(suspended=suspended, payment=None).exists():
        raise ReturnedError(_("The payment %(reference)s was returned to the payer.") % {"reference": row.reference})
    same_suspended(suspended, row._replace(loan_number=suspended.loan_number) if is_matched else row)


def bring_home(
    payments: Iterable[Payment], waiting: dict[str, SuspendedPayment], *, on: date, at: datetime, by: User | None
) -> None:
    """Note of each of these new payments that was in suspense that it has found its loan."""
    SuspenseResolution.objects.bulk_create(
        SuspenseResolution(
            suspended=waiting[payment.reference],
            payment=payment,
            note=payment.note,
            resolved_on=on,
            resolved_at=at,
            resolved_by=by,
        )
        for payment in payments
        if payment.reference in waiting
    )
