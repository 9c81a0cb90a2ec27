"""Days on which nothing falls due, and where a due date goes that meets one.

Closed are the weekdays and dates that are named, and the days off of a country where one is named: there a day that is worked
to make up for a holiday is a working day, unless it is named as well.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lending.schedules.reading import TermsError
from lending.workdays import is_working_day

CLOSED_DAYS_MAX = 60
"""The longest run of closed days that a due date is moved across; more is a mistake in the list."""


class Move(StrEnum):
    NONE = "none"
    FORWARD = "forward"
    BACKWARD = "backward"


class MovedInterest(StrEnum):
    """KEEP charges interest to the day before the move, MOVE to the day the instalment really falls due."""

    KEEP = "keep"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class NonWorking:
    """Closed weekdays (0 is Monday, 6 is Sunday), closed dates, and the country whose days off are closed (empty: none)."""

    weekdays: frozenset[int] = frozenset()
    dates: frozenset[date] = frozenset()
    move: Move = Move.NONE
    interest: MovedInterest = MovedInterest.KEEP
    calendar: str = ""

    @property
    def moves(self) -> bool:
        """Whether any due date can move at all."""
        return bool(self.weekdays or self.dates or self.calendar) and self.move is not Move.NONE

    def working_day(self, day: date) -> date:
        """`day` itself or the next working day in the direction of the move."""
        step = timedelta(days=-1 if self.move is Move.BACKWARD else 1)
        for _ in range(CLOSED_DAYS_MAX):
            if self._is_open(day):
                return day
            day += step
        raise TermsError("non_working", f"leaves no working day within {CLOSED_DAYS_MAX} days of {day}")

    def _is_open(self, day: date) -> bool:
        if day.weekday() in self.weekdays or day in self.dates:
            return False
        return not self.calendar or is_working_day(day, self.calendar)
