"""The days on which instalments of a changed loan fall due, and the part of a year between them.

They are the loan's own days, counted on from where it stands, beyond its maturity where a plan needs them: a loan made on 31
January still falls due on the last of each month after it was re-amortised. A plan that moves due dates by days moves all.
"""

from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from lending.money import PPM
from lending.schedules import Method, Terms, TermsError
from lending.schedules.dates import moved_dates, nominal_dates
from lending.schedules.periods import period_weights
from lending.schedules.terms import PERIODS_MAX
from restructuring.instruments.refusal import RefusedError


class Grid(NamedTuple):
    """Due dates from the first on, and the part of a year of the period that each ends."""

    dates: tuple[date, ...]
    spans: tuple[Fraction, ...]


@lru_cache(maxsize=256)
def grid_of(terms: Terms, periods: int) -> Grid:
    """The first `periods` due dates of these terms, however many the loan was made for."""
    if periods > PERIODS_MAX:
        raise RefusedError("too_long", "periods", f"runs over {PERIODS_MAX} instalments")
    plain = terms._replace(
        principal=1,
        annual_rate_ppm=PPM,
        periods=periods,
        method=Method.EQUAL_INSTALLMENT,
        installment_multiple=1,
        principal_grace_periods=0,
        interest_deferred_periods=0,
        staged_percentages=(),
        fixed_installment=None,
    )
    try:
        nominal = nominal_dates(plain)
        due = moved_dates(plain, nominal)
    except TermsError as error:
        raise RefusedError.from_terms(error) from error
    weights, denominator = period_weights(plain, nominal, due)
    return Grid(tuple(due), tuple(Fraction(weight, denominator) for weight in weights))


class Calendar(NamedTuple):
    """The loan's periods as it stands: `passed` of them have ended, and interest was asked for up to the end of `asked`.

    The two differ only for a bullet, whose first interest falls due with its last row. Due dates have moved by `shift` days.
    """

    terms: Terms
    passed: int
    asked: int
    shift: int = 0

    @property
    def since(self) -> date:
        """The day from which the running period counts: the last due date, or the start of the loan."""
        return self._end_of(self.passed)

    @property
    def since_of_interest(self) -> date:
        """The day up to which interest has fallen due."""
        return self._end_of(self.asked)

    def _end_of(self, periods: int) -> date:
        if not periods:
            return self.terms.start_on
        return grid_of(self.terms, periods).dates[-1] + timedelta(days=self.shift)

    def due(self, periods: int) -> tuple[date, ...]:
        """The next due dates."""
        dates = grid_of(self.terms, self.passed + periods).dates[self.passed :]
        return tuple(day + timedelta(days=self.shift) for day in dates) if self.shift else dates

    def spans(self, periods: int) -> tuple[Fraction, ...]:
        """The part of a year for which each of the next instalments bears interest."""
        spans = grid_of(self.terms, self.passed + periods).spans
        if self.asked == self.passed:
            return spans[self.passed :]
        return (sum(spans[self.asked : self.passed + 1], Fraction(0)), *spans[self.passed + 1 :])

    def place_of(self, day: date) -> int | None:
        """The place of a due date among the loan's own days, the first being 0."""
        back = day - timedelta(days=self.shift)
        dates = self._reaching(back)
        return dates.index(back) if back in dates else None

    def later(self, day: date, periods: int) -> date:
        """A due date so many periods on, along the loan's own days."""
        place = self.place_of(day)
        if place is None:
            raise RefusedError("not_a_due_date", "periods", f"{day} is no due date of this loan: move it by days")
        return grid_of(self.terms, place + 1 + periods).dates[-1] + timedelta(days=self.shift)

    def passed_on(self, on: date) -> int:
        """How many due dates lie before `on`."""
        return sum(day + timedelta(days=self.shift) < on for day in self._reaching(on - timedelta(days=self.shift)))

    def _reaching(self, day: date) -> tuple[date, ...]:
        """Due dates up to the first that is not before `day`, at least the loan's own number of them."""
        for times in count(1):
            dates = grid_of(self.terms, min(self.terms.periods * times, PERIODS_MAX)).dates
            if dates[-1] >= day or len(dates) == PERIODS_MAX:
                return dates
        raise AssertionError
