"""Standing in: whoever is away says who decides within their limits meanwhile. The days are those of the absence, noted with it."""

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.record import record
from cases.absences import note_absence
from restructuring.asking import require
from restructuring.authority import stand_ins_on
from restructuring.models import StandIn
from staff.matrix import may
from staff.models import User

DAYS_MAX: Final = 60
"""Longer than that somebody else has the post (house rule)."""


class StandInError(ValueError):
    """Why somebody cannot stand in like that, in words; `field` is the form's field that it belongs to."""

    def __init__(self, words: str, field: str | None = None) -> None:
        super().__init__(words)
        self.field = field


@transaction.atomic
def name_stand_in(
    *, person: User, from_on: date, to_on: date, reason: str, by: User, at: datetime, on: date
) -> StandIn:
    """Note the absence of whoever asks, and that `person` decides within their limits on its days; PermissionDenied, StandInError."""
    require(by, "restructuring.decide")
    if person.pk == by.pk or not person.is_active or not may(person.role, "restructuring.decide"):
        raise StandInError(_("Choose somebody else who decides plans."), "person")
    if from_on < on:
        raise StandInError(_("It begins today or later."), "from_on")
    if not 0 <= (to_on - from_on).days < DAYS_MAX:
        raise StandInError(_("It lasts from 1 to %(most)s days.") % {"most": DAYS_MAX}, "to_on")
    list(User.objects.filter(pk=by.pk).select_for_update(no_key=True).values_list("pk", flat=True))
    if of_days(by, from_on, to_on).exists():
        raise StandInError(
            _("Somebody stands in for you on some of these days already: take that back first."), "from_on"
        )
    absence = note_absence(user=by, from_on=from_on, to_on=to_on, reason=reason, by=by, at=at)
    made = StandIn.objects.create(absence=absence, person=person, given_at=at)
    days = {"from_on": from_on.isoformat(), "to_on": to_on.isoformat()}
    record("restructuring.stand_in_named", by=by, at=at, subject=made, person=person.username, **days)
    return made


@transaction.atomic
def take_back_stand_in(*, stand_in: StandIn, by: User, at: datetime, on: date) -> StandIn:
    """From today on nobody stands in; only whoever named the stand-in may. StandInError, PermissionDenied."""
    require(by, "restructuring.decide")
    mine = StandIn.objects.filter(pk=stand_in.pk, absence__user=by, absence__to_on__gte=on, ended_on=None)
    if not mine.update(ended_on=on):
        raise StandInError(_("This was taken back or is over already."))
    stand_in.ended_on = on
    record("restructuring.stand_in_ended", by=by, at=at, subject=stand_in, person=stand_in.person.username)
    return stand_in


def of_days(person: User, first: date, last: date) -> "QuerySet[StandIn]":
    """Who stands in for that person on any of these days."""
    named = StandIn.objects.filter(absence__user=person, absence__from_on__lte=last, absence__to_on__gte=first)
    return named.filter(ended_on=None).select_related("person", "absence").order_by("absence__from_on")


def stand_ins_of(person: User, on: date) -> dict[str, Any]:
    """What the approvals say of it: whom this person stands in for today, and who stands in for them today or later."""
    return {
        "stood_in_for": [each.absence for each in stand_ins_on(on).filter(person=person)],
        "stand_ins": list(of_days(person, on, date.max)),
    }
