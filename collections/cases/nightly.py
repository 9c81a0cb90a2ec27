"""The cases' part of the nightly run: judge promises, end, open, regrade, reckon.

Set-based by chunks of at most `CHUNK` cases, each in a transaction of its own, so a killed run goes on where it stopped and
a second run of the same day finds nothing to do. Only cases that change are written. Each move leaves its `CaseEvent`;
the run leaves one audit entry with its counts, for nobody decided anything.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import TypeVar

from django.db import transaction

from audit.record import record
from cases.models import Case, Promise
from cases.opening import end_cases, open_cases, regrade
from cases.promises import judge
from cases.reckoning import CHUNK, reckon
from lending.exposure import Exposure, exposures

Progress = Callable[[int, int], None]
T = TypeVar("T")


def run(*, on: date, at: datetime, progress: Progress | None = None) -> dict[str, int]:
    """Bring every case to the business date `on`; counts of what was done."""
    counts: Counter[str] = Counter()
    _judge_promises(counts, on=on, at=at)
    owed = {borrower: found for borrower, found in exposures(on=on).items() if found.loans_in_arrears}
    _end_and_open(counts, owed, on=on, at=at)
    open_ids = list(Case.objects.open().order_by("pk").values_list("pk", flat=True))
    for done, chunk in enumerate(_chunks(open_ids), start=1):
        cases = list(Case.objects.open().filter(pk__in=chunk))
        counts["regraded"] += len(regrade(cases, owed, on=on, at=at))
        counts["reckoned"] += reckon(cases, on=on, known=owed)
        if progress:
            progress(min(done * CHUNK, len(open_ids)), len(open_ids))
    if any(counts.values()):
        with transaction.atomic():
            record("cases.day_run", by=None, at=at, day=on.isoformat(), counts=dict(counts))
    return dict(counts)


def _judge_promises(counts: Counter[str], *, on: date, at: datetime) -> None:
    waiting = list(Promise.objects.filter(state=Promise.State.OPEN).order_by("pk").values_list("pk", flat=True))
    for chunk in _chunks(waiting):
        promises = Promise.objects.filter(pk__in=chunk, state=Promise.State.OPEN).select_related("case__borrower")
        for state, number in judge(list(promises), on=on, at=at).items():
            counts[f"promises_{state}"] += number


def _end_and_open(counts: Counter[str], owed: dict[int, Exposure], *, on: date, at: datetime) -> None:
    having = dict(Case.objects.open().values_list("borrower", "pk"))
    for chunk in _chunks([pk for borrower, pk in having.items() if borrower not in owed]):
        cases = list(Case.objects.open().filter(pk__in=chunk).select_related("borrower"))
        counts.update(end_cases(cases, on=on, at=at, cause="close"))
    for people in _chunks([borrower for borrower in owed if borrower not in having]):
        counts["opened"] += len(open_cases([owed[borrower] for borrower in people], on=on, at=at))


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
