"""Money received enters the book, once by its reference, and settles what it can.

A payment is allocated as soon as the book has reached its value day; until then it waits for the close of that day. The
same reference with the same content is the same payment, whoever posts it and however often; with other content it is a
conflict. Mistakes are reversed by a row that points at them. Money for a loan that is not in the book is kept in suspense,
and leaves it with the payment of the same reference, whoever posts that.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.record import record
from lending.horizon import hold_loans, reached_day
from lending.models import Loan, Payment, SuspendedPayment
from lending.payment_rules import (
    NewPayment,
    PaymentConflictError,
    PaymentError,
    ReversalError,
    check_amount,
    check_payment,
    conflict,
    same_payment,
    same_suspended,
)
from lending.prepaying import follow, prepay_with, undo
from lending.prepayment import Keep
from lending.settling import settle, settle_new
from lending.signals import payment_posted
from lending.suspended import bring_home, check_home, homeless
from staff.models import User

__all__ = [
    "NewPayment", "PaymentConflictError", "PaymentError", "Posted", "ReversalError",
    "post_many", "post_payment", "reverse_payment", "suspend_payment",
]  # fmt: skip


class Posted(NamedTuple):
    """What became of one row of a bulk posting: the payment; or none and the reason why it was refused; or none of both
    where the money is kept in suspense. `is_new` is False for a row that was there before.
    """

    payment: Payment | None
    is_new: bool
    error: str = ""


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
    bring_home([payment], waiting, on=on, at=at, by=by)
    record("lending.payment_posted", by=by, at=at, subject=loan, **_facts(payment))
    if keep:
        prepay_with(payment, keep, on=on, at=at, by=by)
    else:
        follow([payment], on=on, at=at, by=by)
    _finish([payment], on, at)
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
    _finish([reversal], on, at)
    return reversal


@transaction.atomic
def post_many(
    rows: Sequence[NewPayment], *, channel: str, on: date, at: datetime, by: User | None = None
) -> list[Posted]:
    """Post a chunk of payments, of some hundred rows at most, and say what became of each, in the order given.

    The good rows go in whatever the bad ones are. Whoever imports them writes the audit entry.
    """
    loans = {loan.number: loan for loan in Loan.objects.filter(number__in={row.loan_number for row in rows})}
    hold_loans(loan.pk for loan in loans.values())
    seen = Payment.objects.filter(reference__in={row.reference for row in rows}).select_related("loan")
    known = {payment.reference: payment for payment in seen}
    suspended = homeless(row.reference for row in rows)
    new: list[Payment] = []
    outcomes: list[Posted] = []
    for row in rows:
        try:
            if payment := known.get(row.reference):
                outcome = Posted(_same_money(payment, suspended.get(row.reference), row), is_new=False)
            elif loan := loans.get(row.loan_number):
                outcome = _posted(_payment(loan, row, channel, at, by), row, suspended.get(row.reference))
            else:
                outcome = _suspended(row, suspended, at)
        except PaymentError as error:
            outcome = Posted(None, is_new=False, error=str(error))
        if outcome.payment and outcome.is_new:
            known[row.reference] = outcome.payment
            new.append(outcome.payment)
        outcomes.append(outcome)
    Payment.objects.bulk_create(new)
    bring_home(new, suspended, on=on, at=at, by=by)
    follow(new, on=on, at=at, by=by)
    settle_new(new)
    _tell(new, on, at)
    return outcomes


@transaction.atomic
def suspend_payment(
    *, reference: str, loan_number: str, value_on: date, amount: int, currency: str, reason: str, at: datetime
) -> SuspendedPayment:
    """Keep money that came without a loan; PaymentConflictError when the reference is known with other content."""
    row = NewPayment(loan_number, reference, value_on, amount, currency)
    check_amount(row)
    suspended, _made = SuspendedPayment.objects.get_or_create(
        reference=reference, defaults=row._asdict() | {"reason": reason, "received_at": at}
    )
    return same_suspended(suspended, row)


def _same_money(payment: Payment, suspended: SuspendedPayment | None, row: NewPayment) -> Payment:
    """The payment known under this reference, also where it found another loan than the one that it came for."""
    if suspended:
        same_suspended(suspended, row)
        return payment
    return same_payment(payment, row)


def _posted(payment: Payment, row: NewPayment, suspended: SuspendedPayment | None) -> Posted:
    """The payment made of a row, not yet saved."""
    if suspended:
        check_home(suspended, row)
    check_payment(payment.loan, row)
    return Posted(payment, is_new=True)


def _suspended(row: NewPayment, suspended: dict[str, SuspendedPayment], at: datetime) -> Posted:
    """Money for a loan that is not in the book, kept at once."""
    is_new = row.reference not in suspended
    suspended[row.reference] = suspend_payment(**row._asdict(), reason="unknown loan", at=at)
    return Posted(None, is_new=is_new)


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


def _finish(payments: Sequence[Payment], on: date, at: datetime) -> None:
    """Settle the loans of payments whose value day the book has reached, and tell the floors above of every payment."""
    reached = reached_day()
    if reached:
        settle({payment.loan_id for payment in payments if payment.value_on <= reached}, on=reached)
    _tell(payments, on, at)


def _tell(payments: Sequence[Payment], on: date, at: datetime) -> None:
    if payments:
        payment_posted.send(Payment, payments=list(payments), on=on, at=at)


def _facts(payment: Payment) -> dict[str, object]:
    return {
        "loan": payment.loan.number,
        "reference": payment.reference,
        "amount": payment.amount,
        "currency": payment.currency,
        "value_on": payment.value_on.isoformat(),
        "channel": str(payment.channel),
    }
