"""What payment services tell us: kept first, each event once, in whatever order and however late they come.

An event that says money came is posted by its reference, with the business day of its instant as value day. Money that the
book cannot put on that loan (no such loan, another currency, a day before the loan) is kept in suspense with the reason, so
none is dropped. An event that says anything else moves no money and is kept for people to read.
"""

import re
from datetime import date, datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction

from audit.clock import local_day
from audit.record import record
from lending.models import Loan, Payment, PaymentEvent, SuspendedPayment
from lending.payment_rules import PaymentConflictError, PaymentError
from lending.posting import post_payment, suspend_payment

Outcome = PaymentEvent.Outcome
MONEY_CAME = frozenset(
    {"payment", "paid", "received", "succeeded", "success", "completed", "settled", "posted", "credited", "captured"}
)
"""The last word of an event's type (`payment`, `payment.received`, `payment_succeeded`) when money has come."""


class Event(NamedTuple):
    """An event as it came in; `amount` in minor units, `currency` empty for the loan's own."""

    event_id: str
    kind: str
    at: datetime
    loan_number: str
    reference: str
    amount: int
    currency: str = ""


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
    if re.split(r"[._\s-]", event.kind.lower())[-1] not in MONEY_CAME:
        return Outcome.KEPT
    loan = Loan.objects.filter(number=event.loan_number).first()
    try:
        if loan is None:
            return _suspend(event, "unknown loan", at)
        return _post(loan, event, at, on)
    except PaymentConflictError:
        return Outcome.CONFLICT


def _post(loan: Loan, event: Event, at: datetime, on: date) -> Outcome:
    """Onto the loan, or into suspense where this loan cannot take it."""
    try:
        post_payment(
            loan=loan,
            reference=event.reference,
            value_on=local_day(event.at),
            amount=event.amount,
            currency=event.currency or loan.currency,
            channel=Payment.Channel.WEBHOOK,
            on=on,
            at=at,
        )
    except PaymentConflictError:
        raise
    except PaymentError as error:
        return _suspend(event, str(error)[:120], at)
    return Outcome.POSTED


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
    if kept.received_at == at:
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
