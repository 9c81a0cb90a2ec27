"""What is still to be paid, month by month, today and with the plan: the lines of its chart."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from restructuring.reshaping import PlannedRow, Reshaped
from staff.charts import Line

STEPS_MAX = 61


def labels_of(proposal: Reshaped) -> list[str]:
    """Every month from the first unpaid instalment to the later end."""
    first = min(proposal.old[0].due_on, proposal.new[0].due_on)
    last = max(proposal.end_old, proposal.end_new)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    every = -(-months // STEPS_MAX)
    starts = range(first.year * 12 + first.month - 1, first.year * 12 + first.month - 1 + months, every)
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in starts]


def lines_of(proposal: Reshaped) -> list[Line]:
    labels = labels_of(proposal)
    return [
        Line(_("Today"), _left(proposal.old, labels)),
        Line(_("With the plan"), _left(proposal.new, labels)),
    ]


def _left(rows: Sequence[PlannedRow], labels: Sequence[str]) -> list[int]:
    """What of these rows is still to be paid when each month begins, in whole units."""
    return [sum(row.total for row in rows if f"{row.due_on:%Y-%m}" >= label) // 100 for label in labels]
