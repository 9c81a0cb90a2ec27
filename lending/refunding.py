"""Giving back money that settled nothing: one person asks, a second decides, and from that day the payment counts less it."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.record import record
from lending.facts import facts_of
from lending.horizon import day_of_writing, hold_loans
from lending.models import Payment, Refund, RefundRequest
from lending.money import format_amount
from lending.payment_rules import PaymentError
from lending.settling import settle_reached
from lending.standing import standing
from staff.matrix import may
from staff.models import User

State = RefundRequest.State
ROWS_MAX = 100


class RefundError(PaymentError):
    """What cannot go back, in words for whoever asks or decides."""


class RefundStaleError(RefundError):
    """The request was decided by somebody else; nothing was written."""


def held_of(payment: Payment, on: date) -> int:
    """What of this payment settles nothing at the end of `on`, and was not given back."""
    facts = facts_of([payment.loan_id])[payment.loan_id].less_refunds(on)
    counted = sum(each.amount for each in facts.payments if each.id == payment.pk and each.value_on <= on)
    return counted - sum(part.amount for part in standing(facts, on).allocations if part.payment_id == payment.pk)


def waiting_refund(payment: Payment) -> RefundRequest | None:
    return RefundRequest.objects.waiting().filter(payment=payment).select_related("maker").first()


def waiting_refunds(requests: QuerySet[RefundRequest]) -> list[RefundRequest]:
    """Those that wait, the oldest first."""
    waiting = requests.filter(state=State.WAITING).select_related("payment__loan__borrower", "maker")
    return list(waiting.order_by("made_at", "pk")[:ROWS_MAX])


@transaction.atomic
def request_refund(payment: Payment, *, amount: int, reason: str, by: User, at: datetime, on: date) -> RefundRequest:
    """Ask that this much go back to whoever paid it; RefundError, PermissionDenied."""
    _require(by, "lending.refund")
    hold_loans([payment.loan_id])
    if waiting_refund(payment):
        raise RefundError(_("A refund of this payment waits already."))
    _check(payment, amount, on)
    request = RefundRequest(payment=payment, amount=amount, reason=reason, maker=by, made_at=at, made_on=on)
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError:
        raise RefundError(_("A refund of this payment waits already.")) from None
    _note("requested", request, by, at)
    return request


@transaction.atomic
def decide_refund(
    request: RefundRequest, *, approve: bool, words: str, by: User, at: datetime, on: date
) -> RefundRequest:
    """Approve or reject a refund that waits; RefundStaleError, RefundError, PermissionDenied."""
    _require(by, "lending.refund_decide")
    hold_loans([request.payment.loan_id])
    request = RefundRequest.objects.select_related("payment__loan", "maker").get(pk=request.pk)
    if request.state != State.WAITING:
        raise RefundStaleError(_("This was decided or changed since you opened it. Nothing was saved; look again."))
    if by.pk == request.maker_id:
        raise RefundError(_("You asked for this yourself: somebody else must decide it."))
    if not approve and not words.strip():
        raise RefundError(_("Say why, so that whoever asked knows."))
    if approve:
        _check(request.payment, request.amount, on)
    _move(request, State.APPROVED if approve else State.REJECTED, checker=by, decided_at=at, decided_words=words)
    _note("approved" if approve else "rejected", request, by, at)
    if approve:
        Refund.objects.create(
            request=request,
            payment=request.payment,
            amount=request.amount,
            on=day_of_writing(on),
            reference=f"refund-{request.pk}",
            reason=request.reason,
            maker=request.maker,
            checker=by,
            at=at,
        )
        settle_reached([request.payment.loan_id])
    return request


def _check(payment: Payment, amount: int, on: date) -> None:
    held = held_of(payment, on)
    if not 0 < amount <= held:
        most = format_amount(held, payment.currency)
        raise RefundError(_("No more than %(most)s of this payment settles nothing.") % {"most": most})


def _move(request: RefundRequest, state: str, **changes: object) -> None:
    """From waiting to `state`, by compare-and-set; RefundStaleError when somebody was quicker."""
    if not RefundRequest.objects.filter(pk=request.pk, state=State.WAITING).update(state=state, **changes):
        raise RefundStaleError(_("This was decided or changed since you opened it. Nothing was saved; look again."))
    for name, value in (changes | {"state": state}).items():
        setattr(request, name, value)


def _note(event: str, request: RefundRequest, by: User, at: datetime) -> None:
    payment = request.payment
    record(
        f"lending.refund_{event}",
        by=by,
        at=at,
        subject=request,
        loan=payment.loan.number,
        reference=payment.reference,
        amount=request.amount,
        currency=payment.currency,
    )


def _require(by: User, capability: str) -> None:
    """PermissionDenied unless that person works here and has that capability now."""
    if not by.is_active or not may(by.role, capability):
        raise PermissionDenied(capability)
