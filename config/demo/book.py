"""Writes the demo's lives into the book, in chunks, and brings it to a day at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

from django.db import transaction

from config.demo.catalogue import write_funders, write_products
from config.demo.lives import Life
from lending.booking import NewLoan, book_many
from lending.models import Loan, Payment
from lending.parties import NewBorrower, NewContactPoint, add_contact_points, register_borrowers
from lending.posting import NewPayment, post_many
from lending.settling import settle

BORROWERS = 250
"""Borrowers written in one transaction."""
T = TypeVar("T")


def write_book(found: Iterable[Life], *, to: date, at: datetime, told: Callable[[int], None]) -> None:
    """Enter borrowers, loans and payments, and settle each loan as of `to`; `told` hears how many loans are in."""
    funders, products = write_funders(), write_products()
    loans = 0
    for chunk in chunks(found, BORROWERS):
        with transaction.atomic():
            people = register_borrowers(
                [NewBorrower(p.ref, p.name, language=p.language, time_zone=p.time_zone) for p, _ in chunk], at=at
            )
            add_contact_points([NewContactPoint(people[p.ref], p.phone) for p, _ in chunk], at=at)
            rows = [
                NewLoan(loan.number, funders[loan.funder], products[loan.product], people[life.person.ref], loan.terms)
                for life in chunk
                for loan in life.loans
            ]
            booked = book_many(rows, at=at)
            _post(chunk, to, at)
            settle([loan.pk for loan in booked], on=to)
        loans += len(rows)
        told(loans)


def _post(chunk: Sequence[Life], to: date, at: datetime) -> None:
    payments = [
        NewPayment(loan.number, f"{loan.number}-{n}", paid.on, paid.amount, loan.terms.currency)
        for life in chunk
        for loan in life.loans
        for n, paid in enumerate(loan.payments, start=1)
    ]
    for posted in post_many(payments, channel=Payment.Channel.IMPORT, on=to, at=at):
        assert not posted.error, posted.error


def is_empty() -> bool:
    return not Loan.objects.exists()


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
