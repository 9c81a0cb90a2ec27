"""The facts that a loan's standing follows from: dates and integers of minor units, nothing else.

Whoever keeps the book gathers these (`LoanFacts`) and asks `lending.standing.standing` for any day.
"""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from lending.allocation import LOAN, AllocationBy, Component, Order
from lending.buckets import BUCKETS, Buckets
from lending.running import ByTheDay


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


class RefundFact(NamedTuple):
    """Money of a payment that settled nothing, given back on day `on`: from then on the payment counts less it."""

    payment_id: int
    on: date
    amount: int


class WaiverFact(NamedTuple):
    """Debt given up from day `on`: a cost, penalty, interest or principal; of instalment `n`, or of the oldest open ones when None.

    It comes before the money of its day and never gives more than is open then; what it cannot give lapses.
    """

    id: int
    on: date
    component: Component
    n: int | None
    amount: int


class FeeFact(NamedTuple):
    """A cost that is owed from day `on`, whose money it comes before."""

    id: int
    on: date
    amount: int


class PauseKind(StrEnum):
    """Clock: the days do not count as past due. Penalty: neither penalty nor compound interest accrues for them.

    Interest: as penalty, and the contract's interest of these days is not owed either (`lending.freezing`).
    """

    CLOCK = "clock"
    PENALTY = "penalty"
    INTEREST = "interest"


class PauseFact(NamedTuple):
    """Days [from_on, to_on) that are left out; None: until further notice. Pauses may overlap."""

    kind: PauseKind
    from_on: date
    to_on: date | None


class SuretyFact(NamedTuple):
    """A guarantor paid for instalments `first_n` to `last_n` on day `on`, and charges a penalty rate of its own for them.

    From then on what it paid for bears that rate as a whole, interest with it, and nothing compounds: it claims what it paid
    (Civil Code, 700).
    """

    on: date
    first_n: int
    last_n: int
    penalty_rate_ppm: int


class CountsFrom(StrEnum):
    """What days past due are counted from.

    Oldest: the due day of the oldest instalment unpaid now. First: the due day that began these arrears; paying the oldest
    instalment does not move it, until nothing is overdue any more.
    """

    OLDEST = "oldest"
    FIRST = "first"


class PenaltyBase(StrEnum):
    """What the penalty rate is charged on: overdue principal; the whole overdue instalment; or overdue principal, with
    compound interest at the same rate on overdue interest, which is a component of its own.
    """

    PRINCIPAL = "principal"
    INSTALMENT = "instalment"
    COMPOUND = "compound"


class Conventions(NamedTuple):
    """How the product counts. The rate is parts per million a year, the tolerance minor units per instalment.

    `grace_excuses`: when the grace runs out unpaid, penalty counts from the end of the grace (True) or from the due day
    (False). `day_zero`: the due day is day 0 of being past due (True) or day 1 (False). The tolerances keep the last cents,
    and the first days, from counting as days past due; they forgive neither the amount nor its penalty. Days beyond
    `tolerance_days` count in full. `allocation_late` is the order from `LATE_DAYS` days past due on, where it is another.
    `buckets` are the product's own. `tolerance_ppm` is a part of the instalment, the more of both counts. `calendar` is the
    country whose closed days excuse; empty: none does.
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
    tolerance_days: int = 0
    counts_from: CountsFrom = CountsFrom.OLDEST
    penalty_base: PenaltyBase = PenaltyBase.PRINCIPAL
    allocation_late: Order | None = None
    buckets: Buckets = BUCKETS
    tolerance_ppm: int = 0
    calendar: str = ""
    grace_in_working_days: bool = False


class LoanFacts(NamedTuple):
    """A loan with everything that ever happened to its schedule, all the money received, all that was waived, all pauses."""

    number: str
    principal: int
    start_on: date
    versions: tuple[VersionFact, ...]
    payments: tuple[PaymentFact, ...]
    conventions: Conventions
    waivers: tuple[WaiverFact, ...] = ()
    pauses: tuple[PauseFact, ...] = ()
    refunds: tuple[RefundFact, ...] = ()
    by_the_day: ByTheDay | None = None
    sureties: tuple[SuretyFact, ...] = ()
    fees: tuple[FeeFact, ...] = ()

    def less_refunds(self, on: date) -> "LoanFacts":
        """The facts with each payment as it counts on that day: less what was given back of it by then, and counted once."""
        back: dict[int, int] = {}
        for refund in self.refunds:
            if refund.on <= on:
                back[refund.payment_id] = back.get(refund.payment_id, 0) + refund.amount
        if not back:
            return self
        counted = [each._replace(amount=each.amount - back.get(each.id, 0)) for each in self.payments]
        return self._replace(payments=tuple(counted), refunds=())
