"""Promises by worked examples: kept, kept in part, broken, and left alone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cases.judging import Money, judged
from cases.models import Promise

MADE_AT = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
LATER = MADE_AT + timedelta(hours=4)


def promise_of(amount: int = 120_000) -> Promise:
    """Made on 1 July: 1,200.00 by 6 July; the grace ends with 9 July."""
    return Promise(amount=amount, currency="CNY", made_on=date(2026, 7, 1), made_at=MADE_AT, due_on=date(2026, 7, 6))


def money(day: int, amount: int, currency: str = "CNY", posted_at: datetime = LATER) -> Money:
    return Money(date(2026, 7, day), posted_at, amount, currency)


CASES = [
    ("the whole amount on the day", [money(6, 120_000)], 6, "kept"),
    ("the whole amount before the day", [money(2, 120_000)], 2, "kept"),
    ("in two parts", [money(2, 60_000), money(6, 60_000)], 6, "kept"),
    ("95 percent to the cent", [money(6, 114_000)], 6, "kept"),
    ("one cent less than 95 percent, grace running", [money(6, 113_999)], 9, None),
    ("one cent less than 95 percent, grace over", [money(6, 113_999)], 10, "part_kept"),
    ("on the last day of grace", [money(9, 120_000)], 9, "kept"),
    ("a day after the grace", [money(10, 120_000)], 10, "broken"),
    ("nothing, day not come", [], 5, None),
    ("nothing, grace running", [], 9, None),
    ("nothing, grace over", [], 10, "broken"),
    ("another currency", [money(6, 120_000, "USD")], 10, "broken"),
    ("value date of the promise's own day", [money(1, 120_000)], 1, "kept"),
    ("value date before the promise", [Money(date(2026, 6, 30), LATER, 120_000, "CNY")], 10, "broken"),
    ("posted before the promise was made", [money(1, 120_000, posted_at=MADE_AT - timedelta(hours=1))], 10, "broken"),
    ("a value date that has not come", [money(8, 120_000)], 7, None),
]


@pytest.mark.parametrize(("payments", "on", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_promise_is_judged_by_payments(payments: list[Money], on: int, expected: str | None) -> None:
    promise, day = promise_of(), date(2026, 7, on)

    assert judged(promise, payments, day).state == expected


def test_a_promise_is_not_broken_while_the_borrower_says_has_paid() -> None:
    promise, claimed = promise_of(), date(2026, 7, 13)

    assert judged(promise, [], date(2026, 7, 13), claimed).state is None
    assert judged(promise, [], date(2026, 7, 14), claimed).state == "broken"
