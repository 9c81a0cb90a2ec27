"""What may be done with a funder's claim without asking it: pure, from dated terms.

A plan or waiver of a loan asks each creditor of what is still open; the strictest answer counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Instrument(StrEnum):
    EXTENSION = "extension"
    DEFERRAL = "deferral"
    RESTRUCTURE = "restructure"
    WAIVE_PENALTY = "waive_penalty"
    WAIVE_INTEREST = "waive_interest"
    WAIVE_PRINCIPAL = "waive_principal"
    SETTLEMENT = "settlement"


class Right(StrEnum):
    """From the loosest to the strictest."""

    FREE = "free"
    CONSENT = "consent"
    NEVER = "never"


STRICTNESS = list(Right)


class DatedRights(NamedTuple):
    """The rights by instrument from a day on; an instrument that is not named is free."""

    from_on: date
    rights: Mapping[str, str]


def right(history: Sequence[DatedRights], instrument: Instrument, on: date) -> Right:
    """What the terms in force on that day say; before the first terms everything is free."""
    in_force = max((terms for terms in history if terms.from_on <= on), key=lambda terms: terms.from_on, default=None)
    return Right(in_force.rights.get(instrument, Right.FREE)) if in_force else Right.FREE


def strictest(rights: Iterable[Right]) -> Right:
    return max(rights, key=STRICTNESS.index, default=Right.FREE)
