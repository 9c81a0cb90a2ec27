"""Absences are noted by supervisors, so that nobody is given cases on days when they are away."""

from datetime import date, datetime

from django.db import transaction

from audit.record import record
from staff.models import Absence, User


@transaction.atomic
def note_absence(*, user: User, from_on: date, to_on: date, reason: str, by: User, at: datetime) -> Absence:
    """Note the days, both included, on which this person is away."""
    absence = Absence.objects.create(user=user, from_on=from_on, to_on=to_on, reason=reason, noted_by=by, noted_at=at)
    record(
        "staff.absence_noted",
        by=by,
        at=at,
        subject=user,
        username=user.username,
        from_on=from_on.isoformat(),
        to_on=to_on.isoformat(),
    )
    return absence
