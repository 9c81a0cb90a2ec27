"""The cases' part of the nightly run: every case that may be another today follows the book, and its plan the day.

In chunks of at most `CHUNK` borrowers, each in a transaction of its own, so a killed run goes on where it stopped and a
second run of the same day finds nothing to do. Only cases that change are written. Each move leaves its `CaseEvent`;
the run leaves one audit entry with its counts, for nobody decided anything.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from audit.record import record
from cases import changed
from cases.following import follow_the_book
from cases.reckoning import CHUNK

Progress = Callable[[int, int], None]


def run(*, on: date, at: datetime, progress: Progress | None = None, everybody: bool = False) -> dict[str, int]:
    """Bring the cases to the business date `on`; counts of what was done.

    `everybody` looks at those too for whom nothing can have changed, and leaves the same behind.
    """
    counts: Counter[str] = Counter()
    people = changed.everybody() if everybody else changed.borrowers_to_look_at(on)
    for start in range(0, len(people), CHUNK):
        counts += follow_the_book(people[start : start + CHUNK], on=on, at=at, cause="close", opens=True)
        if progress:
            progress(min(start + CHUNK, len(people)), len(people))
    if counts:
        with transaction.atomic():
            record("cases.day_run", by=None, at=at, day=on.isoformat(), counts=dict(counts))
    return dict(counts)
