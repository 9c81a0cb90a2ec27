"""What a score is made of: facts of the book and observations, as they were known on a day. Pure values."""

from datetime import date
from typing import NamedTuple


class RiskFacts(NamedTuple):
    """Counts of one borrower over all loans; days and percents are whole numbers.

    `turns_on` is the first later day on which time alone may make another count of one of them; None: never.
    """

    days_past_due: int = 0
    funders_in_arrears: int = 0
    due: int = 0
    settled: int = 0
    on_time: int = 0
    part_paid: bool = False
    repaid_percent: int = 0
    paid_last_30_days: bool = False
    promises_kept: int = 0
    promises_broken: int = 0
    right_party_contacts: int = 0
    unanswered: int = 0
    hardship: bool = False
    cash_gap: bool = False
    unwilling: bool = False
    turns_on: date | None = None

    @property
    def on_time_percent(self) -> int:
        return 100 * self.on_time // self.due if self.due else 0
