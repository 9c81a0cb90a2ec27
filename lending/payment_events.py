"""What payment services tell us: kept first, each event once, in whatever order and however late they come.

An event that says money came is posted by its reference, with the business day of its instant as value day. Money that the
book cannot put on that loan (no such loan, another currency, a day before the loan) is kept in suspense with the reason, so
none is dropped. An event that answers a pay link or a direct debit posts what that asked for and nothing else
(`lending.ordered`), and one that says that a debit's money went back reverses that payment. An event that says anything else moves no money and is kept for people to read.
"""

import re
from datetime import date, datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction

from audit.clock import local_day
from audit.record import record
from lending import ordered
from lending.models import Debit, Loan, Payment, PaymentEvent, SuspendedPayment
from lending.payment_rules import PaymentConflictError, PaymentError
from lending.posting import post_payment, suspend_payment

Outcome = PaymentEvent.Outcome
MONEY_CAME = frozenset(
    {"payment", "paid", "received", "succeeded", "success", "completed", "settled", "posted", "credited", "captured"}
)
"""The last word of an event's type (`payment`, `payment.received`, `payment_succeeded`) when money has come."""
NO_MONEY = frozenset({"failed", "rejected", ordered.RETURNED, "declined"})
"""The last word when a direct debit brought none."""


class Event(NamedTuple):
    """An event as it came in; `amount` in minor units, `currency` empty for the loan's own.

    `order` is the code of the pay link or direct debit that it answers, `detail` the reason for which a debit failed.
    """

    event_id: str
    kind: str
    at: datetime
    loan_number: str
    reference: str
    amount: int
    currency: str = ""
    order: str = ""
    detail: str = ""


def take(provider: str, event: Event, *, received_at: datetime, on: date) -> tuple[Outcome, bool]:
    """Keep the event and let it count; its outcome, and False when it had come before. PaymentError for no amount."""
    try:
        with transaction.atomic():
            if known := _known(provider, event):
                return known, False
            outcome = _count(event, received_at, on)
            PaymentEvent.objects.create(provider=provider, received_at=received_at, outcome=outcome, **event._asdict())
    except IntegrityError:  # the same event, taken by another process in the same moment
        known = _known(provider, event)
        if known is None:
            raise
        return known, False
    return outcome, True


def _known(provider: str, event: Event) -> Outcome | None:
    found = PaymentEvent.objects.filter(provider=provider, event_id=event.event_id)
    outcome = found.values_list("outcome", flat=True).first()
    return Outcome(outcome) if outcome else None


def _count(event: Event, at: datetime, on: date) -> Outcome:
    """What becomes of the money."""
    word = re.split(r"[._\s-]", event.kind.lower())[-1]
    if word in NO_MONEY:
        order = ordered.order_of(event.order, event.reference)
        if isinstance(order, Debit):
            _no_money(order, word, event, at, on)
    if word not in MONEY_CAME:
        return Outcome.KEPT
    try:
        order = ordered.order_of(event.order, event.reference)
        if order and not Payment.objects.filter(reference=event.reference).exists():
            return _answer(order, event, at, on)
        loan = Loan.objects.filter(number=event.loan_number).first()
        if loan is None:
            return _suspend(event, "unknown loan", at)
        return _post(loan, event, at, on)[1]
    except PaymentConflictError:
        return Outcome.CONFLICT


def _no_money(debit: Debit, word: str, event: Event, at: datetime, on: date) -> None:
    """The debit failed; or what it had brought went back, if that was said of a later moment than that it was paid."""
    came = ordered.paid_at(debit)
    if came is None:
        ordered.failed(debit, event.detail, on=on, at=at)
    elif word == ordered.RETURNED and event.at >= came:
        ordered.returned(debit, event.detail, on=on, at=at)


def _answer(order: ordered.Order, event: Event, at: datetime, on: date) -> Outcome:
    """The money that a link or a debit asked for; what was suspended before under this reference stays so."""
    fault = ordered.fault_of(order, loan_number=event.loan_number, amount=event.amount, currency=event.currency)
    if SuspendedPayment.objects.filter(reference=event.reference).exists():
        return _suspend(event, fault, at)
    if fault:
        ordered.in_doubt(order, at=at)
        return _suspend(event, fault, at)
    payment, outcome = _post(order.loan, event, at, on, ordered.channel_of(order))
    if payment:
        ordered.paid(order, payment, at=at)
        if isinstance(order, Debit) and (back := ordered.returned_since(order, event.at)):
            ordered.returned(order, back.detail, on=on, at=at)
    return outcome


def _post(
    loan: Loan, event: Event, at: datetime, on: date, channel: str = Payment.Channel.WEBHOOK
) -> tuple[Payment | None, Outcome]:
    """Onto the loan, or into suspense where this loan cannot take it."""
    try:
        payment = post_payment(
            loan=loan,
            reference=event.reference,
            value_on=local_day(event.at),
            amount=event.amount,
            currency=event.currency or loan.currency,
            channel=channel,
            on=on,
            at=at,
        )
    except PaymentConflictError:
        raise
    except PaymentError as error:
        return None, _suspend(event, str(error)[:120], at)
    return payment, Outcome.POSTED


def _suspend(event: Event, reason: str, at: datetime) -> Outcome:
    same = {"reference": event.reference}
    if Payment.objects.filter(**same).exists() and not SuspendedPayment.objects.filter(**same).exists():
        return Outcome.CONFLICT
    kept = suspend_payment(
        reference=event.reference,
        loan_number=event.loan_number,
        value_on=local_day(event.at),
        amount=event.amount,
        currency=event.currency,
        reason=reason,
        at=at,
    )
    if kept.is_new:
        record(
            "lending.payment_suspended",
            by=None,
            at=at,
            loan=event.loan_number,
            reference=event.reference,
            amount=event.amount,
            currency=event.currency,
            reason=reason,
        )
    return Outcome.SUSPENDED
