"""To whom an instalment is owed on a day, and how money for it is shared: pure, from dated facts.

An instalment that a guarantor paid for is the guarantor's from that day on; every other is the funders', by the shares in
force, or the loan's one funder's. Penalty belongs to no instalment: it follows the overdue ones, so from the day on which a
guarantor first paid it is the guarantor's (house rule: the claim passes with what belongs to it, Civil Code, 547).
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from lending.money import PPM

Owners = tuple[tuple[int, int], ...]
"""Funders with their shares in parts per million, which sum to one million."""


class ShareSet(NamedTuple):
    """The shares of a loan from a day on."""

    from_on: date
    owners: Owners


class Takeover(NamedTuple):
    """A guarantor paid for the instalments `first_n` to `last_n` and is owed them from day `on`."""

    on: date
    guarantor_id: int
    first_n: int
    last_n: int


class CreditorFacts(NamedTuple):
    """`funder_id` is the lender of record, in whose name a loan of several funders is serviced."""

    funder_id: int
    shares: tuple[ShareSet, ...] = ()
    takeovers: tuple[Takeover, ...] = ()


def takeover_of(facts: CreditorFacts, n: int | None, on: date) -> Takeover | None:
    """The payment by which a guarantor is owed instalment `n` (None: the penalty) on that day."""
    known = [each for each in facts.takeovers if each.on <= on]
    if n is None:
        return max(known, key=lambda each: (each.on, each.first_n), default=None)
    return next((each for each in known if each.first_n <= n <= each.last_n), None)


def creditor(facts: CreditorFacts, n: int | None, on: date) -> int:
    """In whose name instalment `n` (None: the penalty) is asked for on that day."""
    takeover = takeover_of(facts, n, on)
    return takeover.guarantor_id if takeover else facts.funder_id


def owners(facts: CreditorFacts, n: int | None, on: date) -> Owners:
    """To whom money of that value day for instalment `n` (None: for the penalty) belongs."""
    takeover = takeover_of(facts, n, on)
    if takeover:
        return ((takeover.guarantor_id, PPM),)
    in_force = shares_on(facts.shares, on)
    return in_force.owners if in_force else ((facts.funder_id, PPM),)


def shares_on(shares: Sequence[ShareSet], on: date) -> ShareSet | None:
    """The shares in force on that day; None where the loan has one funder."""
    return max((each for each in shares if each.from_on <= on), key=lambda each: each.from_on, default=None)
