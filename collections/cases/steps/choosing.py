"""Which step an outcome or a reason brings on a day.

A version begins on a later day than the one on which it was published, so what holds on a day never changes and is read once per process.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from django.utils.translation import get_language

from cases.models import DelayReason
from cases.steps.models import NextStep, Of, Step


def in_force(on: date, rows: Iterable[NextStep] | None = None) -> list[NextStep]:
    """The version of each code that holds on that day, in the order in which they are offered."""
    newest: dict[tuple[str, str], NextStep] = {}
    for row in sorted(NextStep.objects.all() if rows is None else rows, key=lambda row: row.valid_from):
        if row.valid_from <= on:
            newest[row.of, row.code] = row
    return sorted(
        (row for row in newest.values() if not row.is_withdrawn), key=lambda row: (row.of, row.place, row.code)
    )


@lru_cache(maxsize=64)
def steps_on(on: date) -> tuple[NextStep, ...]:
    return tuple(in_force(on))


@lru_cache(maxsize=8)
def _named(last: date) -> dict[str, tuple[str, str]]:
    rows = NextStep.objects.filter(of=Of.OUTCOME, valid_from__lte=last).order_by("valid_from")
    return {code: (name, name_zh) for code, name, name_zh in rows.values_list("code", "name", "name_zh")}


def forget() -> None:
    """Read them anew, as after one was published."""
    steps_on.cache_clear()
    _named.cache_clear()


def outcomes_on(on: date) -> list[NextStep]:
    """What an agent may say of a call, in its order."""
    return [each for each in steps_on(on) if each.of == Of.OUTCOME]


def outcome_on(code: str, on: date) -> NextStep | None:
    return next((each for each in outcomes_on(on) if each.code == code), None)


def for_reason(code: str, on: date) -> NextStep | None:
    """What that reason suggests; None where it suggests nothing."""
    steps = (each for each in steps_on(on) if each.of == Of.REASON and each.code == code)
    return next((each for each in steps if each.step != Step.NONE), None)


def hours_again(on: date) -> dict[int, list[str]]:
    """The codes of outcomes after which one tries again, by their hours."""
    found: dict[int, list[str]] = {}
    for each in outcomes_on(on):
        if each.step == Step.AGAIN:
            found.setdefault(each.hours, []).append(each.code)
    return found


def name_of(row: NextStep) -> str:
    """In the reader's language."""
    if row.of == Of.REASON:
        return str(dict(DelayReason.Code.choices).get(row.code, row.code))
    return row.name_zh if (get_language() or "").startswith("zh") else row.name


def outcome_name(code: str, otherwise: str, on: date) -> str:
    """How an outcome is called in the reader's language, whether it is still in force or not."""
    names = _named(on).get(code)
    return names[(get_language() or "").startswith("zh")] if names else otherwise
