"""Who leaves, or takes another role, carries no cases: theirs go back to the pool, and what they did stays told."""

from datetime import date, datetime
from typing import Any

from django.dispatch import receiver

from audit.record import record
from cases import moves
from cases.models import Assignment, Case
from lending.days import business_date
from staff.models import User
from staff.people import stopped_working


@receiver(stopped_working)
def put_back(sender: Any, person: User, by: User, at: datetime, **_: Any) -> None:
    """In the transaction of the change, which is the administrator's; the single moves are nobody's decision."""
    cases = list(Case.objects.open().filter(owner=person).order_by("pk"))
    if not cases:
        return
    on = date.fromordinal(business_date(at).toordinal())
    steps = [moves.Step(case, "unassigned", {"why": "away"}, {"owner": None}) for case in cases]
    moves.apply_many(steps, by=None, at=at, on=on)
    Assignment.objects.filter(agent=person, to_at=None).update(to_at=at)
    record("cases.put_back", by=by, at=at, subject=person, username=person.username, cases=len(cases))
