"""The nightly run: each floor in turn closes the day; a step that is done for a day is never done twice.

The run of day D stands at the start of D: afterwards the book, the cases and the lists are as of D.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction

import cases.nightly
import cases.quality.sampling
import cases.referrals.nightly
import dunning.nightly
import lending.horizon
import lending.nightly
import restructuring.nightly
import risk.nightly
import risk.snapshots
from audit.failpoints import failpoint
from audit.record import record
from lending.days import last_closed_day
from lending.models import ClosingStep

Progress = Callable[[str, int, int], None]
Counts = dict[str, int]


class DayInThePastError(ValueError):
    """The day asked for is before the last closed day: nothing was changed."""


class Day(NamedTuple):
    """A closed day, with what each step counted."""

    day: date
    steps: dict[str, Counts]


STEPS: list[tuple[str, Callable[..., Counts]]] = [
    ("lending", lending.nightly.run),
    ("risk", risk.nightly.run),
    ("cases", cases.nightly.run),
    ("referrals", cases.referrals.nightly.run),
    ("quality", cases.quality.sampling.run),
    ("restructuring", restructuring.nightly.run),
    ("dunning", dunning.nightly.run),
    ("portfolio", risk.snapshots.run),
]


def roll(*, to: date, at: datetime, progress: Progress | None = None) -> Iterator[Day]:
    """Close every day up to and including `to`, missed days too; yields each as it is closed.

    A book never closed starts at its earliest loan. DayInThePastError when `to` is before the last closed day; a day that
    is already closed yields nothing.
    """
    last = last_closed_day()
    if last and to < last:
        raise DayInThePastError(f"{to} is before the last closed day, {last}")
    day = last + timedelta(days=1) if last else lending.horizon.first_open_day() or to
    day = min(day, to) if last is None else day
    while day <= to:
        yield close(day, at=at, progress=progress)
        day += timedelta(days=1)


def close(day: date, *, at: datetime, progress: Progress | None = None) -> Day:
    """Close one day; run again after an interruption it goes on where it stopped."""
    done = dict(ClosingStep.objects.filter(day=day).values_list("step", "counts"))
    for name, run in STEPS:
        if name in done:
            continue
        told = (lambda n, total, step=name: progress(step, n, total)) if progress else None
        done[name] = run(on=day, at=at, progress=told)
        ClosingStep.objects.create(day=day, step=name, done_at=at, counts=done[name])
        failpoint("nightly.step.done")
    seal(day, at=at, steps=done)
    return Day(day, done)


@transaction.atomic
def seal(day: date, *, at: datetime, steps: dict[str, Counts]) -> None:
    """The day is closed: from here on it is the business date."""
    lending.horizon.seal_book(day, at)
    record("lending.day_closed", by=None, at=at, day=day.isoformat(), steps=steps)
