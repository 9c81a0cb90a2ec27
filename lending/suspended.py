"""Money in suspense and the way out of it; whoever posts a payment of a suspended reference brings that money home.

Invariant: a suspended row is waiting, or has one resolution, which names the payment of the same reference, day and amount or
says how the money went back. So no money counts twice: what was received is what waits, what was returned and what is posted.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from lending.models import SuspendedPayment, SuspenseResolution
from lending.payment_rules import NewPayment, PaymentConflictError, check_amount, same_suspended
from lending.sql.reading import among
from staff.models import User


class ReturnedError(PaymentConflictError):
    """The money of this reference went back to whoever paid it."""


class Kept(NamedTuple):
    """Money in suspense; of many who bring it at once, it is new to one."""

    payment: SuspendedPayment
    is_new: bool


@transaction.atomic
def suspend_payment(
    *, reference: str, loan_number: str, value_on: date, amount: int, currency: str, reason: str, at: datetime
) -> Kept:
    """Keep money that came without a loan; PaymentConflictError when the reference is known with other content.

    The entry in the record is for whoever calls, where it is new.
    """
    row = NewPayment(loan_number, reference, value_on, amount, currency)
    check_amount(row)
    suspended, is_new = SuspendedPayment.objects.get_or_create(
        reference=reference, defaults=row._asdict() | {"reason": reason, "received_at": at}
    )
    return Kept(same_suspended(suspended, row), is_new)


def homeless(references: Iterable[str]) -> dict[str, SuspendedPayment]:
    """What was suspended under these references, resolved or not, held until the transaction ends."""
    found = SuspendedPayment.objects.filter(among("reference", set(references))).order_by("pk").select_for_update()
    return {suspended.reference: suspended for suspended in found}


def check_home(suspended: SuspendedPayment, row: NewPayment, *, is_matched: bool = False) -> None:
    """PaymentConflictError when this row is not the money that waits under its reference, or that money went back.

    Whoever matches it by hand may name another loan than the one it came for.
    """
    if SuspenseResolution.objects.filter(suspended=suspended, payment=None).exists():
        raise ReturnedError(_("The payment %(reference)s was returned to the payer.") % {"reference": row.reference})
    same_suspended(suspended, row._replace(loan_number=suspended.loan_number) if is_matched else row)


def bring_home(
    posted: Mapping[str, int],
    waiting: Mapping[str, SuspendedPayment],
    *,
    on: date,
    at: datetime,
    by: User | None,
    note: str = "",
) -> None:
    """Note of each new payment (its key by its reference) that was in suspense that it has found its loan."""
    SuspenseResolution.objects.bulk_create(
        SuspenseResolution(
            suspended=suspended, payment_id=posted[reference], note=note, resolved_on=on, resolved_at=at, resolved_by=by
        )
        for reference, suspended in waiting.items()
        if reference in posted
    )
