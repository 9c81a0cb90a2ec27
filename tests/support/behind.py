"""Borrowers who are behind with a loan, closed days, and the people who work their cases."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from cases import nightly as cases_nightly
from cases.models import Case
from lending import nightly as book_nightly
from lending.booking import register_loan
from lending.models import Borrower, ClosedDay, Loan, Payment
from lending.parties import get_funder, get_product
from lending.posting import post_payment
from lending.schedules import Method, Terms
from reachable import make_borrower
from staff.models import Role, Team, User

TODAY = date(2026, 7, 15)
NOW = datetime(2026, 7, 15, 2, 0, tzinfo=UTC)
"""Ten in the morning in Shanghai."""


def instant(on: date) -> datetime:
    """Ten in the morning of that day in Shanghai."""
    return datetime(on.year, on.month, on.day, 2, 0, tzinfo=UTC)


def make_loan(
    borrower: Borrower, *, number: str = "", days: int = 10, amount: int = 120_000, periods: int = 1, on: date = TODAY
) -> Loan:
    """A loan without interest whose first instalment fell due `days` before `on`; `amount` minor units an instalment."""
    due_on = on - timedelta(days=days)
    terms = Terms(
        principal=amount * periods,
        annual_rate_ppm=0,
        periods=periods,
        start_on=due_on - timedelta(days=28),
        first_due_on=due_on,
        method=Method.EQUAL_PRINCIPAL,
    )
    return register_loan(
        number=number or f"L-{borrower.ref}",
        funder=get_funder("bank", "First Bank"),
        product=get_product("plain", allocation_order=[]),
        borrower=borrower,
        terms=terms,
        at=instant(due_on),
    )


def close_book(on: date) -> None:
    """Close the day in the book, and make it the business date."""
    book_nightly.run(on=on, at=instant(on))
    ClosedDay.objects.get_or_create(day=on, defaults={"closed_at": instant(on)})


def close_day(on: date) -> dict[str, int]:
    """Close the day in the book and bring the cases to it; what the cases' part counted."""
    close_book(on)
    return cases_nightly.run(on=on, at=instant(on))


def pay(loan: Loan, amount: int, *, value_on: date, on: date | None = None, reference: str = "") -> Payment:
    on = on or value_on
    return post_payment(
        loan=loan,
        reference=reference or f"{loan.number}-{value_on}-{amount}",
        value_on=value_on,
        amount=amount,
        currency="CNY",
        channel=Payment.Channel.CONSOLE,
        on=on,
        at=instant(on) + timedelta(hours=1),
    )


def make_person(username: str, role: str = Role.AGENT, **columns: Any) -> User:
    return User.objects.create_user(username, role=role, **columns)


def make_team(name: str = "North") -> Team:
    return Team.objects.get_or_create(name=name)[0]


def make_case(ref: str = "B1", *, days: int = 10, amount: int = 120_000, owner: User | None = None) -> Case:
    """A borrower with one loan in arrears and an open case as of `TODAY`; give `owner` to have it in hand."""
    borrower = make_borrower(ref, phone=None)
    make_loan(borrower, days=days, amount=amount)
    close_day(TODAY)
    Case.objects.filter(borrower=borrower).update(owner=owner)
    return Case.objects.select_related("borrower", "owner").get(borrower=borrower)
