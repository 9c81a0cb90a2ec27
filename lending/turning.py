"""How long a standing holds: what time alone changes of a loan, and when, as long as nothing happens to it.

From one turning day to the next everything stays but the numerator of the penalty, which grows by the same amount every day.
So a standing written on one day says what is true on each of the days before the next turning day. Days are ordinals.
"""

from collections.abc import Iterable, Iterator

from lending.buckets import days_to_next
from lending.loan_facts import Conventions
from lending.open_rows import OpenRow


def growth(rows: Iterable[OpenRow], today: int, conventions: Conventions) -> int:
    """What each day from `today` up to the next turning day adds to the numerator of `lending.penalty`."""
    charged = (row for row in rows if row.settled is None and _charged_from(row, conventions) <= today)
    return conventions.penalty_rate_ppm * sum(row.open_principal for row in charged)


def turning_day(rows: Iterable[OpenRow], today: int, days_past_due: int, conventions: Conventions) -> int | None:
    """The first day after `today` that changes more than the growth of the penalty; None when no such day comes."""
    days = list(_turns(rows, today, conventions))
    if step := days_to_next(days_past_due):
        days.append(today + step)
    return min(days, default=None)


def _turns(rows: Iterable[OpenRow], today: int, conventions: Conventions) -> Iterator[int]:
    """When open rows become overdue, and when the charge for their first day past the grace is in the numerator."""
    for row in rows:
        if row.settled is not None:
            continue
        overdue_from = row.due + (1 if conventions.day_zero else 0)
        if overdue_from > today:
            yield overdue_from
            return
        if (charged_from := _charged_from(row, conventions)) > today:
            yield charged_from
        elif row.grace_held:
            yield today + 1


def _charged_from(row: OpenRow, conventions: Conventions) -> int:
    """The first day whose numerator holds a charge for this row; days held back in its grace come with it."""
    return row.due + conventions.grace_days + 1
