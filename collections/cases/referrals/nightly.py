"""The referrals' part of the nightly run: what had its last day ends, and what the night itself settled comes back."""

from collections.abc import Callable
from datetime import date, datetime

from cases.referrals.ending import come_back, expire
from cases.referrals.models import Referral

Progress = Callable[[int, int], None]
CHUNK = 2_000


def run(*, on: date, at: datetime, progress: Progress | None = None) -> dict[str, int]:
    """Bring referrals to the business date; each ends in a transaction of its own, so a second run finds nothing to do."""
    expired, back = expire(at=at, on=on), 0
    people = sorted(set(Referral.objects.unfinished().values_list("case__borrower", flat=True)))
    for start in range(0, len(people), CHUNK):
        back += come_back(people[start : start + CHUNK], at=at, on=on)
        if progress:
            progress(min(start + CHUNK, len(people)), len(people))
    return {name: count for name, count in (("expired", expired), ("came_back", back)) if count}
