"""Settlement for less: one payment or several settle everything that is owed, and the rest is waived in the house order.

Owed are the principal outstanding, interest and penalty past due, what is carried, and interest of the running period up to
the day, by the days elapsed (Civil Code, article 677).
"""

from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from lending.money import split
from lending.running import earned
from lending.waivable import Parts, in_house_order
from restructuring.instruments.arrears import added
from restructuring.instruments.position import Carried, PlanRow, Position
from restructuring.instruments.refusal import RefusedError

PAYMENTS_MAX = 6
"""How many payments a settlement has at most (house rule); more of them are an instalment plan."""


class Settlement(NamedTuple):
    """`amount` in all, in `payments` equal ones: the first on `due_on` (the plan's day unless given), the others on due days."""

    amount: int
    payments: int = 1
    due_on: date | None = None

    def apply(self, position: Position) -> Position:
        owed = owed_to_the_day(position)
        if self.amount > owed.total:
            raise RefusedError("more_than_owed", "amount", f"is more than the {owed.total} that is owed")
        if not 1 <= self.payments <= PAYMENTS_MAX:
            raise RefusedError("settlement_payments", "payments", f"must lie between 1 and {PAYMENTS_MAX}")
        first = self.due_on or position.on
        if first < position.on:
            raise RefusedError("still_past", "due_on", "lies before the day of the plan")
        given_up = in_house_order(owed.total - self.amount, owed)
        return position._replace(
            past_due=(),
            rows=_rows(position, owed.less(given_up), self.payments, first),
            spans=(Fraction(0),) * self.payments,
            carried=Carried(),
            accrued=0,
            forgiven=0,
            waived=added(position.waived, given_up),
        )


def owed_to_the_day(position: Position) -> Parts:
    """What a full settlement on the day of the plan would cost."""
    carried = Parts()
    for parts in position.carried:
        carried = added(carried, parts)
    running = 0
    if position.rows:
        first, since = position.rows[0], position.calendar.since_of_interest
        if since < position.on:
            running = earned(first.interest, position.coming, since, max(first.due_on, position.on), position.on, None)
    return added(added(position.arrears, carried), Parts(0, running, position.coming))


def _rows(position: Position, paid: Parts, payments: int, first: date) -> tuple[PlanRow, ...]:
    """Equal payments, each with its share of every component; the earliest take the odd cents."""
    days = _days(position, payments, first)
    even = [1] * payments
    amounts = split(paid.total, even)
    rows, left = [], paid
    for day, amount in zip(days, amounts, strict=True):
        part = in_house_order(amount, left)
        left = left.less(part)
        rows.append(PlanRow(0, day, part.principal, part.interest, left.principal, part.penalty))
    return tuple(rows)


def _days(position: Position, payments: int, first: date) -> list[date]:
    """The first day, then the loan's due days after it."""
    wanted, periods = payments - 1, payments
    while True:
        later = [day for day in position.calendar.due(periods) if day > first]
        if len(later) >= wanted:
            return [first, *later[:wanted]]
        periods += max(1, (first - position.on) // timedelta(days=27))
