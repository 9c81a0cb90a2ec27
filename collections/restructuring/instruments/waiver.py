"""Waiver (减免): part of the debt is given up, by component or in the house order: penalty, interest, principal.

It ends that part (Civil Code, article 575). Each component is taken where it is oldest: past due, then carried, then coming
rows from the first on, whatever becomes of those rows. Principal that is still to come is waived off the whole of it, and the
rows are made anew for the rest.
"""

from typing import NamedTuple

from lending.waivable import COMPONENTS, Parts, in_house_order
from restructuring.instruments.arrears import added
from restructuring.instruments.position import Carried, PlanRow, Position
from restructuring.instruments.rebuilding import resized
from restructuring.instruments.refusal import RefusedError


class Waiver(NamedTuple):
    """The parts to give up, or `amount` in the house order."""

    parts: Parts = Parts()
    amount: int = 0

    def apply(self, position: Position) -> Position:
        owed = position.owed
        if bool(self.amount) == bool(self.parts.total):
            raise RefusedError("input", "amount", "give an amount, or penalty, interest and principal")
        if self.amount > owed.total:
            raise RefusedError("more_than_owed", "amount", f"is more than the {owed.total} that is owed")
        parts = self.parts if self.parts.total else in_house_order(self.amount, owed)
        for component, mine, most in zip(COMPONENTS, parts, owed, strict=True):
            if mine > most:
                raise RefusedError("more_than_owed", component, f"is more than the {most} that is owed")
        return waived(position, parts)


def waived(position: Position, parts: Parts) -> Position:
    """The position without these parts, each of which is owed."""
    position = _less_principal(position, parts.principal)
    past_due, left = _taken(position.past_due, parts)
    carried, left = _taken_of_carried(position.carried, left)
    rows, beyond = _taken(position.rows, Parts(left.penalty))
    assert beyond.penalty == 0
    return position._replace(
        past_due=tuple(row for row in past_due if row.total),
        rows=tuple(rows),
        carried=carried,
        forgiven=position.forgiven + left.interest,
        waived=added(position.waived, parts),
    )


def _less_principal(position: Position, amount: int) -> Position:
    """Principal past due first, the oldest first; then that of all coming rows together."""
    past_due = []
    for row in position.past_due:
        part = min(amount, row.principal)
        amount -= part
        past_due.append(row._replace(principal=row.principal - part))
    position = position._replace(past_due=tuple(past_due))
    return resized(position, position.coming - amount) if amount else position


def _taken(rows: tuple[PlanRow, ...], parts: Parts) -> tuple[list[PlanRow], Parts]:
    """The rows less interest and penalty, the first rows first, and what is left to take."""
    penalty, interest, kept = parts.penalty, parts.interest, []
    for row in rows:
        fine, charge = min(penalty, row.penalty), min(interest, row.interest)
        penalty, interest = penalty - fine, interest - charge
        kept.append(row._replace(penalty=row.penalty - fine, interest=row.interest - charge))
    return kept, Parts(penalty, interest)


def _taken_of_carried(carried: Carried, left: Parts) -> tuple[Carried, Parts]:
    kept = []
    for parts in carried:
        taken = Parts(*(min(mine, most) for mine, most in zip(left, parts, strict=True)))
        kept.append(parts.less(taken))
        left = left.less(taken)
    return Carried(*kept), left
