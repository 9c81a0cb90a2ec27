"""Money: integers of minor units beside a currency; every rounding has a name here and nowhere else.

Invariants: an amount is an `int` of minor units (fen, cents); a rate is an `int` in parts per million a year;
arithmetic in between is `Decimal` or exact integers; the parts of a split always sum to the whole.
"""

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum

PPM = 1_000_000
AMOUNT_MAX = 10_000_000_000
"""The largest amount the book takes, in minor units: 100 million yuan. Keeps every sum inside 64 bits."""

MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0}
"""Currencies whose minor unit is not a hundredth (ISO 4217)."""


class Rounding(StrEnum):
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    UP = "up"


_HALF_UP, _HALF_EVEN, _UP = Rounding
_DECIMAL_MODES = {_HALF_UP: ROUND_HALF_UP, _HALF_EVEN: ROUND_HALF_EVEN, _UP: ROUND_CEILING}


class AmountError(ValueError):
    """A text that is no amount of that currency."""


def minor_digits(currency: str) -> int:
    """How many digits stand behind the point."""
    return MINOR_DIGITS.get(currency, 2)


def round_minor(value: Decimal, rounding: Rounding = Rounding.HALF_UP, multiple: int = 1) -> int:
    """`value` minor units rounded to a whole multiple of `multiple`."""
    return int((value / multiple).quantize(Decimal(1), rounding=_DECIMAL_MODES[rounding])) * multiple


def divide(numerator: int, denominator: int, rounding: Rounding = Rounding.HALF_UP) -> int:
    """Exact integer division, rounded by name; both must be non-negative, the denominator positive.

    The same rule in SQL for HALF_UP: `(2 * numerator + denominator) / (2 * denominator)`.
    """
    assert numerator >= 0
    assert denominator > 0
    whole, rest = divmod(numerator, denominator)
    if rounding is _HALF_UP:
        return whole + (2 * rest >= denominator)
    if rounding is _UP:
        return whole + (rest > 0)
    return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1))


def bias(denominator: int, rounding: Rounding) -> int | None:
    """What to add before floor division to get the same as `divide`, for tight loops; None where no constant does it."""
    if rounding is _HALF_UP:
        return denominator // 2
    return denominator - 1 if rounding is _UP else None


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Split `amount` in proportion to `weights` by largest remainder; ties go to the earlier part."""
    total = sum(weights)
    if total <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must be non-negative and not all zero")
    sign = -1 if amount < 0 else 1
    parts = [abs(amount) * weight // total for weight in weights]
    remainders = [abs(amount) * weight % total for weight in weights]
    left = abs(amount) - sum(parts)
    for index in sorted(range(len(weights)), key=lambda i: (-remainders[i], i))[:left]:
        parts[index] += 1
    assert sum(parts) == abs(amount)
    return [sign * part for part in parts]


def parse_amount(text: str, currency: str) -> int:
    """Major units with a point ("1234.5") as minor units; AmountError when it is no amount or has too many digits."""
    try:
        value = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        raise AmountError(f"'{text}' is not an amount") from None
    if not value.is_finite():
        raise AmountError(f"'{text}' is not an amount")
    if abs(value) > AMOUNT_MAX:
        raise AmountError(f"'{text}' is more than this book takes")
    scaled = value.scaleb(minor_digits(currency))
    if scaled != scaled.to_integral_value():
        raise AmountError(f"'{text}' has more digits than {currency} has")
    if abs(scaled) > AMOUNT_MAX:
        raise AmountError(f"'{text}' is more than this book takes")
    return int(scaled)


def format_amount(amount: int, currency: str) -> str:
    """Minor units as major units with separators and no currency: 123456 CNY is "1,234.56"."""
    digits = minor_digits(currency)
    return f"{Decimal(amount).scaleb(-digits):,.{digits}f}"


def plain_amount(amount: int, currency: str) -> str:
    """Minor units as major units without separators, for machines: "1234.56"."""
    digits = minor_digits(currency)
    return f"{Decimal(amount).scaleb(-digits):.{digits}f}"


def parse_rate(text: str) -> int:
    """Percent a year ("24", "15.6") as parts per million; ValueError when it is none."""
    try:
        value = Decimal(text.strip().rstrip("%"))
    except InvalidOperation:
        raise ValueError(f"'{text}' is not a rate") from None
    scaled = value * 10_000
    if not value.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"'{text}' is not a rate in ten-thousandths of a percent")
    return int(scaled)
