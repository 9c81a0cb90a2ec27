"""Bring cases to what the book says: promises judged, cases ended, brought back, opened, regraded, and what comes next reckoned."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import prefetch_related_objects

from cases.models import Case, Promise
from cases.opening import begin_cases, end_cases, enter, regrade
from cases.promises import judge
from cases.reckoning import reckon
from cases.stages import plan_on, stages_of
from cases.watching import bring_back, end_watch, hold_owners
from lending.exposure import exposures
from lending.sql.reading import among


@transaction.atomic
def follow_the_book(
    borrower_ids: Collection[int], *, on: date, at: datetime, cause: str, opens: bool = False
) -> Counter[str]:
    """Do it for these borrowers, and count what was done; only the night opens cases. A constant number of queries.

    Their cases that are open or watched are locked in the order of their keys before anything is asked about them. One that is
    watched comes back at once; only a case that was not there yet waits for the night.
    """
    counts: Counter[str] = Counter()
    owners = hold_owners(borrower_ids)
    live = list(Case.objects.select_for_update().live().filter(among("borrower", borrower_ids)).order_by("pk"))
    if not live and not opens:
        return counts
    cases = [case for case in live if case.state == Case.State.OPEN]
    watched = [case for case in live if case.state == Case.State.WATCHED]
    for state, number in judge(_promises(cases), on=on, at=at).items():
        counts[f"promises_{state}"] += number
    owed = exposures(borrower_ids if opens else [case.borrower_id for case in live], on=on)
    late = {borrower_id for borrower_id, exposure in owed.items() if exposure.loans_in_arrears}
    plan = plan_on(on)
    stages = stages_of({borrower_id: owed[borrower_id].bucket for borrower_id in late}, plan)
    behind = [case for case in cases if case.borrower_id in late]
    counts.update(end_cases([case for case in cases if case.borrower_id not in late], plan, on=on, at=at, cause=cause))
    counts.update(end_watch([case for case in watched if case.borrower_id not in late], on=on, at=at))
    counts["regraded"] += regrade(behind, owed, stages, on=on, at=at)
    back = [case for case in watched if case.borrower_id in late]
    counts["returned"] += bring_back(back, owed, stages, owners, on=on, at=at)
    having = {case.borrower_id for case in live}
    begun = begin_cases([owed[borrower_id] for borrower_id in sorted(late - having)], stages, on=on) if opens else []
    counts["reckoned"] += reckon([*behind, *back, *begun], on=on, known=owed)
    counts["opened"] += enter(begun, on=on, at=at)
    return counts


def _promises(cases: Sequence[Case]) -> list[Promise]:
    """The open promises of these cases, each with its case as it is held here."""
    by_key = {case.pk: case for case in cases}
    promises = list(Promise.objects.filter(among("case", by_key), state=Promise.State.OPEN).order_by("pk"))
    for promise in promises:
        promise.case = by_key[promise.case_id]
    prefetch_related_objects(promises, "case__borrower")
    return promises
