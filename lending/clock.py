"""How many days count as past due: a due day, a day, and the pauses in between.

    days(D) = days of (due day, D] that no pause of the clock takes out; the due day counts as well where it is day 1

Days within the tolerance do not count; once it is passed they all do. The clock counts from the oldest row in arrears, or from
the row that began these arrears (`CountsFrom`). A due day is here the one that lateness counts from (`lending.due_days`).
Days are ordinals.
"""

from collections.abc import Iterable, Iterator, Sequence

from lending.loan_facts import Conventions, CountsFrom, PauseFact, PauseKind
from lending.open_rows import OpenRow
from lending.tolerance import tolerated

FOREVER = 10**9
"""The end of a pause until further notice."""

Span = tuple[int, int]
"""Days [from, to)."""


def spans_of(pauses: Iterable[PauseFact], *kinds: PauseKind) -> list[Span]:
    """The paused days of these kinds, in order, none of them twice."""
    joined: list[Span] = []
    for start, end in sorted(
        (pause.from_on.toordinal(), pause.to_on.toordinal() if pause.to_on else FOREVER)
        for pause in pauses
        if pause.kind in kinds
    ):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        elif start < end:
            joined.append((start, end))
    return joined


def paused_days(spans: Sequence[Span], first: int, last: int) -> int:
    """How many of the days from `first` to `last`, both counted, are paused."""
    return sum(max(0, min(end, last + 1) - max(start, first)) for start, end in spans)


class Clock:
    """The days past due of one loan by its conventions and pauses."""

    def __init__(self, conventions: Conventions, pauses: Iterable[PauseFact]) -> None:
        self.first_day = 0 if conventions.day_zero else 1
        self._tolerance_days = conventions.tolerance_days
        self._tolerance = conventions.tolerance_amount, conventions.tolerance_ppm
        self.remembers = conventions.counts_from is CountsFrom.FIRST  # it counts from a day that only the past tells
        self._paused = spans_of(pauses, PauseKind.CLOCK)

    def overdue_to(self, day: int) -> int:
        """The latest due day that is overdue on `day`."""
        return day - 1 + self.first_day

    def days(self, due: int, day: int) -> int:
        """Days past due of an amount that fell due on `due` and is unpaid on `day`; 0 when it is not due yet."""
        counted = self._counted(due, day)
        return counted if counted > self._tolerance_days else 0

    def _counted(self, due: int, day: int) -> int:
        past = max(0, day - due + self.first_day)
        return past - paused_days(self._paused, due + 1 - self.first_day, day) if past and self._paused else past

    def days_of(self, row: OpenRow, day: int) -> int:
        """A row's own days past due."""
        if row.settled is not None or row.due_by > day or self._is_small(row):
            return 0
        return self.days(row.due_by, day)

    def oldest(self, rows: Iterable[OpenRow], day: int) -> int | None:
        """The due day of the oldest row overdue on `day` with more than the tolerance unpaid."""
        last = self.overdue_to(day)
        for row in rows:
            if row.due_by > last:
                return None
            if row.settled is None and not self._is_small(row):
                return row.due_by
        return None

    def _is_small(self, row: OpenRow) -> bool:
        return row.open <= tolerated(row.asked, *self._tolerance)

    def since(self, rows: Iterable[OpenRow], day: int, former: int | None) -> int | None:
        """The due day that the clock counts from on `day`; `former` is the one that it counted from before."""
        oldest = self.oldest(rows, day)
        if oldest is None or former is None or not self.remembers:
            return oldest
        return min(oldest, former)

    def turns(self, since: int, today: int) -> Iterator[int]:
        """Days after `today` on which days past due counted from `since` do not go on as they do today."""
        is_counting = self.days(since, today) > 0
        is_paused = False
        for start, end in self._paused:
            if start <= today < end:
                is_paused = True
                if is_counting or end < FOREVER:
                    yield today + 1 if is_counting else end
            elif start > today:
                yield start
        if not is_counting and not is_paused:
            yield today + self._tolerance_days + 1 - self._counted(since, today)
