"""The yearly cost of credit, from the cash that really changed hands.

All of it is one equation: the rate at which the advances and the payments are worth the same. Amounts are positive
integers of minor units, times are exact numbers of unit periods (or years) after the first advance, rates are `Decimal`
fractions (0.24 is 24 %). Sources: 12 CFR 1026 (Regulation Z) Appendix J for the actuarial rate, Directive 2008/48/EC
Annex I for the European one; nominal and effective as DOMAIN tables of Chinese lenders show them side by side.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

_DIGITS = 34
_CLOSE_ENOUGH = Decimal("1e-18")
_STEPS_MAX = 100


class Flow(NamedTuple):
    """An amount that changes hands `at` so many periods after the first advance."""

    at: int | Fraction
    amount: int


class NoRateError(ValueError):
    """There is no rate at which these payments are worth these advances."""


def irr(advances: Iterable[Flow], payments: Iterable[Flow]) -> Decimal:
    """The rate a period that compounds through every part of a period: an amount is discounted by (1 + i)^t."""
    return _rate(sorted(advances), sorted(payments), simple_fractions=False)


def actuarial_rate(advances: Iterable[Flow], payments: Iterable[Flow]) -> Decimal:
    """Regulation Z, Appendix J (b)(8): whole unit periods compound, the odd fraction before them is simple.

    An amount after t whole unit periods and the fraction f is discounted by (1 + f i)(1 + i)^t.
    """
    return _rate(sorted(advances), sorted(payments), simple_fractions=True)


def regulation_z_apr(advances: Iterable[Flow], payments: Iterable[Flow], unit_periods_per_year: int) -> Decimal:
    """The annual percentage rate: the actuarial rate times the unit periods of a year (12, 24, 52, 4 …)."""
    return nominal(actuarial_rate(advances, payments), unit_periods_per_year)


def eu_apr(advances: Iterable[Flow], payments: Iterable[Flow]) -> Decimal:
    """The European annual percentage rate of charge: `irr` of flows whose times are years (days over 365)."""
    return irr(advances, payments)


def nominal(rate: Decimal, periods_per_year: int | Fraction) -> Decimal:
    """A rate a period times the periods of a year."""
    return rate * _decimal(periods_per_year)


def effective(rate: Decimal, periods_per_year: int | Fraction) -> Decimal:
    """A rate a period compounded over a year: (1 + i)^k - 1."""
    with localcontext() as context:
        context.prec = _DIGITS
        return +((1 + rate) ** _decimal(periods_per_year) - 1)


def percent_text(rate: Decimal) -> str:
    """A rate as percent with four digits behind the point: 0.24 is "24.0000"."""
    with localcontext() as context:
        context.prec = _DIGITS + abs(rate.adjusted())
        return f"{(rate * 100).quantize(Decimal('0.0001'), rounding=ROUND_HALF_UP) + 0:f}"


def _decimal(number: int | Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


def _rate(advances: Sequence[Flow], payments: Sequence[Flow], *, simple_fractions: bool) -> Decimal:
    """Newton's method on the logarithms of growth and of worth, where the curve is nearly straight.

    The slope of a stream's worth is its mean time (its duration), so each step multiplies the growth of a period by
    (worth of payments / worth of advances) ^ (1 / difference of their mean times).
    """
    if not advances or not payments:
        raise NoRateError("a rate needs an advance and a payment")
    with localcontext() as context:
        context.prec = _DIGITS
        growth = Decimal(1)
        lending, paying = (_stream(flows, simple_fractions=simple_fractions) for flows in (advances, payments))
        for _ in range(_STEPS_MAX):
            lent, lent_at = _worth(lending, growth)
            paid, paid_at = _worth(paying, growth)
            if paid_at <= lent_at:
                raise NoRateError("the payments do not come after the advances")
            change = (paid / lent) ** (1 / (paid_at - lent_at))
            growth *= change
            if abs(change - 1) < _CLOSE_ENOUGH:
                return growth - 1
    raise NoRateError("no rate was found")


class _Stream(NamedTuple):
    """Flows in order of time: the different gaps between their whole times, and of each the gap's index, that time, the odd
    fraction behind it and the amount.
    """

    gaps: list[Decimal]
    flows: list[tuple[int, Decimal, Decimal, int]]


def _stream(flows: Sequence[Flow], *, simple_fractions: bool) -> _Stream:
    gaps: dict[Fraction, int] = {}
    listed: list[tuple[int, Decimal, Decimal, int]] = []
    reached = Fraction(0)
    for at, amount in flows:
        fraction = Fraction(at) % 1 if simple_fractions else Fraction(0)
        whole = Fraction(at) - fraction
        listed.append((gaps.setdefault(whole - reached, len(gaps)), _decimal(whole), _decimal(fraction), amount))
        reached = whole
    return _Stream([_decimal(gap) for gap in gaps], listed)


def _worth(stream: _Stream, growth: Decimal) -> tuple[Decimal, Decimal]:
    """What the flows are worth at the start, and their mean time weighted by worth."""
    rate = growth - 1
    factors = [growth**-gap for gap in stream.gaps]
    worth = moment = Decimal(0)
    discount = Decimal(1)
    for gap, whole, odd, amount in stream.flows:
        discount *= factors[gap]
        if odd:
            simple = 1 + odd * rate
            value = amount * discount / simple
            moment += value * (whole + odd * growth / simple)
        else:
            value = amount * discount
            moment += value * whole
        worth += value
    if worth <= 0:
        raise NoRateError("a rate needs amounts above 0")
    return worth, moment / worth
