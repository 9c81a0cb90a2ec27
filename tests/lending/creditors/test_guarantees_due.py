"""Whose guarantee is set off: by the clock of each loan, and nothing that is not shown hides what is."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from changed import AT, guarantee, person
from lending.guarantees_due import due
from lending.models import Funder, Loan
from lending.pausing import pause_loan
from lending.settling import settle
from tests.lending.book.books import Book
from tests.lending.creditors.guaranteed import FEBRUARY_15, QUARTER


def test_loans_that_a_viewer_does_not_see_hide_none_of_those_that_are_due(book: Book, late: Loan) -> None:
    """Those that come first are out of sight, or not covered: the limit counts what is shown."""
    own = book.loan([("2026-01-02", 100_00, 0)])
    settle([own.pk], on=FEBRUARY_15)
    seen = Loan.objects.filter(pk=own.pk)

    assert [row.loan for row in due(seen, FEBRUARY_15, most=1)] == [own]
    assert [row.loan for row in due(Loan.objects.all(), FEBRUARY_15, most=1)] == [late]


def test_a_loan_out_of_every_guarantee_is_not_due(book: Book, late: Loan, surety: Funder) -> None:
    guarantee(guarantor=surety, loan=late, cap_ppm=0)

    assert due(Loan.objects.all(), FEBRUARY_15) == []


@pytest.mark.parametrize(
    ("terms", "first"),
    [
        ({}, date(2026, 1, 31)),
        ({"day_zero": False}, date(2026, 1, 30)),
        ({"tolerance_amount": 110_00}, None),
        ({"calendar": "CN"}, date(2026, 2, 3)),
    ],
    ids=["day 0", "day 1", "small", "1 to 3 January are closed, Sunday the 4th is made up for"],
)
def test_days_are_those_of_the_product_s_own_clock(
    book: Book, surety: Funder, terms: dict[str, Any], first: date | None
) -> None:
    loan = book.loan([("2026-01-01", 100_00, 10_00)], **terms)
    guarantee(guarantor=surety, funder=loan.funder)
    book.closed("2025-12-31")
    book.close_through("2026-01-01", "2026-02-15")

    shown = [day for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(46)) if due(Loan.objects.all(), day)]

    assert shown[:1] == ([first] if first else [])


def test_days_of_a_pause_do_not_set_a_guarantee_off(book: Book, late: Loan) -> None:
    pause_loan(
        loan=late, kind="clock", from_on=date(2026, 1, 11), to_on=date(2026, 1, 21), reason="flood", source="",
        by=person("supervisor"), at=AT,
    )  # fmt: skip

    rows = due(Loan.objects.all(), FEBRUARY_15)

    assert [row.days_past_due for row in rows] == [35]
    assert due(Loan.objects.all(), date(2026, 2, 9)) == []


def test_the_list_asks_the_same_number_of_queries_for_any_number_of_guarantees(
    book: Book, late: Loan, surety: Funder, django_assert_num_queries: Any
) -> None:
    with CaptureQueriesContext(connection) as one:
        due(Loan.objects.all(), FEBRUARY_15)
    for _n in range(5):
        guarantee(guarantor=surety, loan=book.loan(QUARTER), days=20)

    with django_assert_num_queries(len(one)):
        assert len(due(Loan.objects.all(), FEBRUARY_15)) == 1
