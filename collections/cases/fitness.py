"""Who may work which stage: a stage may ask for a passed examination that is no older than so many days (`stages.Terms.exam_days`)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from cases import stages
from cases.models import Case
from staff.models import User
from staff.training import holds_until, unfit_for

WARNED_DAYS = 30
"""What ends within so many days is told."""


class UntrainedError(Exception):
    """Somebody may not work a stage: no passed examination for it holds. Nothing was written."""

    def __init__(self, person: User, stage: str) -> None:
        self.person = person
        words = _("%(person)s may not work the stage %(stage)s: no passed examination for it holds.")
        super().__init__(words % {"person": person, "stage": stage})


class Standing(NamedTuple):
    """A person beside the last day of each stage for which an examination is asked."""

    user: User
    until: Mapping[str, date]
    missing: Sequence[str]
    soon: Sequence[tuple[str, date]]


def exam_days(on: date) -> dict[str, int]:
    """By stage how long an examination holds; 0: none is asked."""
    return {stage.code: stage.exam_days for stage in stages.plan_on(on).stages}


def barred(people: Iterable[User], on: date) -> dict[int, set[str]]:
    """Per person the stages that they may not work on that day; a query only where a stage asks for an examination."""
    days, listed = exam_days(on), list(people)
    if not any(days.values()):
        return {}
    until = holds_until(listed, days)
    return {person.pk: unfit_for(until.get(person.pk, {}), days, on) for person in listed}


def why_barred(person: User, case: Case, on: date) -> str:
    """Why this person may not work that case, in words; "" where they may."""
    if case.stage not in barred([person], on).get(person.pk, set()):
        return ""
    return str(UntrainedError(person, stage_name(case.stage, on)))


def check_fit(shares: Mapping[User, Iterable[Case]], on: date) -> None:
    """UntrainedError where one of these people would get a case of a stage that they may not work."""
    closed = barred(shares, on)
    for person, cases in shares.items():
        for case in cases:
            if case.stage in closed.get(person.pk, set()):
                raise UntrainedError(person, stage_name(case.stage, on))


def stage_name(code: str, on: date) -> str:
    terms = stages.named(on).get(code)
    return stages.name_of(terms) if terms else code


def standings(people: Iterable[User], on: date) -> list[Standing]:
    """Where each stands, in their order."""
    days, listed = exam_days(on), list(people)
    until = holds_until(listed, days)
    found = []
    for person in listed:
        own = until.get(person.pk, {})
        missing = unfit_for(own, days, on)
        soon = [
            (code, day) for code, day in own.items() if code not in missing and day <= on + timedelta(days=WARNED_DAYS)
        ]
        found.append(Standing(person, own, sorted(missing), soon))
    return found


def ends_soon(people: Iterable[User], on: date) -> int:
    """How many of them may not work a stage, or soon may not any more."""
    return sum(bool(each.missing or each.soon) for each in standings(people, on)) if any(exam_days(on).values()) else 0


def own_ends(person: User, on: date) -> list[tuple[str, date | None]]:
    """What this person is told of their own examinations: the stages that are closed, and those that end soon, by their last day."""
    if not any(exam_days(on).values()):
        return []
    own = standings([person], on)[0]
    told: dict[date | None, list[str]] = {}
    for code, day in [*((code, None) for code in own.missing), *own.soon]:
        told.setdefault(day, []).append(stage_name(code, on))
    return [(_(", ").join(names), day) for day, names in told.items()]
