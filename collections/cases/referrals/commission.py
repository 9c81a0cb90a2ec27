"""What came in while loans were placed with an agency, and what it earns by that: reckoned from posted payments, never stored.

A payment counts by its value day, from the day of the decision to the last day of the placement (the day it came back counts), and only while it
is not reversed. Each loan earns at the rate of the bucket in which it was placed, rounded once, half up.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from cases.referrals.models import ReferralLoan
from lending.models import Payment
from lending.money import PPM, divide
from lending.sql.reading import among


class Window(NamedTuple):
    """The days of a placement, both included."""

    first: date
    last: date

    def within(self, first: date, last: date) -> "Window":
        return Window(max(self.first, first), min(self.last, last))


class Received(NamedTuple):
    value_on: date
    amount: int


class Earned(NamedTuple):
    """One placed loan: what was overdue of it, what came in, and the commission on that, in minor units."""

    placed: ReferralLoan
    currency: str
    recovered: int
    ppm: int
    commission: int


class Sum(NamedTuple):
    """The same summed over the loans of one currency."""

    currency: str
    cases: int
    placed: int
    recovered: int
    commission: int

    @property
    def rate(self) -> float | None:
        """Percent of what was placed that came in."""
        return round(100 * self.recovered / self.placed, 1) if self.placed else None


def recovered(received: Iterable[Received], window: Window) -> int:
    """What came in on the days of the window."""
    return sum(each.amount for each in received if window.first <= each.value_on <= window.last)


def commission(amount: int, ppm: int) -> int:
    """Parts per million of what came in, half up to the minor unit."""
    return divide(amount * ppm, PPM)


def window_of(row: ReferralLoan, on: date) -> Window:
    """The days of the placement as far as they have come by `on`."""
    referral = row.referral
    return Window(referral.from_on, min(referral.ended_on or referral.until_on, on))


def earned(rows: Collection[ReferralLoan], on: date, *, since: date | None = None) -> list[Earned]:
    """What each of these loans (with referral, its terms, and loan) earned by `on`, of value days from `since` on; one query."""
    paid = _paid({row.loan_id for row in rows})
    found = []
    for row in rows:
        window = window_of(row, on).within(since or date.min, on)
        came_in = recovered(paid[row.loan_id], window)
        rates: Mapping[str, int] = row.referral.terms.commission if row.referral.terms else {}
        ppm = rates.get(row.bucket, 0)
        found.append(Earned(row, row.loan.currency, came_in, ppm, commission(came_in, ppm)))
    return found


def _paid(loan_ids: Collection[int]) -> dict[int, list[Received]]:
    rows = Payment.objects.filter(among("loan", loan_ids), reverses=None, reversed_by=None)
    found: dict[int, list[Received]] = defaultdict(list)
    for loan, value_on, amount in rows.values_list("loan", "value_on", "amount"):
        found[loan].append(Received(value_on, amount))
    return found


def sums(lines: Iterable[Earned]) -> list[Sum]:
    """The sums by currency, in the order of their codes."""
    by_currency: dict[str, list[Earned]] = defaultdict(list)
    for line in lines:
        by_currency[line.currency].append(line)
    return [
        Sum(
            currency,
            len({line.placed.referral_id for line in theirs}),
            sum(line.placed.overdue for line in theirs),
            sum(line.recovered for line in theirs),
            sum(line.commission for line in theirs),
        )
        for currency, theirs in sorted(by_currency.items())
    ]
