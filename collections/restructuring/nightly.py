"""What each night does to plans: offers that ran out expire, requests on loans that are no longer owed end, and what nobody decided
in time goes to the next level.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction

from lending.models import Loan
from restructuring.matrix import matrix_on
from restructuring.models import PlanRequest
from restructuring.states import OPEN, MoveError, StaleError, move

CHUNK = 200


def run(*, on: date, at: datetime, progress: Callable[[int, int], None] | None = None) -> dict[str, int]:
    """Close day `on` for plans; run again it finds nothing left to do."""
    unowed = PlanRequest.objects.filter(state__in=OPEN).exclude(loan__status=Loan.Status.ACTIVE)
    over = PlanRequest.objects.filter(state=PlanRequest.State.APPROVED, offer_until__lt=on)
    work = [(pk, "withdrawn") for pk in unowed.order_by("pk").values_list("pk", flat=True)]
    ended = {pk for pk, _event in work}
    work += [(pk, "expired") for pk in over.order_by("pk").values_list("pk", flat=True) if pk not in ended]
    asked_before = on - timedelta(days=matrix_on(on).decide_days)
    late = PlanRequest.objects.waiting().filter(made_on__lt=asked_before, escalated_on=None)
    work += [(pk, "escalated") for pk in late.order_by("pk").values_list("pk", flat=True) if pk not in ended]
    counts = {"expired": 0, "withdrawn": 0, "escalated": 0}
    for start in range(0, len(work), CHUNK):
        _move_all(work[start : start + CHUNK], counts, on=on, at=at)
        if progress:
            progress(min(start + CHUNK, len(work)), len(work))
    return counts


@transaction.atomic
def _move_all(work: list[tuple[int, str]], counts: dict[str, int], *, on: date, at: datetime) -> None:
    """Move these plans; one that a person moves at the same moment is theirs."""
    plans = PlanRequest.objects.select_related("loan").in_bulk([pk for pk, _event in work])
    for pk, event in work:
        facts = {"why": "not_owed"} if event == "withdrawn" else {}
        changes = {"escalated_on": on} if event == "escalated" else {}
        try:
            move(plans[pk], event, by=None, at=at, on=on, facts=facts, **changes)
        except (MoveError, StaleError):
            continue
        counts[event] += 1
