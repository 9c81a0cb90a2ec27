"""Costs charged to a borrower, and given up: put forward by one person with what shows them, decided by a second.

A cost is settled in its place in the product's order of allocation: before everything on a loan (Civil Code, 561), last on a
card. Charged for a day that is past, it replays what came in since, as any fact does.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from lending.changes import HANDLERS, ChangeError, Handler, Line, propose
from lending.facts import standing_of
from lending.horizon import day_of_writing, hold_loans
from lending.models import Change, Fee, Loan
from lending.money import AMOUNT_MAX, format_amount
from lending.settling import settle_reached
from staff.models import User


@transaction.atomic
def propose_fee(
    *, loan: Loan, kind: str, amount: int, incurred_on: date, source: str, words: str, by: User, at: datetime, on: date
) -> Change:
    """Put forward that the borrower owes a cost from that day on; ChangeError, PermissionDenied."""
    content = {"fee_kind": str(Fee.Kind(kind)), "amount": amount, "source": source}
    return propose(
        kind=Change.Kind.FEE, subject=loan.number, loan=loan, from_on=incurred_on, content=content, words=words,
        by=by, at=at, on=on,
    )  # fmt: skip


@transaction.atomic
def propose_fee_waiver(fee: Fee, *, amount: int, words: str, by: User, at: datetime, on: date) -> Change:
    """Put forward that so much of a cost is given up from today on; ChangeError, PermissionDenied."""
    return propose(
        kind=Change.Kind.FEE_WAIVER, subject=fee.loan.number, loan=fee.loan, from_on=on,
        content={"fee": fee.pk, "amount": amount}, words=words, by=by, at=at, on=on,
    )  # fmt: skip


def left_of(fee: Fee, on: date) -> int:
    """What can be given up of a cost: no more than is open of all the loan's, nor than was charged and not given up."""
    given = fee.waivers.aggregate(sum=Sum("amount", default=0))["sum"]
    return min(fee.amount + int(given), standing_of(fee.loan, on).fee)


def _check(change: Change, on: date) -> None:
    loan = _held(change)
    if not 0 < change.content["amount"] <= AMOUNT_MAX:
        raise ChangeError(_("The amount must be more than zero."), "amount")
    if change.from_on > on:
        raise ChangeError(_("That day lies ahead of the business date."), "incurred_on")
    if change.from_on < loan.start_on:
        raise ChangeError(_("The loan starts on %(day)s.") % {"day": loan.start_on.isoformat()}, "incurred_on")
    if loan.status == Loan.Status.PAID:
        raise ChangeError(_("The loan is paid off."))


def _apply(change: Change, on: date) -> None:
    content = change.content
    _write(change, on, kind=content["fee_kind"], on=change.from_on, amount=content["amount"], source=content["source"])


def _lines(change: Change) -> list[Line]:
    assert change.loan is not None
    content = change.content
    return [
        Line(_("Cost"), "", str(Fee.Kind(content["fee_kind"]).label)),
        Line(_("Amount"), "", format_amount(content["amount"], change.loan.currency)),
        Line(_("Shown by"), "", content["source"]),
    ]


def _check_waiver(change: Change, on: date) -> None:
    loan = _held(change)
    fee = Fee.objects.select_related("loan").get(pk=change.content["fee"], loan=loan)
    most = left_of(fee, day_of_writing(on))
    if not 0 < change.content["amount"] <= most:
        raise ChangeError(_("No more than %(most)s is open.") % {"most": format_amount(most, loan.currency)}, "amount")


def _apply_waiver(change: Change, on: date) -> None:
    fee = Fee.objects.get(pk=change.content["fee"])
    amount, day = -change.content["amount"], day_of_writing(on)
    _write(change, on, kind=fee.kind, on=day, amount=amount, source=fee.source, waives=fee)


def _lines_of_waiver(change: Change) -> list[Line]:
    assert change.loan is not None
    fee, currency = Fee.objects.get(pk=change.content["fee"]), change.loan.currency
    return [
        Line(_("Cost"), str(fee.get_kind_display()), str(fee.get_kind_display())),
        Line(_("Given up"), "", format_amount(change.content["amount"], currency)),
        Line(_("Charged"), format_amount(fee.amount, currency), format_amount(fee.amount, currency)),
    ]


def _held(change: Change) -> Loan:
    assert change.loan is not None
    hold_loans([change.loan.pk])
    return Loan.objects.get(pk=change.loan.pk)


def _write(change: Change, decided_on: date, **columns: object) -> None:
    assert change.loan is not None
    Fee.objects.create(loan=change.loan, booked_on=day_of_writing(decided_on), change=change, **columns)
    settle_reached([change.loan.pk])


HANDLERS[Change.Kind.FEE] = Handler(_check, _apply, _lines)
HANDLERS[Change.Kind.FEE_WAIVER] = Handler(_check_waiver, _apply_waiver, _lines_of_waiver)
