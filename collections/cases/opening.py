"""Cases begin, follow their bucket, and end: what arrears alone decide, without anybody's hand."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from cases import moves
from cases.events import keep_events
from cases.models import Assignment, Case, Promise
from cases.promises import end_with_case
from cases.stages import Plan, named
from lending.exposure import Exposure
from lending.models import Loan
from lending.sql.writing import insert_many, storing, take_keys


def begin_cases(exposures: Iterable[Exposure], stages: Mapping[int, str], *, on: date) -> list[Case]:
    """A case for each of these borrowers, who have none open; not yet entered, so that it takes its first plan with it."""
    return [
        Case(
            borrower_id=each.borrower_id,
            stage=stages[each.borrower_id],
            bucket=each.bucket,
            opened_on=on,
            holds_until=on,
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
def regrade(
    cases: Sequence[Case], exposures: Mapping[int, Exposure], stages: Mapping[int, str], *, on: date, at: datetime
) -> int:
    """Move the cases, locked by the caller, whose bucket or stage is another; how many."""
    steps = []
    names = {code: [terms.name, terms.name_zh] for code, terms in named(on).items()}
    for case in cases:
        bucket, stage = exposures[case.borrower_id].bucket, stages[case.borrower_id]
        if (bucket, stage) == (case.bucket, case.stage):
            continue
        facts: dict[str, Any] = {"from": case.bucket, "to": bucket}
        if bucket == case.bucket:
            facts = {"from_stage": names[case.stage], "to_stage": names[stage]}
        steps.append(moves.Step(case, "regraded", facts, {"bucket": bucket, "stage": stage}))
    moves.apply_many(steps, by=None, at=at, on=on, locked=True)
    return len(steps)


@transaction.atomic
def end_cases(cases: Sequence[Case], plan: Plan, *, on: date, at: datetime, cause: str) -> dict[str, int]:
    """End cases, locked by the caller, whose borrowers owe nothing overdue: cured and watched for the days of their stage, or
    closed where every loan left was written off.

    The open promise is judged first; the assignment ends; the owner stays on the row, for whom it remains to be seen.
    """
    if not cases:
        return {}
    by_key = {case.pk: case for case in cases}
    for promise in Promise.objects.filter(case__in=by_key, state=Promise.State.OPEN):
        promise.case = by_key[promise.case_id]
        end_with_case(promise, on=on, at=at)
    lost = written_off([case.borrower_id for case in cases])
    steps = [
        moves.Step(case, "closed", {"cause": cause}, {"callback_at": None})
        if case.borrower_id in lost
        else moves.Step(
            case, "cured", {"cause": cause}, {"callback_at": None, "holds_until": _watched_until(case, plan, on)}
        )
        for case in cases
    ]
    moves.apply_many(steps, by=None, at=at, on=on, locked=True)
    Assignment.objects.filter(case__in=by_key, to_at=None).update(to_at=at)
    closed = sum(step.event == "closed" for step in steps)
    return {"cured": len(steps) - closed, "closed": closed}


def _watched_until(case: Case, plan: Plan, on: date) -> date:
    return on + timedelta(days=max(1, plan.terms(case.stage).watch_days))


def written_off(people: Sequence[int]) -> set[int]:
    """Borrowers with a loan written off and none that still runs."""
    loans = Loan.objects.filter(borrower__in=people)
    running = set(loans.filter(status=Loan.Status.ACTIVE).values_list("borrower", flat=True))
    return set(loans.filter(status=Loan.Status.WRITTEN_OFF).values_list("borrower", flat=True)) - running
