"""Personalised instalment plan (个性化分期): everything owed in at most sixty monthly instalments, without interest unless agreed.

After article 70 of the Chinese banks' card rules: where the debt exceeds what the person can pay, and they are willing to,
balance, term, amounts and dates are agreed for up to five years.
"""

from fractions import Fraction
from typing import NamedTuple

from lending.schedules import Method
from lending.schedules.dates import add_months
from restructuring.instruments.arrears import Arrears, Treatment
from restructuring.instruments.position import Position
from restructuring.instruments.reamortising import lower_rate, reamortised
from restructuring.instruments.refusal import RefusedError

MONTHS_MAX = 60


class InstalmentPlan(NamedTuple):
    """Penalty and interest past due are spread over the instalments."""

    periods: int
    rate_ppm: int | Fraction = 0
    arrears: Arrears = Arrears(Treatment.SPREAD, Treatment.SPREAD)

    def apply(self, position: Position) -> Position:
        rate = lower_rate(position, self.rate_ppm)
        planned = reamortised(
            position, self.periods, arrears=self.arrears, method=Method.EQUAL_INSTALLMENT, rate_ppm=rate
        )
        if planned.rows and planned.rows[-1].due_on > add_months(position.on, MONTHS_MAX):
            raise RefusedError("sixty_months", "periods", f"runs longer than {MONTHS_MAX} months")
        return planned
