"""A payment that is posted, followed by others and reversed leaves the written book as if it had never been posted."""

from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lending.booking import register_loan
from lending.facts import standing_of
from lending.models import Allocation, Instalment, Loan
from lending.posting import reverse_payment
from lending.schedules import Terms
from lending.verify import verify
from lending.written import arrears_values, read_on, written_of
from tests.lending.book.books import AT, Book

START = date(2026, 1, 29)
TERMS = Terms(principal=3_000_00, annual_rate_ppm=240_000, periods=4, start_on=START)


class Money(NamedTuple):
    """So much, with the value day so many days before the day on which it is posted."""

    amount: int
    back: int


MONEY = st.builds(Money, st.integers(1, 1_500_00), st.integers(0, 25))
DAYS = st.lists(st.one_of(st.none(), MONEY), min_size=3, max_size=8)


def life(days: list[Money | None], extra: Money, *, is_posted: bool) -> Any:
    """What is written after blocks of nine days, each beginning with money or nothing; `extra` comes after the first.

    The loan's money is known by its references, for keys differ.
    """
    book = Book()
    loan: Loan = register_loan(
        number="L", funder=book.funder(), product=book.product(penalty_rate_ppm=360_000, grace_days=3),
        borrower=book.borrower(), terms=TERMS, at=AT,
    )  # fmt: skip
    on = START + timedelta(days=30)
    book.closed(on.isoformat())

    def post(money: Money, reference: str) -> Any:
        return book.pay(loan, (on - money.back * timedelta(days=1)).isoformat(), money.amount, reference=reference)

    posted = None
    for place, money in enumerate(days):
        if money:
            post(money, f"R{place}")
        if place == 0 and is_posted:
            posted = post(extra, "extra")
        for _day in range(9):
            on += timedelta(days=1)
            book.close(on.isoformat())
    if posted:
        reverse_payment(posted, reference="back", on=on, at=AT, by=None)
    assert verify() == []
    return written(loan, on)


def written(loan: Loan, on: date) -> Any:
    """Everything that the book says of the loan, money by its reference."""
    state = standing_of(loan, on)._replace(allocations=())
    parts = Allocation.objects.values_list("payment__reference", "n", "component").annotate(sum=Sum("amount"))
    rows = Instalment.objects.filter(loan=loan, is_current=True).order_by("n")
    loan.refresh_from_db()
    return (
        state,
        sorted((reference, n or 0, component, total) for reference, n, component, total in parts if total),
        list(rows.values_list("n", "due_on", "paid_principal", "paid_interest", "waived_principal", "waived_interest")),
        read_on(written_of([loan.pk])[loan.pk].arrears, on, arrears_values(state)),
        (loan.status, loan.paid_off_on),
    )


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(days=DAYS, extra=MONEY)
def test_posted_followed_by_others_and_reversed_is_never_posted(days: list[Money | None], extra: Money) -> None:
    ends = []
    for is_posted in (True, False):
        with transaction.atomic():
            ends.append(life(days, extra, is_posted=is_posted))
            transaction.set_rollback(True)

    assert ends[0] == ends[1]
