"""The dunning floor's part of the nightly run."""

from collections.abc import Callable
from datetime import date, datetime

from dunning.planning import plan

REFUSED = "refused."
"""Before the name of a rule, in the counts of a run."""


def run(*, on: date, at: datetime, progress: Callable[[int, int], None] | None = None) -> dict[str, int]:
    """Plan the reminders of day `on`: how many were written, and how many refused by which rule."""
    counts = plan(on, at, progress)
    return {"planned": counts.planned, **{f"{REFUSED}{rule}": number for rule, number in counts.refused.items()}}
