"""What `lending.verify` finds."""

from typing import NamedTuple


class Fault(NamedTuple):
    """What does not hold, and where."""

    where: str
    reason: str
