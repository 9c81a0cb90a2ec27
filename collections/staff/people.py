"""Adding and changing people. Whoever changes them cannot change their own role or shut themselves out."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from audit.record import record
from staff.models import Team, User
from staff.seen import require_as_seen
from staff.sessions import end_sessions

stopped_working = Signal()
"""Sent in the transaction that ends somebody's access or role, with `person`, `by`, `at`."""


class SelfChangeError(Exception):
    """One's own role and access are for somebody else to change."""


@transaction.atomic
def add_person(
    *,
    username: str,
    password: str,
    role: str,
    display_name: str,
    team: Team | None,
    capacity: int,
    by: User,
    at: datetime,
) -> User:
    person = User.objects.create_user(
        username, password=password, role=role, display_name=display_name, team=team, capacity=capacity
    )
    record("staff.person_added", by=by, at=at, subject=person, username=username, role=role, capacity=capacity)
    return person


def columns_of(person: User) -> dict[str, Any]:
    """What can be changed of a person."""
    return {name: getattr(person, name) for name in ("display_name", "role", "team_id", "capacity", "is_active")}


@transaction.atomic
def change_person(
    person: User,
    *,
    role: str,
    display_name: str,
    team: Team | None,
    capacity: int,
    is_active: bool,
    seen: str,
    by: User,
    at: datetime,
) -> None:
    """Change a person as they were `seen`; their sessions and tokens end when role or access changed. ChangedMeanwhileError.

    Who leaves loses access, and who takes another role carries no cases any more: floors above hear it (`stopped_working`).
    """
    list(User.objects.select_for_update().filter(pk=person.pk))
    person.refresh_from_db()
    require_as_seen(columns_of(person), seen)
    before = {"role": person.role, "capacity": person.capacity, "is_active": person.is_active, "team": person.team_id}
    after = {"role": role, "capacity": capacity, "is_active": is_active, "team": team.pk if team else None}
    loses = before["role"] != role or (person.is_active and not is_active)
    if loses and person.pk == by.pk:
        raise SelfChangeError(_("Your own role and access can only be changed by another administrator."))
    person.role, person.display_name, person.team = role, display_name, team
    person.capacity, person.is_active = capacity, is_active
    person.save(update_fields=["role", "display_name", "team", "capacity", "is_active"])
    if loses:
        end_sessions(person)
        stopped_working.send(sender=User, person=person, by=by, at=at)
    record("staff.person_changed", by=by, at=at, subject=person, username=person.username, before=before, after=after)
