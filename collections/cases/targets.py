"""What people are to reach in a day and in a month, and how far they are."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.utils import timezone

from cases.models import Assignment, Promise, Target
from contacts.models import Contact
from lending.models import Payment
from staff.models import Team, User

Key = tuple[str, str]
"""Period and measure."""


class Reach(NamedTuple):
    """How far somebody is with a target; money in minor units of `currency`."""

    period: str
    measure: str
    value: int
    done: int
    currency: str

    @property
    def is_reached(self) -> bool:
        return self.done >= self.value

    @property
    def label(self) -> str:
        return str(Target.Measure(self.measure).label)

    @property
    def period_label(self) -> str:
        return str(Target.Period(self.period).label)

    @property
    def shown(self) -> int:
        """For a progress bar, which ends where the target does."""
        return min(self.done, self.value)


def reach_of(people: Sequence[User], on: date) -> dict[int, list[Reach]]:
    """Per person the targets that hold on that day, in a constant number of queries."""
    wanted = _targets_of(people, on)
    if not wanted:
        return {}
    counts = {key: _done(key, list(wanted), on) for key in {key for found in wanted.values() for key in found}}
    return {
        pk: [
            Reach(*key, target.value, counts[key].get((pk, target.currency), 0), target.currency)
            for key, target in sorted(found.items())
        ]
        for pk, found in wanted.items()
    }


def _targets_of(people: Sequence[User], on: date) -> dict[int, dict[Key, Target]]:
    """One's own before that of one's team, that before the team's above it; of each the newest."""
    targets = list(Target.objects.filter(from_on__lte=on).order_by("from_on", "pk"))
    above = _ways_up() if targets else {}
    own: dict[tuple[str, int, Key], Target] = {}
    for target in targets:
        whose = ("agent", target.agent_id) if target.agent_id else ("team", target.team_id or 0)
        own[*whose, (target.period, target.measure)] = target
    keys = {key for _kind, _pk, key in own}
    found: dict[int, dict[Key, Target]] = {}
    for person in people:
        holders = [("agent", person.pk), *(("team", pk) for pk in above.get(person.team_id or 0, []))]
        for key in keys:
            nearest = next((own[*holder, key] for holder in holders if (*holder, key) in own), None)
            if nearest:
                found.setdefault(person.pk, {})[key] = nearest
    return found


def _ways_up() -> dict[int, list[int]]:
    """Per team itself and the teams above it, the nearest first."""
    parents = dict(Team.objects.values_list("pk", "parent"))
    ways: dict[int, list[int]] = {}
    for pk in parents:
        at: int | None = pk
        while at is not None:
            ways.setdefault(pk, []).append(at)
            at = parents[at]
    return ways


def _done(key: Key, people: list[int], on: date) -> dict[tuple[int, str], int]:
    """By person and currency ("" where a number counts) what was done in the day, or the month up to it."""
    period, measure = key
    since = on if period == Target.Period.DAY else on.replace(day=1)
    if measure == Target.Measure.CONTACTS:
        made = Contact.objects.filter(
            by__in=people, state=Contact.State.MADE, at__gte=_midnight(since), at__lt=_midnight(on + timedelta(days=1))
        )
        return {(pk, ""): n for pk, n in made.values("by").annotate(n=Count("pk")).values_list("by", "n")}
    if measure == Target.Measure.PROMISES:
        taken = Promise.objects.filter(taken_by__in=people, made_on__gte=since, made_on__lte=on)
        return {(pk, ""): n for pk, n in taken.values("taken_by").annotate(n=Count("pk")).values_list("taken_by", "n")}
    return _recovered(people, since, on)


def _recovered(people: list[int], since: date, on: date) -> dict[tuple[int, str], int]:
    """Money, less what was reversed, on loans of borrowers whose case was in somebody's hands when it was posted."""
    holder = Assignment.objects.filter(
        Q(to_at=None) | Q(to_at__gt=OuterRef("posted_at")),
        case__borrower=OuterRef("loan__borrower"),
        from_at__lte=OuterRef("posted_at"),
    ).order_by("-from_at")
    paid = Payment.objects.filter(value_on__gte=since, value_on__lte=on).annotate(
        holder=Subquery(holder.values("agent")[:1])
    )
    sums = paid.filter(holder__in=people).values("holder", "currency").annotate(total=Sum(F("amount")))
    return {(pk, currency): total for pk, currency, total in sums.values_list("holder", "currency", "total")}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())
