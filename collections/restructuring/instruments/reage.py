"""Re-age: what is past due is repaid in new instalments beside those still to come, and the account counts as current.

Its principal is repaid in equal parts and bears interest at the contract's rate again from the last due date on; its interest
and penalty are treated as asked for.
"""

from typing import NamedTuple

from lending.schedules import Method
from restructuring.instruments.arrears import Arrears, Treatment, treated
from restructuring.instruments.position import PlanRow, Position
from restructuring.instruments.rebuilding import rebuilt
from restructuring.instruments.refusal import RefusedError


class Reage(NamedTuple):
    """Over `periods` instalments from the next due day on, more than are left if need be."""

    periods: int
    arrears: Arrears = Arrears()

    def apply(self, position: Position) -> Position:
        if not position.past_due:
            raise RefusedError("nothing_past_due", None, "nothing is past due: there is nothing to re-age")
        if self.arrears.interest is Treatment.CAPITALISE:
            raise RefusedError("not_capitalised_here", "arrears", "capitalise interest by re-amortising")
        behind = position.arrears.principal
        current, _ = treated(position, self.arrears)
        months = max(self.periods, len(position.rows))
        beside = _beside(current, behind, self.periods)
        rows = list(position.rows) or [PlanRow(0, day, 0, 0, 0) for day in current.calendar.due(months)]
        if position.rows and months > len(rows):
            rows += [PlanRow(0, day, 0, 0, 0) for day in current.calendar.due(months)[len(rows) :]]
        merged = [
            row._replace(principal=row.principal + part, interest=row.interest + charge)
            for row, (part, charge) in zip(rows, beside + [(0, 0)] * (months - len(beside)), strict=True)
        ]
        return current._replace(rows=tuple(merged), spans=current.calendar.spans(months))


def _beside(position: Position, principal: int, periods: int) -> list[tuple[int, int]]:
    """Principal and interest of each part."""
    if not principal:
        return [(0, 0)] * periods
    alone = rebuilt(position._replace(accrued=0), principal, periods, method=Method.EQUAL_PRINCIPAL)
    return [(row.principal, row.interest) for row in alone.rows]
