"""Payments of a file enter the book as the rows they are: no model is made of one that settles in sets.

A chunk asks for its loans once, for its references once, and writes its payments as one stream. What is refused, known,
kept in suspense or waits for its day is what `post_payment` would make of each row in turn.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from lending.horizon import hold_loans
from lending.models import Loan, Payment
from lending.payment_rules import NewPayment, Payee, PaymentError, check_payment, check_same, same_suspended
from lending.prepaying import follow
from lending.settling import settle_new, settle_reached
from lending.signals import payment_posted
from lending.sql.posting import Money
from lending.sql.reading import among
from lending.sql.vendor import look_up_by_key
from lending.sql.writing import insert_many, moment, take_keys
from lending.suspended import bring_home, check_home, homeless, suspend_payment
from staff.models import User

COLUMNS = ("pk", "loan", "reference", "value_on", "amount", "currency", "channel", "posted_at", "posted_by")


class Posted(NamedTuple):
    """What became of one row: posted; or not, and the reason why it was refused; or none of both where the money is kept in
    suspense. `is_new` is False for a row that was there before.
    """

    is_posted: bool
    is_new: bool
    error: str = ""


@transaction.atomic
def post_many(
    rows: Sequence[NewPayment], *, channel: str, on: date, at: datetime, by: User | None = None
) -> list[Posted]:
    """Post a chunk of payments, of some thousand rows at most, and say what became of each, in the order given.

    The good rows go in whatever the bad ones are. Whoever imports them writes the audit entry.
    """
    look_up_by_key()
    chunk = _Chunk(rows, at)
    outcomes = [chunk.take(row) for row in rows]
    keys = take_keys(Payment, len(chunk.new))
    by_id, posted_at = by.pk if by else None, moment(at)
    insert_many(
        Payment,
        COLUMNS,
        (
            (key, loan.pk, row.reference, row.value_on, row.amount, row.currency, str(channel), posted_at, by_id)
            for key, (loan, row) in zip(keys, chunk.new, strict=True)
        ),
    )
    if chunk.suspended:
        posted = {row.reference: key for key, (_loan, row) in zip(keys, chunk.new, strict=True)}
        bring_home(posted, chunk.suspended, on=on, at=at, by=by)
    money = [Money(key, loan.pk, row.value_on, row.amount) for key, (loan, row) in zip(keys, chunk.new, strict=True)]
    left = settle_new(money, {loan.product_id for loan, _row in chunk.new})
    if left:
        _settle_one_by_one(left, [each.payment_id for each in money if each.loan_id in left], on=on, at=at, by=by)
    if chunk.new:
        payment_posted.send(Payment, borrower_ids={loan.borrower_id for loan, _row in chunk.new}, on=on, at=at)
    return outcomes


class _Chunk:
    """What is known of the rows, their loans held; `new` are those to be written, each with its loan."""

    def __init__(self, rows: Sequence[NewPayment], at: datetime) -> None:
        self.at = at
        self.new: list[tuple[Payee, NewPayment]] = []
        self.loans = _loans({row.loan_number for row in rows})
        hold_loans(loan.pk for loan in self.loans.values())
        references = {row.reference for row in rows}
        self.known = _known(references)
        self.suspended = homeless(references)

    def take(self, row: NewPayment) -> Posted:
        try:
            return self._take(row)
        except PaymentError as error:
            return Posted(is_posted=False, is_new=False, error=str(error))

    def _take(self, row: NewPayment) -> Posted:
        suspended, known = self.suspended.get(row.reference), self.known.get(row.reference)
        if known and suspended:  # it may have found another loan than the one that it came for
            same_suspended(suspended, row)
            return Posted(is_posted=True, is_new=False)
        if known:
            check_same(known, row)
            return Posted(is_posted=True, is_new=False)
        loan = self.loans.get(row.loan_number)
        if loan is None:
            return self._suspend(row)
        if suspended:
            check_home(suspended, row)
        check_payment(loan, row)
        self.known[row.reference] = row
        self.new.append((loan, row))
        return Posted(is_posted=True, is_new=True)

    def _suspend(self, row: NewPayment) -> Posted:
        """Money for a loan that is not in the book, kept at once."""
        kept = suspend_payment(**row._asdict(), reason="unknown loan", at=self.at)
        self.suspended[row.reference] = kept.payment
        return Posted(is_posted=False, is_new=kept.is_new)


def _loans(numbers: Iterable[str]) -> dict[str, Payee]:
    return {row[0]: Payee(*row) for row in Loan.objects.filter(among("number", numbers)).values_list(*Payee._fields)}


def _known(references: Iterable[str]) -> dict[str, NewPayment]:
    """What is posted under these references already."""
    seen = Payment.objects.filter(among("reference", references))
    rows = seen.values_list("loan__number", "reference", "value_on", "amount", "currency")
    return {row[1]: NewPayment(*row) for row in rows}


def _settle_one_by_one(
    loan_ids: set[int], payment_ids: Sequence[int], *, on: date, at: datetime, by: User | None
) -> None:
    """What the sets leave: loans that these payments prepay, and those whose history has to be replayed."""
    payments = Payment.objects.filter(pk__in=payment_ids).select_related("loan__product").order_by("pk")
    follow(list(payments), on=on, at=at, by=by)
    settle_reached(loan_ids)
