"""Penalty on overdue amounts, exact to the last day: one integer grows, and only its reading is rounded.

    N(D) = sum over the days d with due day <= d < D of the overdue base open on d x rate in parts per million
    P(D) = N(D) / (1,000,000 x day basis), rounded half-up, is the penalty accrued in all up to D

First day in, last day out: a payment of value day V lowers the principal from V on. What a day posts is P(D+1) - P(D), so
postings never drift from the whole. A close that works in SQL adds principal x rate a day in integers and agrees.
(Overdue principal x penalty rate x days / basis: People's Bank of China, notice 251 of 2003.)

The base is the overdue principal or the whole instalment; of what a guarantor has paid for the whole, at the guarantor's rate
where it has one of its own. Compound interest (same notice: unpaid interest compounds at the
penalty rate) has a numerator of its own, of overdue interest; nothing is charged on penalty or on compound interest. The
days of a pause of the penalty are left out.

Grace: an instalment unsettled at the end of its last day (`lending.due_days`) has run out of it. From then on it counts, starting with
that day when the grace excuses; else the days since the due day are charged with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from lending.loan_facts import PenaltyBase
from lending.money import PPM, divide
from lending.open_rows import OpenRow


def accrued(numerator: int, day_basis: int) -> int:
    """P for N: minor units, rounded half-up."""
    return divide(numerator, PPM * day_basis)


@dataclass(slots=True)
class Tally:
    """N of penalty or of compound interest, and what was paid and waived of it: never more than accrued."""

    day_basis: int
    numerator: int = 0
    paid: int = 0
    waived: int = 0

    @property
    def accrued(self) -> int:
        """Accrued in all up to the day reached, rounded."""
        return accrued(self.numerator, self.day_basis) if self.numerator else 0

    @property
    def open(self) -> int:
        """Accrued, neither paid nor waived."""
        return self.accrued - self.paid - self.waived


@dataclass(slots=True)
class Charged:
    """Costs charged, and what was paid and given up of them: they stand as they are and grow by nothing."""

    charged: int = 0
    paid: int = 0
    waived: int = 0

    @property
    def open(self) -> int:
        return self.charged - self.paid - self.waived


class Charge(NamedTuple):
    """Amounts times days times rates: what is added to the numerators of penalty and of compound interest."""

    penalty: int
    compound: int


def charge(
    rows: Iterable[OpenRow], start: int, end: int, rate_ppm: int, *, grace_excuses: bool, base: PenaltyBase
) -> Charge:
    """What the days from `start` up to, not including, `end` are charged with.

    Rows stand in the order of their due days; no row falls due, leaves its grace or changes between the two days.
    Moves what a row that ran out of grace had held.
    """
    days, penalty, compound = end - start, 0, 0
    for row in rows:
        if row.due_by > start:
            break
        if row.settled is not None:
            continue
        daily, daily_compound = _of_a_day(row, rate_ppm, base)
        if start >= row.grace_ends:
            penalty += daily * days + row.grace_held
            compound += daily_compound * days + row.grace_held_compound
            row.grace_held = row.grace_held_compound = 0
        elif not grace_excuses:
            row.grace_held += daily * days
            row.grace_held_compound += daily_compound * days
    return Charge(penalty, compound)


def charge_of_a_day(rows: Iterable[OpenRow], rate_ppm: int, base: PenaltyBase) -> Charge:
    """What one day is charged with for these rows, all past their grace; what they hold is left where it is."""
    days = [_of_a_day(row, rate_ppm, base) for row in rows]
    return Charge(sum(daily for daily, _compound in days), sum(compound for _daily, compound in days))


def _of_a_day(row: OpenRow, rate_ppm: int, base: PenaltyBase) -> tuple[int, int]:
    if row.surety_rate is not None:
        return row.open * row.surety_rate, 0
    if base is PenaltyBase.INSTALMENT:
        return row.open * rate_ppm, 0
    return row.open_principal * rate_ppm, row.open_interest * rate_ppm if base is PenaltyBase.COMPOUND else 0
