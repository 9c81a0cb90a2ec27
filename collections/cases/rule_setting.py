"""Assignment rules and targets are set by supervisors and managers; each change leaves its audit entry."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit.record import record
from cases.models import AssignmentRule, Target
from staff.models import Team, User
from staff.seen import ChangedMeanwhileError, print_of


@transaction.atomic
def set_rule(rule: AssignmentRule | None, *, by: User, at: datetime, seen: str = "", **fields: Any) -> AssignmentRule:
    """Add a rule, or change this one as it was `seen`; ChangedMeanwhileError."""
    kept = _held(rule, seen) if rule else AssignmentRule()
    before = _facts(kept) if rule else None
    for name, value in fields.items():
        setattr(kept, name, value)
    kept.changed_by, kept.changed_at = by, at
    kept.save()
    record("cases.rule_set", by=by, at=at, subject=kept, name=kept.name, before=before, after=_facts(kept))
    return kept


@transaction.atomic
def drop_rule(rule: AssignmentRule, *, seen: str, by: User, at: datetime) -> None:
    """ChangedMeanwhileError."""
    rule = _held(rule, seen)
    record("cases.rule_dropped", by=by, at=at, subject=rule, name=rule.name, before=_facts(rule))
    rule.delete()


def seen_of(rule: AssignmentRule) -> str:
    """The print of what a page shows of a rule."""
    return print_of({"name": rule.name, **_facts(rule)})


def _held(rule: AssignmentRule, seen: str) -> AssignmentRule:
    """The rule as it stands, locked, if it is what was seen."""
    held = AssignmentRule.objects.select_for_update(of=("self",)).filter(pk=rule.pk).first()
    if held is None or seen_of(held) != seen:
        raise ChangedMeanwhileError
    return held


def _facts(rule: AssignmentRule) -> dict[str, Any]:
    names = ["position", "stage", "language", "currency", "amount_from", "amount_below", "weight", "stays"]
    return {name: getattr(rule, name) for name in names} | {
        "funder": rule.funder.code if rule.funder else "",
        "product": rule.product.code if rule.product else "",
        "team": rule.team.name if rule.team else "",
    }


@transaction.atomic
def set_target(
    *,
    whose: User | Team,
    period: str,
    measure: str,
    value: int,
    currency: str,
    from_on: date,
    by: User,
    at: datetime,
) -> Target:
    """From that day on; what held before stays told."""
    target = Target.objects.create(
        agent=whose if isinstance(whose, User) else None,
        team=whose if isinstance(whose, Team) else None,
        period=period,
        measure=measure,
        value=value,
        currency=currency,
        from_on=from_on,
        set_by=by,
        set_at=at,
    )
    record(
        "cases.target_set", by=by, at=at, subject=target, name=str(whose), period=period, measure=measure, value=value,
        currency=currency, from_on=from_on.isoformat(),
    )  # fmt: skip
    return target
