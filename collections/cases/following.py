"""Bring cases to what the book says: promises judged, cases ended, opened, regraded, and what comes next reckoned."""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from cases.models import Case, Promise
from cases.opening import end_cases, open_cases, regrade
from cases.promises import judge
from cases.reckoning import reckon
from lending.exposure import exposures


@transaction.atomic
def follow_the_book(
    borrower_ids: Collection[int], *, on: date, at: datetime, cause: str, opens: bool = False
) -> Counter[str]:
    """Do it for these borrowers, and count what was done; only the night opens cases. A constant number of queries."""
    counts: Counter[str] = Counter()
    cases = list(Case.objects.open().filter(borrower__in=borrower_ids).select_related("borrower").order_by("pk"))
    if not cases and not opens:
        return counts
    promises = Promise.objects.filter(case__in=cases, state=Promise.State.OPEN).select_related("case__borrower")
    for state, number in judge(list(promises.order_by("pk")), on=on, at=at).items():
        counts[f"promises_{state}"] += number
    owed = exposures(borrower_ids if opens else [case.borrower_id for case in cases], on=on)
    late = {borrower_id for borrower_id, exposure in owed.items() if exposure.loans_in_arrears}
    behind = [case for case in cases if case.borrower_id in late]
    counts.update(end_cases([case for case in cases if case.borrower_id not in late], on=on, at=at, cause=cause))
    counts["regraded"] += len(regrade(behind, owed, on=on, at=at))
    if opens:
        having = {case.borrower_id for case in behind}
        opened = open_cases([owed[borrower_id] for borrower_id in sorted(late - having)], on=on, at=at)
        counts["opened"] += len(opened)
        behind += opened
    counts["reckoned"] += reckon(behind, on=on, known=owed)
    return counts
