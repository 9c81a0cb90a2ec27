"""The same money with the same value days ends equal, in whatever order it is posted."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lending.booking import register_loan
from lending.facts import standing_of
from lending.models import Loan
from lending.schedules import DayCount, Method, Terms
from lending.standing import Standing
from lending.verify import verify
from tests.lending.book.books import AT, Book

pytestmark = pytest.mark.django_db
START, END = date(2026, 1, 29), date(2026, 9, 1)
LEVEL = Terms(principal=6_000_00, annual_rate_ppm=240_000, periods=6, start_on=START)
DAILY = Terms(
    principal=6_000_00, annual_rate_ppm=126_000, periods=6, start_on=START, method=Method.DAILY, day_count=DayCount.ACT_360
)  # fmt: skip
MONEY = st.lists(
    st.tuples(st.integers(0, 200), st.integers(1, 3_000_00)), min_size=2, max_size=5, unique_by=lambda each: each[0]
)


def ended(book: Book, terms: Terms, money: list[tuple[int, int]]) -> Standing:
    """Where a loan stands at the end for which this money came in, posted in the order given."""
    loan: Loan = register_loan(
        number=book.new("L"), funder=book.funder(), product=book.product(penalty_rate_ppm=360_000, grace_days=2),
        borrower=book.borrower(), terms=terms, at=AT,
    )  # fmt: skip
    for days, amount in money:
        book.pay(loan, (START + timedelta(days=days)).isoformat(), amount)
    state = standing_of(loan, END)
    return state._replace(allocations=())


@pytest.mark.parametrize("terms", [pytest.param(LEVEL, id="level"), pytest.param(DAILY, id="by the day")])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(money=MONEY, data=st.data())
def test_any_order_of_posting_ends_equal(terms: Terms, money: list[tuple[int, int]], data: st.DataObject) -> None:
    with transaction.atomic():
        book = Book()
        book.closed(END.isoformat())

        in_order, shuffled = sorted(money), data.draw(st.permutations(money))

        assert ended(book, terms, in_order) == ended(book, terms, shuffled)
        assert verify() == []
        transaction.set_rollback(True)
