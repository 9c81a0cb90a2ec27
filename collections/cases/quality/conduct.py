"""What a supervisor watches beside the reviews: what the gate refused, which promises held, and who saw what in full, and why.

Of a supervisor's own teams; managers and auditors read all. What was seen is told by its kind, and of whom by the lender's reference.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from cases.models import Promise
from contacts.models import Channel, Reveal, Verdict
from staff.models import Role, User

REVEALS_SHOWN = 200
KEPT, PART, BROKEN = Promise.State.KEPT, Promise.State.PART_KEPT, Promise.State.BROKEN


class Refused(NamedTuple):
    """How often a rule refused somebody's question in earnest."""

    agent: str
    rule: str
    channel: str
    times: int


class Promised(NamedTuple):
    """Promises that somebody took and payments have judged."""

    agent: str
    kept: int
    part_kept: int
    broken: int

    @property
    def percent_kept(self) -> int:
        """Whole percent, rounded half up."""
        judged = self.kept + self.part_kept + self.broken
        return (200 * self.kept + judged) // (2 * judged)


def people_of(user: User) -> QuerySet[User]:
    """Whose conduct this person watches."""
    everybody = User.objects.get_queryset()
    return User.objects.in_teams_of(user) if user.role == Role.SUPERVISOR else everybody


def refusals(user: User, since: datetime) -> list[Refused]:
    """By rule and agent, the most frequent first; one query."""
    rows = Verdict.objects.filter(allowed=False, at__gte=since, asked_by__in=people_of(user))
    found = rows.values("asked_by__display_name", "asked_by__username", "rule", "channel").annotate(times=Count("pk"))
    return [
        Refused(
            row["asked_by__display_name"] or row["asked_by__username"],
            row["rule"],
            _channel(row["channel"]),
            row["times"],
        )
        for row in found.order_by("-times", "rule", "asked_by__username")[:REVEALS_SHOWN]
    ]


def promises(user: User, since: date) -> list[Promised]:
    """By who took them, those who hold least first; one query."""
    rows = Promise.objects.filter(judged_on__gte=since, state__in=[KEPT, PART, BROKEN], taken_by__in=people_of(user))
    counts: dict[str, Any] = {state: Count("pk", filter=Q(state=state)) for state in (KEPT, PART, BROKEN)}
    found: Any = (
        rows.values("taken_by__display_name", "taken_by__username").annotate(**counts).order_by("taken_by__username")
    )
    told = [
        Promised(row["taken_by__display_name"] or row["taken_by__username"], row[KEPT], row[PART], row[BROKEN])
        for row in found
    ]
    return sorted(told, key=lambda each: each.percent_kept)


def reveals(user: User, since: datetime) -> Sequence[Reveal]:
    """The newest first."""
    rows = Reveal.objects.filter(at__gte=since, user__in=people_of(user)).select_related("user", "borrower")
    return list(rows.order_by("-at", "-pk")[:REVEALS_SHOWN])


def _channel(code: str) -> str:
    return str(Channel(code).label) if code in Channel.values else code
