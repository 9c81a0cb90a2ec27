"""What a person takes, how much of it and when: skills, effort, shift. Floors above say which values a skill may have."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time
from typing import Any

from django.db import transaction

from audit.record import record
from staff.models import Skill, User
from staff.seen import require_as_seen

Values = Callable[[], Iterable[tuple[str, Any]]]
_VALUES: dict[str, Values] = {}


def register(kind: Skill.Kind, values: Values) -> None:
    """Say which values (code, label) a kind of skill may have."""
    _VALUES[kind] = values


def skill_values() -> dict[str, list[tuple[str, Any]]]:
    return {kind: list(values()) for kind, values in _VALUES.items()}


def work_of(person: User) -> dict[str, Any]:
    """All of it as it stands."""
    names = ("effort", "shift_days", "shift_from", "shift_to")
    skills = sorted(f"{kind}:{value}" for kind, value in person.skills.values_list("kind", "value"))
    return {**{name: getattr(person, name) for name in names}, "skills": skills}


@transaction.atomic
def set_work(
    person: User,
    *,
    effort: int | None,
    shift_days: str,
    shift_from: time | None,
    shift_to: time | None,
    skills: Mapping[str, Iterable[str]],
    seen: str,
    by: User,
    at: datetime,
) -> None:
    """Set it all anew, as it was `seen`; a kind of skill without a value binds the person to nothing. ChangedMeanwhileError."""
    list(User.objects.select_for_update().filter(pk=person.pk))
    person.refresh_from_db()
    require_as_seen(work_of(person), seen)
    person.effort, person.shift_days, person.shift_from, person.shift_to = effort, shift_days, shift_from, shift_to
    person.save(update_fields=["effort", "shift_days", "shift_from", "shift_to"])
    wanted = {(kind, value) for kind, values in skills.items() for value in values}
    person.skills.all().delete()
    Skill.objects.bulk_create(Skill(user=person, kind=kind, value=value) for kind, value in sorted(wanted))
    record(
        "staff.work_set",
        by=by,
        at=at,
        subject=person,
        username=person.username,
        effort=effort,
        shift=[shift_days, *(each.isoformat() if each else None for each in (shift_from, shift_to))],
        skills=[f"{kind}:{value}" for kind, value in sorted(wanted)],
    )
