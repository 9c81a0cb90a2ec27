"""What a repayment schedule is made from: the terms of a loan, checked once and never changed.

Amounts are integers of minor units, the rate is in parts per million a year (an exact fraction where a rate per period
stands instead of it). Terms that make no sense cannot be built: TermsError names the field.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from lending.daycount import DayCount
from lending.money import AMOUNT_MAX, PPM, Rounding
from lending.schedules import reading
from lending.schedules.reading import TermsError
from lending.schedules.steps import Every, Frequency, Step, step_of
from lending.schedules.workdays import NonWorking

PERIODS_MAX = 1_200
RATE_MAX_PPM = reading.PERCENT_MAX * PPM // 100
FIXED_INSTALMENT_MAX = 2 * AMOUNT_MAX
_CURRENCY = re.compile(r"[A-Z]{3}")


class Method(StrEnum):
    EQUAL_INSTALLMENT = "equal_installment"
    EQUAL_PRINCIPAL = "equal_principal"
    INTEREST_ONLY = "interest_only"
    BULLET = "bullet"
    STAGED = "staged"
    FLAT = "flat"
    FIXED_INSTALLMENT = "fixed_installment"
    DAILY = "daily"
    """Borrow and repay on any day: interest falls due each period, principal with the last, and money ahead repays at once."""


INSTALMENT_METHODS = frozenset({Method.EQUAL_INSTALLMENT, Method.FIXED_INSTALLMENT})
"""Methods that know the instalment and leave the principal to follow; the others know the principal."""


class Absorb(StrEnum):
    """Where the cents go that rounding leaves: all into the last row, or spread by solving every row anew."""

    LAST = "last"
    REDERIVE = "rederive"


class MonthEnd(StrEnum):
    """Which day stands for a day that a month does not have."""

    CLAMP = "clamp"
    FIRST_OF_NEXT = "first_of_next"


def _checked(kind: Any) -> Any:
    """Have every way to make such a named tuple, `_replace` among them, go through the check; its class cannot say so."""
    made = kind.__new__

    def checked(cls: Any, *values: object, **named: object) -> Any:
        terms = made(cls, *values, **named)
        _check(terms)
        return terms

    kind.__new__ = checked
    kind._make = classmethod(lambda cls, values: cls(*values))
    return kind


@_checked
class Terms(NamedTuple):
    """The terms of one loan; `staged_percentages` are shares of the principal in parts per million: 10 % is 100,000."""

    principal: int
    annual_rate_ppm: int | Fraction
    periods: int
    start_on: date
    currency: str = "CNY"
    method: Method = Method.EQUAL_INSTALLMENT
    frequency: Frequency | Every = Frequency.MONTHLY
    first_due_on: date | None = None
    day_count: DayCount = DayCount.MONTH_12
    rounding: Rounding = Rounding.HALF_UP
    installment_multiple: int = 1
    absorb: Absorb = Absorb.LAST
    month_end: MonthEnd = MonthEnd.CLAMP
    principal_grace_periods: int = 0
    interest_deferred_periods: int = 0
    staged_percentages: tuple[int | Fraction, ...] = ()
    fixed_installment: int | None = None
    non_working: NonWorking = NonWorking()

    @property
    def step(self) -> Step:
        """The regular distance between two due dates."""
        return step_of(self.frequency)

    @classmethod
    def parse(cls, given: Mapping[str, object]) -> "Terms":
        """Terms from a JSON object; what is left out or null takes its default; TermsError names the first wrong field."""
        from lending.schedules.document import read_terms

        return read_terms(given)


_USUAL = tuple(Terms._field_defaults.values())
_OPTIONAL = len(Terms._fields) - len(_USUAL)


def _check(terms: Terms) -> None:
    """TermsError names the first field that makes no sense; what was left out makes sense."""
    if not 1 <= terms.principal <= AMOUNT_MAX:
        raise TermsError("principal", f"must lie between 1 and {AMOUNT_MAX} minor units")
    if not 0 <= terms.annual_rate_ppm <= RATE_MAX_PPM:
        raise TermsError("annual_rate", f"must lie between 0 and {RATE_MAX_PPM // 10_000} percent a year")
    if not 1 <= terms.periods <= PERIODS_MAX:
        raise TermsError("periods", f"must lie between 1 and {PERIODS_MAX}")
    if terms[_OPTIONAL:] != _USUAL:
        _check_figures(terms)
        _check_method(terms)


def _check_figures(terms: Terms) -> None:
    if not 1 <= terms.installment_multiple <= AMOUNT_MAX:
        raise TermsError("installment_multiple", f"must lie between 1 and {AMOUNT_MAX} minor units")
    if not _CURRENCY.fullmatch(terms.currency):
        raise TermsError("currency", "must be three capital letters")
    if not 0 <= terms.principal_grace_periods < terms.periods:
        raise TermsError("principal_grace_periods", "must be fewer than the periods and not negative")
    if not 0 <= terms.interest_deferred_periods < terms.periods:
        raise TermsError("interest_deferred_periods", "must be fewer than the periods and not negative")
    if terms.first_due_on is not None and terms.first_due_on <= terms.start_on:
        raise TermsError("first_due_on", "must lie after the start")


def _check_method(terms: Terms) -> None:
    if terms.method is Method.DAILY and terms.day_count is DayCount.MONTH_12:
        raise TermsError("day_count", "must count real days where interest runs by the day")
    is_fixed, is_staged = terms.method is Method.FIXED_INSTALLMENT, terms.method is Method.STAGED
    if is_fixed and terms.fixed_installment is None:
        raise TermsError("fixed_installment", "is needed by the method fixed_installment")
    if terms.fixed_installment is not None:
        if not is_fixed:
            raise TermsError("fixed_installment", "belongs to the method fixed_installment only")
        if not 1 <= terms.fixed_installment <= FIXED_INSTALMENT_MAX:
            raise TermsError("fixed_installment", f"must lie between 1 and {FIXED_INSTALMENT_MAX} minor units")
    if terms.staged_percentages and not is_staged:
        raise TermsError("staged_percentages", "belong to the method staged only")
    if is_staged:
        _check_stages(terms)


def _check_stages(terms: Terms) -> None:
    stages = terms.staged_percentages
    if not stages or (terms.periods - terms.principal_grace_periods) % len(stages):
        raise TermsError(
            "staged_percentages", "must be as many as the periods that repay principal, or divide them evenly"
        )
    if sum(stages) != PPM:
        raise TermsError("staged_percentages", "must sum to 100")
    if min(stages) < 0 or stages[-1] == 0:
        raise TermsError("staged_percentages", "must not be negative, and the last must repay something")
