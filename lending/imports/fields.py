"""Reading one cell: a value, or `FieldError` with the reason in words."""

import re
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar
from zoneinfo import available_timezones

from django.utils.text import slugify
from django.utils.translation import gettext as _

from lending.models import Borrower
from lending.money import AMOUNT_MAX, AmountError, format_amount, minor_digits, parse_amount, parse_rate
from lending.schedules.terms import RATE_MAX_PPM

DAY_FIRST, DAY_LAST = date(1980, 1, 1), date(2100, 12, 31)
SHOWN_MAX = 40
Choice = TypeVar("Choice", bound=StrEnum)
Cells = dict[str, str]

_AMOUNT = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", re.ASCII)
_RATE = re.compile(r"-?\d+(\.\d+)?%?", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_LOAN_NUMBER = re.compile(r"[^\s/?#\\]+")
_LANGUAGES = {
    "": Borrower.Language.ZH,
    **dict.fromkeys(("zh", "zh-cn", "zh-hans", "zh-hans-cn", "中文", "简体中文"), Borrower.Language.ZH),
    **dict.fromkeys(("en", "en-us", "en-gb", "english"), Borrower.Language.EN),
}


class FieldError(ValueError):
    """A cell that makes no sense; says which column and why."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(f"{column}: {reason}")


def text(cells: Cells, column: str, longest: int, *, required: bool = True) -> str:
    """Text as it stands, of at most `longest` characters."""
    value = cells[column]
    if required and not value:
        raise FieldError(column, _("is empty"))
    if len(value) > longest:
        raise FieldError(column, _("has more than %(longest)s characters") % {"longest": longest})
    return value


def loan_number(cells: Cells, column: str) -> str:
    """A loan's number; it stands in addresses, so it holds no spaces, slashes, question marks or hashes."""
    value = text(cells, column, 64)
    if not _LOAN_NUMBER.fullmatch(value) or not value.strip("."):
        raise FieldError(column, _("may hold no spaces, slashes, question marks or hashes"))
    return value


def code(cells: Cells, column: str) -> tuple[str, str]:
    """The code of a funder or product, and the name it was given by."""
    name = text(cells, column, 120)
    made = slugify(name, allow_unicode=True)[:40].strip("-_")
    if not made:
        raise FieldError(column, _("'%(value)s' holds no letter or digit") % {"value": _shown(name)})
    return made, name


def amount(cells: Cells, column: str, currency: str) -> int:
    """An amount of more than nothing in major units, as minor units."""
    value = text(cells, column, 64)
    if not _AMOUNT.fullmatch(value):
        raise FieldError(column, _("'%(value)s' is no amount") % {"value": _shown(value)})
    if len(value.partition(".")[2].rstrip("0")) > minor_digits(currency):
        words = _("'%(value)s' has more digits behind the point than %(currency)s has")
        raise FieldError(column, words % {"value": _shown(value), "currency": currency})
    try:
        parsed = parse_amount(value, currency)
    except AmountError:
        parsed = AMOUNT_MAX + 1
    if parsed <= 0:
        raise FieldError(column, _("'%(value)s' is not more than nothing") % {"value": _shown(value)})
    if parsed > AMOUNT_MAX:
        words = _("'%(value)s' is more than the book takes (%(most)s)")
        raise FieldError(column, words % {"value": _shown(value), "most": format_amount(AMOUNT_MAX, currency)})
    return parsed


def amount_or_nothing(cells: Cells, column: str, currency: str) -> int:
    """An amount in major units, as minor units; 0 is one."""
    return amount(cells, column, currency) if cells[column].strip("0.") else 0


def rate(cells: Cells, column: str) -> int:
    """Percent a year, as parts per million."""
    value = text(cells, column, 32)
    if not _RATE.fullmatch(value):
        raise FieldError(column, _("'%(value)s' is no rate in percent a year") % {"value": _shown(value)})
    try:
        parsed = parse_rate(value)
    except ValueError:
        words = _("'%(value)s' has more than four digits behind the point")
        raise FieldError(column, words % {"value": _shown(value)}) from None
    if not 0 <= parsed <= RATE_MAX_PPM:
        words = _("'%(value)s' lies outside 0 to %(most)s percent a year")
        raise FieldError(column, words % {"value": _shown(value), "most": RATE_MAX_PPM // 10_000})
    return parsed


def whole(cells: Cells, column: str, least: int, most: int) -> int:
    """A whole number between `least` and `most`, both allowed."""
    value = text(cells, column, 32)
    if not (value.isascii() and value.isdigit()) or not least <= int(value) <= most:
        words = _("'%(value)s' is no whole number from %(least)s to %(most)s")
        raise FieldError(column, words % {"value": _shown(value), "least": least, "most": most})
    return int(value)


def choice(cells: Cells, column: str, kind: type[Choice], default: Choice | None = None) -> Choice:
    """One of the words of an enumeration; an empty cell has the default, where there is one."""
    value = cells[column].lower()
    if not value and default is not None:
        return default
    try:
        return kind(value)
    except ValueError:
        words = _("'%(value)s' is none of %(known)s")
        raise FieldError(column, words % {"value": _shown(cells[column]), "known": ", ".join(kind)}) from None


def currency(cells: Cells, column: str) -> str:
    value = cells[column].upper()
    if not _CURRENCY.fullmatch(value):
        words = _("'%(value)s' is no currency code of three letters")
        raise FieldError(column, words % {"value": _shown(cells[column])})
    return value


def iso_day(cells: Cells, column: str) -> date:
    """A day as 2026-01-31."""
    value = text(cells, column, 64)
    found = _ISO_DAY.fullmatch(value)
    if not found:
        raise FieldError(column, _("'%(value)s' is no date like 2026-01-31") % {"value": _shown(value)})
    return day_of(column, value, *map(int, found.groups()))


def day_of(column: str, shown: str, year: int, month: int, day: int) -> date:
    """A day that the calendar has and a loan may have."""
    try:
        found = date(year, month, day)
    except ValueError:
        raise FieldError(column, _("'%(value)s' is no day of the calendar") % {"value": _shown(shown)}) from None
    if not DAY_FIRST <= found <= DAY_LAST:
        words = _("'%(value)s' lies outside %(first)s to %(last)s")
        raise FieldError(column, words % {"value": _shown(shown), "first": DAY_FIRST, "last": DAY_LAST})
    return found


def language(cells: Cells, column: str) -> str:
    """The language that the borrower reads; Chinese unless given."""
    found = _LANGUAGES.get(cells[column].lower().replace("_", "-"))
    if found is None:
        words = _("'%(value)s' is a language that the console does not write: en and zh-hans")
        raise FieldError(column, words % {"value": _shown(cells[column])})
    return found.value


def time_zone(cells: Cells, column: str) -> str:
    """A time zone of the IANA list; that of Shanghai unless given."""
    value = cells[column] or "Asia/Shanghai"
    if value not in _zones():
        raise FieldError(column, _("'%(value)s' is no time zone like Asia/Shanghai") % {"value": _shown(value)})
    return value


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _shown(value: str) -> str:
    """A wrong value as a message may quote it."""
    return value if len(value) <= SHOWN_MAX else f"{value[:SHOWN_MAX]}…"
