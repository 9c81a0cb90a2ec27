"""Money that answers a pay link or a debit: on the loan if it is exactly what was asked for, else in suspense with the reason.

    paid in time, or late   posted; the link is paid, also one that had expired
    paid again              suspense; the link stays paid by the first
    other amount, currency  suspense; a link stays as it is, a debit becomes unknown for a person to settle
    or loan
    after cancelling        suspense; it stays cancelled
    debit failed            the debit is failed, unless its money has come: money outweighs any word about it
    debit returned after    its payment is reversed, as if it had never been; where part of it was given back already a
    it was paid             person has to settle that

None is dropped, whatever comes first.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from audit.record import record
from lending.codes import DEBIT, LINK, is_code
from lending.models import OPEN_DEBITS, Debit, Mandate, PayLink, Payment, PaymentEvent
from lending.payment_rules import ReversalError
from lending.posting import reverse_payment
from lending.signals import debit_failed

Order = PayLink | Debit
KINDS: dict[str, type[PayLink] | type[Debit]] = {LINK: PayLink, DEBIT: Debit}
CANCELLED = "cancelled"
assert {CANCELLED} == {PayLink.State.CANCELLED, Debit.State.CANCELLED}
REASONS = ("insufficient_funds", "account_closed", "mandate_revoked", "limit", "other")
"""Why a debit may fail, as providers say it; what they say otherwise is `other`."""
RETURNED = "returned"
"""The last word of an event that says that money which came went back."""
ENDS_THE_MANDATE = frozenset({"account_closed", "mandate_revoked"})


def order_of(code: str, reference: str) -> Order | None:
    """The link or debit that an event names, or whose code is its reference, held until the transaction ends."""
    for name in (code, reference):
        kind = KINDS.get(name[:1]) if is_code(name) else None
        found = (
            kind.objects.select_for_update(of=("self",)).select_related("loan").filter(code=name).first()
            if kind
            else None
        )
        if found:
            return found
    return None


def fault_of(order: Order, *, loan_number: str, amount: int, currency: str) -> str:
    """Why this money is not the order's, as a code; empty when it is."""
    if loan_number != order.loan.number:
        return "order: another loan"
    if amount != order.amount or currency not in {"", order.currency}:
        return "order: another amount"
    if order.payment_id:
        return "order: paid already"
    if order.state == CANCELLED:
        return "order: cancelled"
    return ""


def channel_of(order: Order) -> str:
    return Payment.Channel.LINK if isinstance(order, PayLink) else Payment.Channel.DEBIT


def paid(order: Order, payment: Payment, *, at: datetime) -> None:
    """The money came and is posted. The order is held, so nobody else ends it meanwhile."""
    state = PayLink.State.PAID if isinstance(order, PayLink) else Debit.State.SUCCEEDED
    changed = (
        type(order)
        .objects.filter(pk=order.pk, payment=None)
        .update(state=state, payment=payment, reason="", ended_at=at, **_no_lease(order))
    )
    assert changed, "an order is paid once"
    what = "pay_link_paid" if isinstance(order, PayLink) else "debit_succeeded"
    record(
        f"lending.{what}",
        by=None,
        at=at,
        subject=order,
        loan=order.loan.number,
        code=order.code,
        amount=order.amount,
        currency=order.currency,
        reference=payment.reference,
    )


def in_doubt(order: Order, *, at: datetime) -> None:
    """Money came that is not what was asked for: what became of an open debit is for a person to say."""
    if isinstance(order, Debit):
        Debit.objects.filter(pk=order.pk, state__in=OPEN_DEBITS).update(
            state=Debit.State.UNKNOWN, reason="other_money", is_doubtful=True, lease_until=None
        )


@transaction.atomic
def failed(debit: Debit, reason: str, *, on: date, at: datetime) -> bool:
    """The bank did not pay; False when the debit has ended already. A closed account or withdrawn consent ends the mandate."""
    reason = reason if reason in REASONS else "other"
    open_one = Debit.objects.filter(pk=debit.pk, state__in=OPEN_DEBITS)
    if not open_one.update(state=Debit.State.FAILED, reason=reason, lease_until=None, ended_at=at):
        return False
    record(
        "lending.debit_failed", by=None, at=at, subject=debit, loan=debit.loan.number, code=debit.code, reason=reason
    )
    _tell(debit, reason, on=on, at=at)
    return True


@transaction.atomic
def returned(debit: Debit, reason: str, *, on: date, at: datetime) -> bool:
    """The bank took back what a debit had brought: its payment is reversed. False when it is not one that was paid.

    The order is held, so nobody else ends it meanwhile.
    """
    reason = reason if reason in REASONS else "other"
    paid_one = Debit.objects.filter(pk=debit.pk, state=Debit.State.SUCCEEDED)
    if not paid_one.update(state=Debit.State.RETURNED, reason=reason, ended_at=at):
        return False
    payment = Payment.objects.select_related("loan").get(debit=debit.pk)
    is_reversed = Payment.objects.filter(reverses=payment).exists() or _is_undone(payment, on=on, at=at)
    record(
        "lending.debit_returned" if is_reversed else "lending.debit_returned_open",
        by=None,
        at=at,
        subject=debit,
        loan=debit.loan.number,
        code=debit.code,
        amount=debit.amount,
        currency=debit.currency,
        reference=payment.reference,
        reason=reason,
    )
    _tell(debit, reason, on=on, at=at)
    return True


def _is_undone(payment: Payment, *, on: date, at: datetime) -> bool:
    """Whether the payment could be reversed: of one that was refunded in part it cannot be."""
    try:
        reverse_payment(
            payment, reference=f"returned-{payment.pk}", on=on, at=at, by=None, channel=Payment.Channel.DEBIT
        )
    except ReversalError:
        return False
    return True


def returned_since(debit: Debit, since: datetime) -> PaymentEvent | None:
    """The word that a debit's money went back after that moment, where it came before the word that it was paid."""
    events = PaymentEvent.objects.filter(Q(order=debit.code) | Q(reference=debit.code), at__gte=since)
    return events.filter(kind__iregex=rf"(^|[._\s-]){RETURNED}$").order_by("at", "pk").first()


def paid_at(debit: Debit) -> datetime | None:
    """When its money came, as the provider said."""
    events = PaymentEvent.objects.filter(reference__in=Payment.objects.filter(debit=debit).values("reference"))
    return events.filter(outcome=PaymentEvent.Outcome.POSTED).order_by("pk").values_list("at", flat=True).first()


def _tell(debit: Debit, reason: str, *, on: date, at: datetime) -> None:
    """A closed account or withdrawn consent ends the mandate; the floors above hear of any failure."""
    if reason in ENDS_THE_MANDATE:
        ended = Mandate.objects.filter(pk=debit.mandate_id, revoked_at=None)
        if ended.update(revoked_at=at, revoked_words=reason):
            record("lending.mandate_ended", by=None, at=at, subject=debit.mandate, reason=reason)
    debit_failed.send(Debit, debit=debit, reason=reason, on=on, at=at)


def _no_lease(order: Order) -> dict[str, None]:
    return {} if isinstance(order, PayLink) else {"lease_until": None}
