"""The close in sets and the pure standing are one: to the minor unit and the day, over random books and leap days."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from random import Random

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lending import nightly
from lending.bucket_terms import buckets_of, in_bucket
from lending.facts import facts_of
from lending.models import Allocation, Arrears, ClosedDay, Loan, PenaltyAccrual
from lending.standing import standing
from lending.verify import verify
from lending.written import ARREARS_FIELDS
from sizes import sized
from tests.lending.book.books import AT
from tests.lending.book.random_books import DAY, START, Life

MONTHS_24 = (date(2025, 12, 28) - START).days
SEED = 20240229

pytestmark = pytest.mark.django_db


@contextmanager
def undone() -> Iterator[None]:
    """A book of its own for every example."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_every_close_agrees_with_the_pure_standing(random: Random) -> None:
    with undone():
        life = Life(random, loans=5)

        for day in life.live(20, busy=0.4):
            assert life.differences() == {}, day


def test_twenty_four_months_agree_day_by_day_and_the_ledger_is_whole() -> None:
    random = Random(SEED)
    life = Life(random, loans=5)

    for day in life.live(MONTHS_24, busy=0.25):
        assert life.differences() == {}, day
        if day.day == 15 and day.year == 2024:
            life._lend()

    assert life.differences() == {}
    assert verify() == []


MONTHS = sized(8, 240)


def test_books_of_random_months_agree_night_by_night_over_two_years() -> None:
    """Twenty-four months that begin in a month drawn at random, cut into books of their own: as many as make up the size.

    The seed is printed; `BOOK_SEED` in the environment takes it again.
    """
    seed = int(os.environ.get("BOOK_SEED") or Random().randrange(10**9))
    print(f"BOOK_SEED={seed}")  # noqa: T201 - shown where it fails
    random = Random(seed)
    first = random.randrange(12 * 10)
    for month in range(first, first + 24, max(1, 24 // MONTHS)):
        with undone():
            start = date(2015 + month // 12, month % 12 + 1, random.randint(1, 28))
            life = Life(random, loans=3, start=start)
            for day in life.live(31, busy=0.4):
                assert life.differences() == {}, f"{day}, BOOK_SEED={seed}"
            assert verify() == []


def test_a_product_s_own_buckets_are_found_by_the_days_past_due_of_any_day() -> None:
    """Nothing of them is kept: the condition on the row of arrears picks the loans whose standing says so."""
    life = Life(Random(31), loans=25, products=6)

    for day in life.live(90, busy=0.2):
        if day.day % 10:
            continue
        facts = facts_of(Loan.objects.values_list("pk", flat=True))
        right = {(loan.product.code, standing(facts[loan.pk], day).own_bucket, loan.number) for loan in loans_of(life)}
        told = {(product.code, each.code) for product in life.products for each in buckets_of(product.buckets)}
        found = {
            (code, name, loan.number)
            for code, name in told
            for loan in Loan.objects.filter(in_bucket(code, name, day), product__code=code)
        }
        assert found == right


def loans_of(life: Life) -> QuerySet[Loan]:
    return Loan.objects.filter(product__in=life.products).select_related("product")


def rows_written() -> list[list[tuple[object, ...]]]:
    """Arrears and money rows by the numbers of their loans, in the order of their content."""
    return [
        list(Arrears.objects.order_by("loan__number").values_list("loan__number", "as_of", *ARREARS_FIELDS)),
        sorted(
            Allocation.objects.values_list(
                "loan__number", "payment__reference", "component", "booked_on", "amount", Coalesce("n", 0)
            )
        ),
        sorted(PenaltyAccrual.objects.values_list("loan__number", "from_on", "to_on", "amount")),
    ]


def test_five_missed_days_caught_up_are_as_if_they_had_been_closed_in_time() -> None:
    """The same facts, closed day by day as they came and all at the end."""
    written = []
    for is_late in (False, True):
        with undone():
            life = Life(Random(7), loans=10)
            list(life.live(60))
            for offset in range(1, 6):
                loan = life._loan()
                life.book.pay(loan, (life.on + offset * DAY).isoformat(), 50_00)
                if not is_late:
                    close(life.on + offset * DAY)
            if is_late:
                for offset in range(1, 6):
                    close(life.on + offset * DAY)
            written.append(rows_written())

    assert written[0] == written[1]


def close(day: date) -> None:
    nightly.run(on=day, at=AT)
    ClosedDay.objects.create(day=day, closed_at=AT)
