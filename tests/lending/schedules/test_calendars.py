"""Due days and the days off of a country: in a schedule quoted, in one booked by its product's rule, and in a tape.

China 2026 (State Council notice): 1 to 3 January and 15 to 23 February are off; Sunday 4 January, Saturdays 14 and 28 February
are worked.
"""

from datetime import date
from typing import Any

import pytest

from lending.booking import register_loan
from lending.models import Instalment
from lending.parties import get_funder, get_product, register_borrower
from lending.schedules import Move, MovedInterest, NonWorking, Terms, TermsError, build
from tests.lending.book.books import AT

TERMS = Terms(principal=1_200_000, annual_rate_ppm=240_000, periods=3, start_on=date(2025, 12, 16))


def days(**rule: Any) -> list[str]:
    terms = Terms.parse(
        {"principal": 1_200_000, "annual_rate": "24", "periods": 3, "start_on": "2025-12-16", "non_working": rule}
    )
    return [row.due_on.isoformat() for row in build(terms)]


@pytest.mark.parametrize(
    ("rule", "february"),
    [
        ({"calendar": "CN"}, "2026-02-16"),
        ({"calendar": "CN", "move": "forward"}, "2026-02-24"),
        ({"calendar": "CN", "move": "backward"}, "2026-02-14"),
        ({"calendar": "CN", "move": "backward", "weekdays": ["sat"]}, "2026-02-13"),
        ({"calendar": "US", "move": "forward"}, "2026-02-17"),
        ({"calendar": "", "move": "forward"}, "2026-02-16"),
    ],
    ids=["no move", "after the festival", "a Saturday made up", "unless it is named", "Presidents' Day", "no country"],
)
def test_a_due_day_in_a_holiday_moves_to_a_working_day(rule: dict[str, Any], february: str) -> None:
    assert days(**rule) == ["2026-01-16", february, "2026-03-16"]


@pytest.mark.parametrize("calendar", ["XX", "cn", 7])
def test_a_country_that_nobody_knows_is_refused_by_the_field(calendar: object) -> None:
    with pytest.raises(TermsError) as refused:
        days(calendar=calendar, move="forward")

    assert refused.value.field == "non_working"


def test_interest_stays_where_only_the_due_day_moves() -> None:
    moved = build(TERMS._replace(non_working=NonWorking(calendar="CN", move=Move.FORWARD)))

    usual = zip(build(TERMS), moved, strict=True)
    assert moved == tuple(row._replace(due_on=there.due_on) for row, there in usual)


def test_interest_follows_the_moved_day() -> None:
    """The festival moves 16 February to the 24th: 38 thirtieths of a month at 2 %, then 22 for the rest of the way to 16 March."""
    rule = NonWorking(calendar="CN", move=Move.FORWARD, interest=MovedInterest.MOVE)
    first, second, third = build(TERMS._replace(non_working=rule))

    assert first.interest == 24_000
    assert second.interest == (first.balance * 2 * 38 + 1_500) // 3_000
    assert third.interest == (second.balance * 2 * 22 + 1_500) // 3_000


def booked(**conventions: Any) -> list[tuple[str, int]]:
    """The due days and interest of a loan of that product."""
    loan = register_loan(
        number="L", funder=get_funder("bank", "Bank"), product=get_product("cash", **conventions),
        borrower=register_borrower(ref="B", at=AT), terms=TERMS, at=AT,
    )  # fmt: skip
    rows = Instalment.objects.filter(loan=loan).order_by("n")
    assert loan.first_due_on == date(2026, 1, 16)
    return [(day.isoformat(), interest) for day, interest in rows.values_list("due_on", "interest")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("conventions", "february"),
    [
        ({"calendar": "CN"}, "2026-02-16"),
        ({"calendar": "CN", "due_move": "forward"}, "2026-02-24"),
        ({"calendar": "CN", "due_move": "backward"}, "2026-02-14"),
    ],
)
def test_a_loan_is_booked_by_the_rule_of_its_product(conventions: dict[str, Any], february: str) -> None:
    usual = [row.interest for row in build(TERMS)]

    assert booked(**conventions) == list(zip(["2026-01-16", february, "2026-03-16"], usual, strict=True))


@pytest.mark.django_db
def test_a_product_may_let_interest_follow_the_moved_day() -> None:
    rule = NonWorking(calendar="CN", move=Move.FORWARD, interest=MovedInterest.MOVE)
    wanted = [(row.due_on.isoformat(), row.interest) for row in build(TERMS._replace(non_working=rule))]

    assert booked(calendar="CN", due_move="forward", moved_interest="move") == wanted
