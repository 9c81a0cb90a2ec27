"""Due dates move later, by days or by whole periods: what extension and deferral share.

Interest for the added time runs on all principal outstanding, from the first unpaid due date to its new day; each whole period is
rounded for itself. It is put to the first instalment that moves (house rule), or to the last; or nobody asks for it; or it is
capitalised, period upon period, and the instalments are solved anew.
"""

from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from lending.daycount import DayCount, fraction
from lending.money import PPM, divide
from lending.waivable import Parts
from restructuring.instruments.arrears import added
from restructuring.instruments.calendar import Calendar
from restructuring.instruments.position import PlanRow, Position
from restructuring.instruments.rebuilding import resized
from restructuring.instruments.refusal import RefusedError

DAYS_OF_YEAR = 360
"""A loan that counts equal months takes a day as a 360th of a year (as `restructuring.moving` does)."""


class Interest(StrEnum):
    RUNS = "runs"
    FROZEN = "frozen"
    CAPITALISED = "capitalise"
    TAIL = "tail"


class By(NamedTuple):
    """How far: so many days, or so many periods; one of the two is 0."""

    days: int = 0
    periods: int = 0

    @property
    def field(self) -> str:
        return "days" if self.days else "periods"


def postponed(position: Position, by: By, interest: Interest) -> Position:
    """Every unpaid instalment that much later."""
    if (by.days > 0) == (by.periods > 0) or min(by) < 0:
        raise RefusedError("input", "days", "give days or periods, one of the two and above 0")
    unpaid = [*position.past_due, *position.rows]
    if not unpaid:
        raise RefusedError("nothing_unpaid", None, "every instalment is paid: there is nothing to move")
    charges = added_interest(position, by, unpaid[0])
    moved = _moved(position, by)
    match interest:
        case Interest.RUNS:
            return _carried_first(moved, charges)
        case Interest.TAIL:
            last = added(moved.carried.last, Parts(interest=sum(charges)))
            return moved._replace(carried=moved.carried._replace(last=last))
        case Interest.FROZEN:
            return moved
        case Interest.CAPITALISED:
            grown = _compounded(position, by, unpaid[0])
            if not moved.rows:
                raise RefusedError("nothing_ahead", by.field, "leaves no coming instalment to capitalise into")
            return resized(moved, moved.coming + grown)._replace(capitalised=moved.capitalised + grown)


def added_interest(position: Position, by: By, first: PlanRow) -> list[int]:
    """Interest of the added time on what is outstanding: one amount for each added period, one in all for days."""
    return [_charge(position, span, position.outstanding) for span in _added_spans(position, by, first)]


def _compounded(position: Position, by: By, first: PlanRow) -> int:
    owed = position.outstanding
    for span in _added_spans(position, by, first):
        owed += _charge(position, span, owed)
    return owed - position.outstanding


def _charge(position: Position, span: Fraction, principal: int) -> int:
    exact = principal * position.rate_ppm * span / PPM
    return divide(exact.numerator, exact.denominator, position.terms.rounding)


def _added_spans(position: Position, by: By, first: PlanRow) -> list[Fraction]:
    if by.periods:
        calendar = position.calendar
        return list(calendar._replace(asked=calendar.passed).spans(by.periods))
    day_count = position.terms.day_count
    if day_count is DayCount.MONTH_12:
        return [Fraction(by.days, DAYS_OF_YEAR)]
    return [fraction(day_count, first.due_on, first.due_on + timedelta(days=by.days))]


def _moved(position: Position, by: By) -> Position:
    """The rows past due before the coming ones; what is owed beside them, the row past due numbered 0, is no instalment to move."""
    past_due = [row for row in position.past_due if row.n]
    rows = tuple(row._replace(due_on=_later(position.calendar, row, by)) for row in (*past_due, *position.rows))
    if rows and rows[0].due_on < position.on:
        raise RefusedError("still_past", by.field, f"the first unpaid instalment would fall due on {rows[0].due_on}")
    behind = len(past_due)
    calendar = position.calendar
    place = calendar.place_of(past_due[0].due_on) if past_due else None
    first = calendar.passed - behind if place is None else place
    backward = calendar.passed - first
    spans = calendar._replace(passed=first, asked=first).spans(behind) if behind else ()
    calendar = calendar._replace(
        passed=first + by.periods, asked=calendar.asked - backward + by.periods, shift=calendar.shift + by.days
    )
    carried = position.carried
    for row in position.past_due:
        if not row.n:
            carried = carried._replace(first=added(carried.first, Parts(row.penalty, row.interest)))
    return position._replace(
        past_due=(), rows=rows, spans=(*spans, *position.spans), calendar=calendar, carried=carried
    )


def _later(calendar: Calendar, row: PlanRow, by: By) -> date:
    return calendar.later(row.due_on, by.periods) if by.periods else row.due_on + timedelta(days=by.days)


def _carried_first(moved: Position, charges: list[int]) -> Position:
    first = added(moved.carried.first, Parts(interest=sum(charges)))
    return moved._replace(carried=moved.carried._replace(first=first))
