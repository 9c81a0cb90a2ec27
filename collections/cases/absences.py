"""Absences are noted by supervisors, so that nobody is given cases on days when they are away."""

from datetime import date, datetime, timedelta

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


@transaction.atomic
def end_absence(absence: Absence, *, by: User, at: datetime, on: date) -> bool:
    """Whoever is away is back from `on`; what has not begun does not come about. False where it is over, or was taken back before."""
    standing = Absence.objects.filter(pk=absence.pk, to_on__gte=on)
    has_begun = absence.from_on < on
    if standing.update(to_on=on - timedelta(days=1)) if has_begun else standing.delete()[0]:
        days = {"from_on": absence.from_on.isoformat(), "to_on": absence.to_on.isoformat(), "back_on": on.isoformat()}
        record("staff.absence_ended", by=by, at=at, subject=absence.user, username=absence.user.username, **days)
        return True
    return False
