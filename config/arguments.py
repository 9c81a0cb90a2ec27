"""How the command line gives a day; whatever makes no sense is said plainly, and the command exits 2."""

from argparse import ArgumentTypeError
from datetime import date

DAY_FIRST, DAY_LAST = date(1980, 1, 1), date(2100, 12, 31)
"""The days that a book can have; the same as an import takes."""


def day_argument(text: str) -> date:
    """An ISO day within the days that a book can have."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"'{text}' is no day like 2026-01-31") from None
    if not DAY_FIRST <= day <= DAY_LAST:
        raise ArgumentTypeError(f"{day} lies outside {DAY_FIRST} to {DAY_LAST}")
    return day
