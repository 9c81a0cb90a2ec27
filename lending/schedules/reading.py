"""Reading terms from outside: each reader takes a field's name and what was sent, and names the field when it is wrong."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from lending.money import PPM

Choice = TypeVar("Choice", bound=StrEnum)
PERCENT_MAX = 100_000
PERCENT_DIGITS_MAX = 12
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class TermsError(ValueError):
    """Terms that make no sense: the field to change (None when there are no fields at all) and what is wrong with it."""

    def __init__(self, field: str | None, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.message = message


def whole(field: str, value: object, least: int, most: int) -> int:
    """A whole number between `least` and `most`, both allowed."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TermsError(field, "must be a whole number")
    if not least <= value <= most:
        raise TermsError(field, f"must lie between {least} and {most}")
    return value


def choice(field: str, value: object, kind: type[Choice]) -> Choice:
    """One of the words of an enumeration."""
    if isinstance(value, str):
        for member in kind:
            if member == value:
                return member
    raise TermsError(field, f"must be one of {', '.join(kind)}")


def day(field: str, value: object) -> date:
    """A day as text, 2026-01-31."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        raise TermsError(field, "must be a date like 2026-01-31")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise TermsError(field, "is not a day of the calendar") from None


def percent(field: str, value: object) -> Fraction:
    """A percentage as text or number ("15.6"), exact, from 0 up, in parts per million."""
    if (isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value)) or (
        isinstance(value, int | Decimal) and not isinstance(value, bool)
    ):
        parsed = Decimal(value)
    else:
        raise TermsError(field, 'must be a percentage as text, such as "15.6"')
    if not parsed.is_finite() or not 0 <= parsed <= PERCENT_MAX:
        raise TermsError(field, f"must lie between 0 and {PERCENT_MAX} percent")
    if parsed.normalize().as_tuple().exponent < -PERCENT_DIGITS_MAX:  # type: ignore[operator]  # finite: a number
        raise TermsError(field, f"has more than {PERCENT_DIGITS_MAX} digits behind the point")
    return Fraction(parsed) * PPM / 100


def mapping(field: str | None, value: object) -> Mapping[str, object]:
    """A JSON object."""
    if not isinstance(value, Mapping):
        raise TermsError(field, "must be an object")
    return value


def sequence(field: str, value: object) -> Sequence[object]:
    """A JSON list."""
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise TermsError(field, "must be a list")
    return value
