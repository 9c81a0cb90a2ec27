"""What makes a payment one that the book can take, and two payments the same."""

from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from lending.models import Loan, Payment, SuspendedPayment
from lending.money import AMOUNT_MAX, plain_amount

REFERENCE_MAX = 80


class PaymentError(ValueError):
    """A payment that the book cannot take, in words for whoever sent it."""


class PaymentConflictError(PaymentError):
    """The reference is known with other content: another loan, day, amount or currency."""


class ReversalError(PaymentError):
    """A payment that cannot be reversed."""


class NewPayment(NamedTuple):
    """A payment as it comes in; `amount` in minor units."""

    loan_number: str
    reference: str
    value_on: date
    amount: int
    currency: str


class Payee(NamedTuple):
    """What must be known of a loan to post many payments: read as a row, not as a model."""

    number: str
    pk: int
    currency: str
    start_on: date
    borrower_id: int
    product_id: int


def check_amount(row: NewPayment) -> None:
    """PaymentError when it has no reference or is no amount that the book takes."""
    if not 0 < len(row.reference.strip()) <= REFERENCE_MAX:
        raise PaymentError(_("A payment needs a reference of at most 80 characters."))
    if not 0 < row.amount <= AMOUNT_MAX:
        largest = plain_amount(AMOUNT_MAX, row.currency)
        raise PaymentError(_("The amount must be more than zero and at most %(largest)s.") % {"largest": largest})


def check_payment(loan: Loan | Payee, row: NewPayment) -> None:
    """PaymentError when this loan cannot take that payment."""
    check_amount(row)
    if row.currency != loan.currency:
        facts = {"loan": loan.number, "currency": loan.currency, "given": row.currency}
        raise PaymentError(_("Loan %(loan)s is in %(currency)s, the payment in %(given)s.") % facts)
    if row.value_on < loan.start_on:
        facts = {"loan": loan.number, "day": loan.start_on.isoformat()}
        raise PaymentError(_("Loan %(loan)s starts on %(day)s, after the payment's value day.") % facts)


def same_payment(known: Payment, row: NewPayment) -> Payment:
    """The payment known under this reference; PaymentConflictError when the row says otherwise."""
    check_same(NewPayment(known.loan.number, known.reference, known.value_on, known.amount, known.currency), row)
    return known


def check_same(known: NewPayment, row: NewPayment) -> None:
    """PaymentConflictError when what is known under the row's reference says otherwise."""
    if known != row:
        raise conflict(row.reference)


def same_suspended(known: SuspendedPayment, row: NewPayment) -> SuspendedPayment:
    """The suspended payment known under this reference; PaymentConflictError when the row says otherwise.

    Money that came without a currency is in that of the loan it was for.
    """
    currency = known.currency or row.currency
    if NewPayment(known.loan_number, known.reference, known.value_on, known.amount, currency) != row:
        raise conflict(row.reference)
    return known


def conflict(reference: str) -> PaymentConflictError:
    return PaymentConflictError(_("Reference %(reference)s is known with other content.") % {"reference": reference})
