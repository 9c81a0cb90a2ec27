"""Writes the demo's lives into an empty book, in chunks, as a book that was closed on a day."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

from django.db import connections

from config.demo.catalogue import write_funders, write_products
from config.demo.lives import Life
from config.nightly import seal
from lending.loading import BorrowerToLoad, Loader, LoanToLoad, Received, write
from lending.models import Funder, Loan, Product
from lending.parties import NewBorrower

BORROWERS = 1_000
"""Borrowers written in one transaction."""
T = TypeVar("T")


def write_book(found: Iterable[Life], *, to: date, at: datetime, told: Callable[[int], None]) -> None:
    """Enter borrowers, loans and payments as of `to`, and close that day; `told` hears how many loans are in.

    While the database takes one chunk, the next one is reckoned.
    """
    funders, products = write_funders(), write_products()
    loader = Loader(on=to, at=at)
    loans = 0
    with ThreadPoolExecutor(1) as writer:
        last: Future[int] = writer.submit(int)
        for chunk in chunks(found, BORROWERS):
            rows = loader.rows_of(_borrower(life, funders, products) for life in chunk)
            loans += last.result()
            told(loans)
            last = writer.submit(write, rows)
        loans += last.result()
        told(loans)
        writer.submit(connections.close_all).result()
    seal(to, at=at, steps={"lending": {"loaded": loans}})


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
