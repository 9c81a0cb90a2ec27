"""Cases begin, follow their bucket, and end: what arrears alone decide, without anybody's hand."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from cases import moves
from cases.models import Assignment, Case, CaseEvent, Promise, Stage
from cases.promises import end_with_case
from lending.exposure import Exposure
from lending.models import Loan

_STAGES = {"M0": Stage.EARLY, "M1": Stage.EARLY, "M2": Stage.MIDDLE, "M3": Stage.MIDDLE}


def stage_of(bucket: str) -> Stage:
    """M1 is early, M2 and M3 are middle, later is late."""
    return _STAGES.get(bucket, Stage.LATE)


@transaction.atomic
def open_cases(exposures: Iterable[Exposure], *, on: date, at: datetime) -> list[Case]:
    """Open a case for each of these borrowers who has none open; the database holds it to one."""
    found = list(exposures)
    people = [exposure.borrower_id for exposure in found]
    taken = set(Case.objects.open().filter(borrower__in=people).values_list("borrower", flat=True))
    cases = [
        Case(
            borrower_id=each.borrower_id, stage=stage_of(each.bucket), bucket=each.bucket, opened_on=on, holds_until=on
        )
        for each in found
        if each.borrower_id not in taken
    ]
    Case.objects.bulk_create(cases, batch_size=80)
    CaseEvent.objects.bulk_create(
        [CaseEvent(case=case, event="opened", at=at, on=on, facts={"bucket": case.bucket}) for case in cases],
        batch_size=100,
    )
    return cases


def _still_open(cases: Sequence[Case]) -> list[Case]:
    """Those that nobody ended since they were read, locked."""
    found = moves.lock([case.pk for case in cases])
    return [case for case in cases if case.pk in found and found[case.pk].state == Case.State.OPEN]


@transaction.atomic
def regrade(cases: Sequence[Case], exposures: dict[int, Exposure], *, on: date, at: datetime) -> list[Case]:
    """Move the cases whose bucket has changed; the cases that were moved."""
    moved = [case for case in cases if (owed := exposures.get(case.borrower_id)) and owed.bucket != case.bucket]
    steps = []
    for case in _still_open(moved):
        exposure = exposures[case.borrower_id]
        facts = {"from": case.bucket, "to": exposure.bucket}
        changes = {"bucket": exposure.bucket, "stage": stage_of(exposure.bucket)}
        steps.append(moves.Step(case, "regraded", facts, changes))
    moves.apply_many(steps, by=None, at=at, on=on)
    return [step.case for step in steps]


@transaction.atomic
def end_cases(cases: Sequence[Case], *, on: date, at: datetime, cause: str) -> dict[str, int]:
    """End cases whose borrowers owe nothing overdue: cured, or closed where every loan left was written off.

    The open promise is judged first; the assignment ends; the owner stays on the row, for whom it remains to be seen.
    """
    cases = _still_open(cases)
    waiting = Promise.objects.filter(case__in=[case.pk for case in cases], state=Promise.State.OPEN)
    for promise in waiting.select_related("case__borrower"):
        end_with_case(promise, on=on, at=at)
    lost = _written_off([case.borrower_id for case in cases])
    steps = [
        moves.Step(case, "closed" if case.borrower_id in lost else "cured", {"cause": cause}, {"callback_at": None})
        for case in cases
    ]
    moves.apply_many(steps, by=None, at=at, on=on)
    Assignment.objects.filter(case__in=[case.pk for case in cases], to_at=None).update(to_at=at)
    closed = sum(step.event == "closed" for step in steps)
    return {"cured": len(steps) - closed, "closed": closed}


def _written_off(people: Sequence[int]) -> set[int]:
    """Borrowers with a loan written off and none that still runs."""
    loans = Loan.objects.filter(borrower__in=people)
    running = set(loans.filter(status=Loan.Status.ACTIVE).values_list("borrower", flat=True))
    return set(loans.filter(status=Loan.Status.WRITTEN_OFF).values_list("borrower", flat=True)) - running
