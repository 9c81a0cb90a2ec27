"""Twelve loans of four months, small enough to be worked out by hand; every amount is in hundreds of minor units.

    loan   lent  due on the 10th       pays                                             at the end of   Feb    Mar    Apr
    A1 A2  400   100 from February     each on its day                                                  M0     M0     M0
    A3     400   100 from February     February, then nothing                                           M0     M1     M2
    A4     400   100 from February     nothing                                                          M1     M2     M3
    A5     400   100 from February     February and March on 20 March, then on its day                  M1     M0     M0
    A6     200   100 from February     everything on 15 March                                           M1     paid   paid
    B1 B2  400   100 from March        each on its day                                                  M0     M0     M0
    B3     400   100 from March        March four days late, then on its day                            M0     M0     M0
    B4     400   100 from March        nothing                                                          M0     M1     M2
    B5     400   100 from March        March on 20 April, then nothing                                  M0     M1     M1
    B6     400   100 from March        March on its day, 50 on 25 April                                 M0     M0     M1

Those called A began on 10 January, those called B on 10 February. There is neither interest nor penalty.
"""

from datetime import date

from behind import instant, pay
from lending import nightly as book_nightly
from lending.booking import register_loan
from lending.models import ClosedDay, Loan
from lending.parties import get_funder, get_product
from lending.schedules import Method, Terms
from reachable import make_borrower
from risk import snapshots

UNIT = 100
NIGHTS = [
    *(date(2026, 2, 1), date(2026, 2, 11), date(2026, 2, 18)),
    *(date(2026, 3, 1), date(2026, 3, 11), date(2026, 3, 13), date(2026, 3, 18)),
    *(date(2026, 4, 1), date(2026, 4, 10), date(2026, 4, 11), date(2026, 5, 1)),
]
"""The nights that find anything: month ends, the day after each due day, 7 and 30 days after those of first instalments."""
END_OF_JANUARY, END_OF_FEBRUARY, END_OF_MARCH, END_OF_APRIL = (date(2026, month, 1) for month in (2, 3, 4, 5))
FUNDERS = {"A": "north", "B": "south"}

PAID: dict[str, list[tuple[int, int, int]]] = {
    "A1": [(2, 10, 100), (3, 10, 100), (4, 10, 100)],
    "A2": [(2, 10, 100), (3, 10, 100), (4, 10, 100)],
    "A3": [(2, 10, 100)],
    "A4": [],
    "A5": [(3, 20, 200), (4, 10, 100)],
    "A6": [(3, 15, 200)],
    "B1": [(3, 10, 100), (4, 10, 100)],
    "B2": [(3, 10, 100), (4, 10, 100)],
    "B3": [(3, 14, 100), (4, 10, 100)],
    "B4": [],
    "B5": [(4, 20, 100)],
    "B6": [(3, 10, 100), (4, 25, 50)],
}
"""Month, day and amount."""


def book_twelve() -> None:
    """The loans and all their money, which settles on the days of its value."""
    for number, payments in PAID.items():
        loan = _book(number)
        for month, day, amount in payments:
            pay(loan, amount * UNIT, value_on=date(2026, month, day), on=date(2026, 1, 10))


def live_through(nights: list[date] = NIGHTS) -> None:
    for on in nights:
        night(on)


def night(on: date) -> dict[str, int]:
    """The book's part of a night and the portfolio's; what the latter counted."""
    book_nightly.run(on=on, at=instant(on))
    written = snapshots.run(on=on, at=instant(on))
    ClosedDay.objects.get_or_create(day=on, defaults={"closed_at": instant(on)})
    return written


def _book(number: str) -> Loan:
    month = {"A": 1, "B": 2}[number[0]]
    periods = 2 if number == "A6" else 4
    terms = Terms(
        principal=100 * periods * UNIT,
        annual_rate_ppm=0,
        periods=periods,
        start_on=date(2026, month, 10),
        first_due_on=date(2026, month + 1, 10),
        method=Method.EQUAL_PRINCIPAL,
    )
    return register_loan(
        number=number,
        funder=get_funder(FUNDERS[number[0]], number[0]),
        product=get_product("plain", allocation_order=[]),
        borrower=make_borrower(number, phone=None),
        terms=terms,
        at=instant(terms.start_on),
    )
