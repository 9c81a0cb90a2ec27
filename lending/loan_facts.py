"""The facts that a loan's standing follows from: dates and integers of minor units, nothing else.

Whoever keeps the book gathers these (`LoanFacts`) and asks `lending.standing.standing` for any day.
"""

from datetime import date
from typing import NamedTuple

from lending.allocation import LOAN, AllocationBy, Component, Order


class InstalmentFact(NamedTuple):
    """One row of a schedule. Rows are numbered in the order in which they fall due."""

    n: int
    due_on: date
    principal: int
    interest: int


class VersionFact(NamedTuple):
    """A whole schedule, in force from `effective_on` until the next version.

    It lists every row of the loan's life: rows already settled stand in later versions unchanged, so an allocation to
    instalment n holds across versions.
    """

    effective_on: date
    rows: tuple[InstalmentFact, ...]


class PaymentFact(NamedTuple):
    """Money received. Reversed payments are left out by the caller; `sequence` orders those of one value day."""

    id: int
    value_on: date
    amount: int
    sequence: int


class WaiverFact(NamedTuple):
    """Debt given up from day `on`: penalty, interest or principal; of instalment `n`, or of the oldest open ones when None.

    It comes before the money of its day and never gives more than is open then; what it cannot give lapses.
    """

    id: int
    on: date
    component: Component
    n: int | None
    amount: int


class Conventions(NamedTuple):
    """How the product counts. The rate is parts per million a year, the tolerance minor units per instalment.

    `grace_excuses`: when the grace runs out unpaid, penalty counts from the end of the grace (True) or from the due day
    (False). `day_zero`: the due day is day 0 of being past due (True) or day 1 (False). The tolerance keeps the last cents
    from counting as days past due; it forgives neither them nor their penalty.
    """

    currency: str
    penalty_rate_ppm: int = 0
    penalty_day_basis: int = 360
    grace_days: int = 0
    grace_excuses: bool = True
    tolerance_amount: int = 0
    day_zero: bool = True
    allocation: Order = LOAN
    allocation_by: AllocationBy = AllocationBy.INSTALMENT
    day_count: str = "month/12"


class LoanFacts(NamedTuple):
    """A loan with everything that ever happened to its schedule, all the money received and all that was waived."""

    number: str
    principal: int
    start_on: date
    versions: tuple[VersionFact, ...]
    payments: tuple[PaymentFact, ...]
    conventions: Conventions
    waivers: tuple[WaiverFact, ...] = ()
