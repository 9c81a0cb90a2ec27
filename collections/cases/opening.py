"""Cases begin, follow their bucket, and end: what arrears alone decide, without anybody's hand."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from cases import moves
from cases.events import keep_events
from cases.models import Assignment, Case, Promise, Stage
from cases.promises import end_with_case
from lending.exposure import Exposure
from lending.models import Loan
from lending.sql.writing import insert_many, storing, take_keys

_STAGES = {"M0": Stage.EARLY, "M1": Stage.EARLY, "M2": Stage.MIDDLE, "M3": Stage.MIDDLE}


def stage_of(bucket: str) -> Stage:
    """M1 is early, M2 and M3 are middle, later is late."""
    return _STAGES.get(bucket, Stage.LATE)


def begin_cases(exposures: Iterable[Exposure], *, on: date) -> list[Case]:
    """A case for each of these borrowers, who have none open; not yet entered, so that it takes its first plan with it."""
    return [
        Case(
            borrower_id=each.borrower_id, stage=stage_of(each.bucket), bucket=each.bucket, opened_on=on, holds_until=on
        )
        for each in exposures
    ]


@transaction.atomic
def enter(cases: Sequence[Case], *, on: date, at: datetime) -> int:
    """Write cases that begin, each with its event; the database holds a borrower to one. How many."""
    if not cases:
        return 0
    for case, pk in zip(cases, take_keys(Case, len(cases)), strict=True):
        case.pk = pk
    columns = [field.attname for field in Case._meta.concrete_fields]
    stored = storing(Case, columns)
    insert_many(Case, columns, (stored(getattr(case, name) for name in columns) for case in cases))
    keep_events([(case, "opened", {"bucket": case.bucket}) for case in cases], by=None, at=at, on=on)
    return len(cases)


@transaction.atomic
def regrade(cases: Sequence[Case], exposures: dict[int, Exposure], *, on: date, at: datetime) -> list[Case]:
    """Move the cases, locked by the caller, whose bucket has changed; the cases that were moved."""
    moved = [case for case in cases if (owed := exposures.get(case.borrower_id)) and owed.bucket != case.bucket]
    steps = []
    for case in moved:
        exposure = exposures[case.borrower_id]
        facts = {"from": case.bucket, "to": exposure.bucket}
        changes = {"bucket": exposure.bucket, "stage": stage_of(exposure.bucket)}
        steps.append(moves.Step(case, "regraded", facts, changes))
    moves.apply_many(steps, by=None, at=at, on=on, locked=True)
    return moved


@transaction.atomic
def end_cases(cases: Sequence[Case], *, on: date, at: datetime, cause: str) -> dict[str, int]:
    """End cases, locked by the caller, whose borrowers owe nothing overdue: cured, or closed where every loan left was written off.

    The open promise is judged first; the assignment ends; the owner stays on the row, for whom it remains to be seen.
    """
    if not cases:
        return {}
    by_key = {case.pk: case for case in cases}
    for promise in Promise.objects.filter(case__in=by_key, state=Promise.State.OPEN):
        promise.case = by_key[promise.case_id]
        end_with_case(promise, on=on, at=at)
    lost = _written_off([case.borrower_id for case in cases])
    steps = [
        moves.Step(case, "closed" if case.borrower_id in lost else "cured", {"cause": cause}, {"callback_at": None})
        for case in cases
    ]
    moves.apply_many(steps, by=None, at=at, on=on, locked=True)
    Assignment.objects.filter(case__in=by_key, to_at=None).update(to_at=at)
    closed = sum(step.event == "closed" for step in steps)
    return {"cured": len(steps) - closed, "closed": closed}


def _written_off(people: Sequence[int]) -> set[int]:
    """Borrowers with a loan written off and none that still runs."""
    loans = Loan.objects.filter(borrower__in=people)
    running = set(loans.filter(status=Loan.Status.ACTIVE).values_list("borrower", flat=True))
    return set(loans.filter(status=Loan.Status.WRITTEN_OFF).values_list("borrower", flat=True)) - running
