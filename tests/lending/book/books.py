"""A book in the words of the examples: a schedule as (due day, principal, interest), days as ISO text."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from lending import nightly
from lending.booking import write_rows
from lending.models import (
    Allocation,
    Arrears,
    Borrower,
    ClosedDay,
    Funder,
    Loan,
    Payment,
    PenaltyAccrual,
    Product,
    ScheduleVersion,
    WaiverRequest,
)
from lending.parties import get_funder, get_product, register_borrower
from lending.posting import post_payment
from lending.schedules import Row
from lending.waivable import Parts
from lending.waiving import decide, request_waiver
from staff.models import User

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
Schedule = Sequence[tuple[str, int, int]]


def rows(schedule: Schedule) -> list[Row]:
    return [
        Row(n, date.fromisoformat(due), principal, interest, 0)
        for n, (due, principal, interest) in enumerate(schedule, start=1)
    ]


class Book:
    """Makes the least that a test needs and closes days; every reference is new unless given."""

    def __init__(self) -> None:
        self.count = 0

    def new(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def funder(self) -> Funder:
        return get_funder("harbour", "Harbour Bank")

    def product(self, **conventions: Any) -> Product:
        return get_product(self.new("product-"), **conventions)

    def borrower(self, **given: Any) -> Borrower:
        return register_borrower(**{"ref": self.new("B"), "at": AT, **given})

    def loan(
        self,
        schedule: Schedule,
        *,
        start: str = "2025-01-01",
        currency: str = "CNY",
        borrower: Borrower | None = None,
        product: Product | None = None,
        **conventions: Any,
    ) -> Loan:
        """A loan of this very schedule, as an import before the first close would leave it."""
        instalments = rows(schedule)
        loan = Loan.objects.create(
            number=self.new("L"),
            borrower=borrower or self.borrower(),
            funder=self.funder(),
            product=product or self.product(**conventions),
            currency=currency,
            principal=sum(row.principal for row in instalments),
            annual_rate_ppm=240_000,
            periods=len(instalments),
            method="equal_installment",
            frequency="monthly",
            day_count="month/12",
            start_on=date.fromisoformat(start),
            first_due_on=instalments[0].due_on,
        )
        version = ScheduleVersion.objects.create(loan=loan, number=1, effective_on=loan.start_on, made_at=AT)
        write_rows([(version, instalments)])
        return loan

    def pay(self, loan: Loan, value_on: str, amount: int, *, reference: str = "", currency: str = "CNY") -> Payment:
        return post_payment(
            loan=loan,
            reference=reference or self.new("R"),
            value_on=date.fromisoformat(value_on),
            amount=amount,
            currency=currency,
            channel=Payment.Channel.CONSOLE,
            on=date(2025, 1, 1),
            at=AT,
        )

    def closed(self, day: str) -> None:
        """Say that the book is closed up to this day without having closed it."""
        ClosedDay.objects.create(day=date.fromisoformat(day), closed_at=AT)

    def close(self, day: str) -> dict[str, int]:
        """Close one day."""
        on = date.fromisoformat(day)
        counts = nightly.run(on=on, at=AT)
        ClosedDay.objects.get_or_create(day=on, defaults={"closed_at": AT})
        return counts

    def close_through(self, first: str, last: str) -> None:
        """Close every day from `first` to `last`."""
        day, end = date.fromisoformat(first), date.fromisoformat(last)
        while day <= end:
            self.close(day.isoformat())
            day += timedelta(days=1)


def person(role: str, username: str = "") -> User:
    return User.objects.get_or_create(username=username or f"the-{role}", defaults={"role": role})[0]


def ask(loan: Loan, parts: Parts, *, on: date, by: User | None = None) -> WaiverRequest:
    """Ask for a waiver, as a supervisor unless somebody else is named."""
    maker = by or person("supervisor")
    return request_waiver(loan=loan, parts=parts, reason="hardship", words="Lost the job.", by=maker, at=AT, on=on)


def rule(request: WaiverRequest, *, on: date, by: User | None = None, approve: bool = True) -> WaiverRequest:
    """Decide a request as it was asked for, as a manager unless somebody else is named."""
    checker = by or person("manager")
    return decide(request, approve=approve, words="Seen.", payload_hash=request.payload_hash, by=checker, at=AT, on=on)


def waive(loan: Loan, parts: Parts, *, on: date) -> WaiverRequest:
    """A waiver asked for and approved."""
    return rule(ask(loan, parts, on=on), on=on)


def paid(loan: Loan) -> dict[tuple[int | None, str], int]:
    """What allocations settle of a loan, by instalment and component."""
    sums: dict[tuple[int | None, str], int] = {}
    for n, component, amount in Allocation.objects.filter(loan=loan).values_list("n", "component", "amount"):
        sums[n, component] = sums.get((n, component), 0) + amount
    return {key: amount for key, amount in sums.items() if amount}


def arrears(loan: Loan) -> Arrears:
    return Arrears.objects.get(pk=loan.pk)


def accrued(loan: Loan) -> list[tuple[str, str, int]]:
    """The accrual rows of a loan as (from, to, amount)."""
    listed = PenaltyAccrual.objects.filter(loan=loan).order_by("pk").values_list("from_on", "to_on", "amount")
    return [(from_on.isoformat(), to_on.isoformat(), amount) for from_on, to_on, amount in listed]
