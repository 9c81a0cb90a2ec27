"""How long a standing holds: what time alone changes of a loan, and when, as long as nothing happens to it.

From one turning day to the next everything stays but the numerators of penalty and compound interest, which grow by the same
amounts every day. So a standing written on one day says what is true on each of the days before the next turning day. Days
are ordinals.
"""

from collections.abc import Iterator

from lending.buckets import days_to_next
from lending.clock import FOREVER
from lending.loan_facts import Conventions
from lending.open_rows import OpenRow
from lending.penalty import Charge, charge_of_a_day
from lending.replay import Replay


def growth(replay: Replay, today: int, conventions: Conventions) -> Charge:
    """What each day from `today` up to the next turning day adds to the numerators of `lending.penalty`."""
    if replay.is_frozen(today):
        return Charge(0, 0)
    charged = [row for row in replay.rows if row.settled is None and _charged_from(row) <= today]
    return charge_of_a_day(charged, conventions.penalty_rate_ppm, conventions.penalty_base)


def turning_day(replay: Replay, today: int) -> int | None:
    """The first day after `today` that changes more than the growth of the penalty; None when no such day comes."""
    days = list(_row_turns(replay, today))
    if replay.since is not None:
        days.extend(replay.clock.turns(replay.since, today))
        if step := days_to_next(replay.clock.days(replay.since, today)):
            days.append(today + step)
    if replay.frozen and any(row.settled is None and row.due_by <= today for row in replay.rows):
        days.extend(edge for span in replay.frozen for edge in span if today < edge < FOREVER)
    return min(days, default=None)


def _row_turns(replay: Replay, today: int) -> Iterator[int]:
    """When open rows become overdue, and when the charge for their first day past the grace is in the numerator."""
    for row in replay.rows:
        if row.settled is not None:
            continue
        if row.due_by > replay.clock.overdue_to(today):
            yield row.due_by + 1 - replay.clock.first_day
            return
        if (charged_from := _charged_from(row)) > today:
            yield charged_from
        elif row.grace_held or row.grace_held_compound:
            yield today + 1


def _charged_from(row: OpenRow) -> int:
    """The first day whose numerator holds a charge for this row; days held back in its grace come with it."""
    return row.grace_ends + 1
