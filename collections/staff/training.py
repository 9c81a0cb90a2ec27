"""Who was trained and examined, and until when that holds. How long it holds for what is said by the floor above.

Source of the rule: conduct rules of mainland China want a training with an examination before the first case, and both again every year.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from audit.record import record
from staff.models import Training, User

PASS_MARK = 80
"""House rule: percent of the examination from which it is passed."""


class TrainingError(ValueError):
    """What cannot be recorded; `field` names what is wrong with it."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@transaction.atomic
def record_training(
    *, user: User, kind: str, values: Iterable[str], trained_on: date, exam_on: date, score: int, evidence: str, by: User,
    at: datetime, on: date,
) -> Training:  # fmt: skip
    """Keep a training and its examination; TrainingError. Nobody records their own."""
    if user.pk == by.pk:
        raise TrainingError("user", _("Nobody records their own examination."))
    if exam_on > on:
        raise TrainingError("exam_on", _("This day has not come yet."))
    if trained_on > exam_on:
        raise TrainingError("trained_on", _("The training comes before its examination."))
    kept = Training.objects.create(
        user=user, kind=kind, values=sorted(values), trained_on=trained_on, exam_on=exam_on, score=score,
        passed=score >= PASS_MARK, evidence=evidence, recorded_by=by, recorded_at=at,
    )  # fmt: skip
    record(
        "staff.training_recorded", by=by, at=at, subject=user, username=user.username, kind=kind, score=score,
        passed=kept.passed, exam_on=exam_on.isoformat(), values=kept.values,
    )  # fmt: skip
    return kept


def holds_until(people: Iterable[User], days: Mapping[str, int]) -> dict[int, dict[str, date]]:
    """Per person and value the last day on which their last passed examination for it holds, `days` after it; one query.

    A value that nobody asks an examination for (no days) is left out.
    """
    asked = {value: timedelta(days=number) for value, number in days.items() if number}
    found: dict[int, dict[str, date]] = {}
    if not asked:
        return found
    rows = Training.objects.filter(user__in=[person.pk for person in people], passed=True).order_by("exam_on", "pk")
    for user, exam_on, values in rows.values_list("user", "exam_on", "values"):
        for value in values or asked:
            if value in asked:
                found.setdefault(user, {})[value] = exam_on + asked[value]
    return found


def unfit_for(until: Mapping[str, date], days: Mapping[str, int], on: date) -> set[str]:
    """The values for which an examination is asked and none holds on that day."""
    return {value for value, number in days.items() if number and until.get(value, date.min) < on}
