"""Capitalise arrears: interest past due becomes principal, and with the principal past due goes into the coming instalments.

Penalty stays as it is (`restructuring.instruments.arrears`): waive it, or carry it by another instrument.
"""

from typing import NamedTuple

from restructuring.instruments.position import Position
from restructuring.instruments.rebuilding import resized
from restructuring.instruments.refusal import RefusedError


class Capitalise(NamedTuple):
    """All interest past due, or `interest` of it; the oldest rows first."""

    interest: int | None = None

    def apply(self, position: Position) -> Position:
        behind = position.arrears
        amount = behind.interest if self.interest is None else self.interest
        if amount > behind.interest:
            raise RefusedError("more_than_owed", "interest", f"interest past due is {behind.interest}")
        if not amount + behind.principal:
            raise RefusedError("nothing_past_due", None, "no interest or principal is past due")
        if not position.rows:
            raise RefusedError(
                "nothing_ahead", None, "no instalment is still to come: re-amortise and capitalise there"
            )
        left, kept = amount, []
        for row in position.past_due:
            part = min(left, row.interest)
            left -= part
            kept.append(row._replace(principal=0, interest=row.interest - part))
        still = tuple(row for row in kept if row.total)
        grown = resized(position, position.outstanding + amount)
        return grown._replace(past_due=still, capitalised=position.capitalised + amount)
