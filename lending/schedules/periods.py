"""How much interest one unit of principal bears in each period, as exact integers over one denominator.

Day counts measure the real days between due dates. month/12 counts equal months: each regular period is the same part of
a year; a broken first period is counted back from its due date in whole months and thirtieths of a month, as the United
States' Regulation Z does (12 CFR 1026, Appendix J (b)(5)), and in days where the period is days or weeks; a day by which
interest follows a moved due date is a thirtieth of a month.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import gcd

from lending import daycount
from lending.money import PPM
from lending.schedules.dates import add_months, has_broken_first_period
from lending.schedules.steps import Every, Frequency, step_of
from lending.schedules.terms import Terms
from lending.schedules.workdays import MovedInterest


def first_length(terms: Terms) -> int:
    """The length of the first period in the units of `Step.length`."""
    if terms.first_due_on is None or not has_broken_first_period(terms):
        return terms.step.length
    if terms.step.half_months == 0:
        return (terms.first_due_on - terms.start_on).days
    return months_and_days(terms)


def months_and_days(terms: Terms) -> int:
    """A broken first period as 30 for each whole month counted back from its due date and 1 for each day left over."""
    start, due = terms.start_on, terms.first_due_on
    assert due is not None
    months = (due.year - start.year) * 12 + due.month - start.month
    if add_months(start, months, terms.month_end) == due:
        return 30 * months
    if add_months(due, -months) < start:
        months -= 1
    return 30 * months + (add_months(due, -months) - start).days


def _equal_months(terms: Terms, nominal: Sequence[date], due: Sequence[date]) -> tuple[list[int], int]:
    step = terms.step
    lengths = [step.length] * len(nominal)
    if terms.first_due_on is not None:
        lengths[0] = first_length(terms)
    if due is not nominal and terms.non_working.interest is MovedInterest.MOVE:
        shifts = [0, *((moved - day).days for moved, day in zip(due, nominal, strict=True))]
        lengths = [
            max(0, length + late - early) for length, (early, late) in zip(lengths, pairwise(shifts), strict=True)
        ]
    return lengths, step.year


def _real_days(terms: Terms, nominal: Sequence[date], due: Sequence[date]) -> tuple[list[int], int]:
    charged_to = due if terms.non_working.interest is MovedInterest.MOVE else nominal
    return daycount.numerators(terms.day_count, (terms.start_on, *charged_to)), daycount.BASIS[terms.day_count]


def period_weights(terms: Terms, nominal: Sequence[date], due: Sequence[date]) -> tuple[Sequence[int], int]:
    """Interest of each period on one unit of principal: numerators over one denominator, in lowest terms.

    `nominal` are the due dates before, `due` after moving off closed days.
    """
    rate = terms.annual_rate_ppm
    if terms.day_count not in daycount.BASIS:
        if terms.first_due_on is None and due is nominal:
            return _equal_periods(rate, terms.frequency, len(due))
        lengths, year = _equal_months(terms, nominal, due)
    else:
        lengths, year = _real_days(terms, nominal, due)
    denominator = rate.denominator * PPM * year
    weight_of = {length: rate.numerator * length for length in set(lengths)}
    common = gcd(denominator, *weight_of.values())
    return [weight_of[length] // common for length in lengths], denominator // common


@lru_cache(maxsize=512)
def _equal_periods(rate: int | Fraction, frequency: Frequency | Every, periods: int) -> tuple[Sequence[int], int]:
    """The weights where all periods are regular, and their denominator; a book has few rates and terms."""
    step = step_of(frequency)
    weight = Fraction(rate) * step.length / (PPM * step.year)
    return (weight.numerator,) * periods, weight.denominator
