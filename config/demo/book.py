"""Writes the demo's lives into an empty book, in chunks, as a book that was closed on a day."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

from django.db import connection, connections

from config.demo.catalogue import write_funders, write_products
from config.demo.lives import Life
from config.nightly import seal
from lending.loading import BorrowerToLoad, Loader, LoanToLoad, Received, Rows, write
from lending.loan_facts import LoanFacts
from lending.models import Funder, Loan, Product
from lending.parties import NewBorrower
from lending.standing import Standing

BORROWERS = 1_000
"""Borrowers written in one transaction."""
T = TypeVar("T")


def write_book(
    found: Iterable[Life],
    *,
    to: date,
    at: datetime,
    told: Callable[[int], None],
    loaded: Callable[[int, LoanToLoad, LoanFacts, Standing], None] | None = None,
) -> None:
    """Enter borrowers, loans and payments as of `to`, and close that day; `told` hears how many loans are in, `loaded` of each of them."""
    funders, products = write_funders(), write_products()
    loader = Loader(on=to, at=at, told=loaded)
    people = ((_borrower(life, funders, products) for life in chunk) for chunk in chunks(found, BORROWERS))
    loans = 0
    for written in _write_each(map(loader.rows_of, people)):
        loans += written
        told(loans)
    seal(to, at=at, steps={"lending": {"loaded": loans}})


def _write_each(prepared: Iterator[Rows]) -> Iterator[int]:
    """Write chunk by chunk and say how many loans each had; while the database takes one, the next is reckoned.

    Within a transaction of the caller's, which no other connection can join, one follows the other.
    """
    if connection.in_atomic_block:
        yield from map(write, prepared)
        return
    with ThreadPoolExecutor(1) as writer:
        last: Future[int] = writer.submit(int)
        for rows in prepared:
            yield last.result()
            last = writer.submit(write, rows)
        yield last.result()
        writer.submit(connections.close_all).result()


def _borrower(life: Life, funders: dict[str, Funder], products: dict[str, Product]) -> BorrowerToLoad:
    person = life.person
    loans = [
        LoanToLoad(
            loan.number,
            funders[loan.funder],
            products[loan.product],
            loan.terms,
            [Received(f"{loan.number}-{n}", paid.on, paid.amount) for n, paid in enumerate(loan.payments, start=1)],
        )
        for loan in life.loans
    ]
    who = NewBorrower(person.ref, person.name, language=person.language, time_zone=person.time_zone)
    return BorrowerToLoad(who, person.phone, loans)


def is_empty() -> bool:
    return not Loan.objects.exists()


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
