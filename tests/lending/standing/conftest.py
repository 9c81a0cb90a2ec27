"""Loans in the words of the worked examples: a schedule as (due day, principal, interest), payments as (day, amount)."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import pytest

from lending.standing import Conventions, InstalmentFact, LoanFacts, PaymentFact, VersionFact

Schedule = Sequence[tuple[str, int, int]]


class LoanFactory(Protocol):
    def __call__(
        self,
        schedule: Schedule,
        payments: Sequence[tuple[str, int]] = (),
        *,
        start: str = "2025-01-01",
        later: Sequence[tuple[str, Schedule]] = (),
        **conventions: object,
    ) -> LoanFacts: ...


def version(effective: str, schedule: Schedule) -> VersionFact:
    rows = (
        InstalmentFact(n, date.fromisoformat(due), principal, interest)
        for n, (due, principal, interest) in enumerate(schedule, start=1)
    )
    return VersionFact(date.fromisoformat(effective), tuple(rows))


@pytest.fixture
def loan() -> LoanFactory:
    def build(
        schedule: Schedule,
        payments: Sequence[tuple[str, int]] = (),
        *,
        start: str = "2025-01-01",
        later: Sequence[tuple[str, Schedule]] = (),
        **conventions: object,
    ) -> LoanFacts:
        return LoanFacts(
            number="L1",
            principal=sum(principal for _, principal, _ in schedule),
            start_on=date.fromisoformat(start),
            versions=(version(start, schedule), *(version(effective, rows) for effective, rows in later)),
            payments=tuple(
                PaymentFact(number, date.fromisoformat(day), amount, number)
                for number, (day, amount) in enumerate(payments, start=1)
            ),
            conventions=Conventions(currency="CNY")._replace(**conventions),  # type: ignore[arg-type]
        )

    return build
