"""A prepayment before it is made, as a screen shows it: where the money goes, and what comes after it, old beside new."""

from datetime import date
from itertools import zip_longest
from typing import NamedTuple

from lending.facts import standing_of
from lending.models import Loan
from lending.prepayment import Prepaid


class Pair(NamedTuple):
    """A coming due day with what falls due then as it is now and afterwards; None where nothing does."""

    due_on: date
    old: int | None
    new: int | None


class Comparison(NamedTuple):
    """In minor units; the ends are the last due days."""

    made: Prepaid
    rows: list[Pair]
    old_end: date
    new_end: date

    @property
    def old_total(self) -> int:
        return sum(pair.old or 0 for pair in self.rows)

    @property
    def new_total(self) -> int:
        return sum(pair.new or 0 for pair in self.rows)


def compare(loan: Loan, made: Prepaid, on: date) -> Comparison:
    """What comes after `on` under the schedule in force and under the one that follows from the prepayment."""
    old = [(row.due_on, row.open) for row in standing_of(loan, on).instalments if row.due_on > on]
    new = [(row.due_on, row.principal + row.interest) for row in made.rows if row.due_on > on]
    pairs = [Pair(before[0], before[1], after[1] if after else None) for before, after in zip_longest(old, new)]
    return Comparison(made, pairs, old[-1][0], new[-1][0] if new else on)
