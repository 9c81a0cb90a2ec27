"""Who has which case in hand: within capacity, written under the agent's lock, all or nothing, and undone in one step."""

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from cases import moves
from cases.models import Assignment, Case
from staff.models import Role, User

BATCH_MAX = 500
UNDO_WITHIN = timedelta(minutes=10)


class CapacityError(Exception):
    """Somebody would have more cases than they can carry: nothing was assigned."""

    def __init__(self, full: Sequence["Load"]) -> None:
        self.full = list(full)
        names = ", ".join(str(load.agent) for load in full)
        super().__init__(_("Nothing was assigned: there is not enough room with %(names)s.") % {"names": names})


class AwayError(Exception):
    """The person cannot be given cases: away today, or no agent."""


class NothingToUndoError(Exception):
    """The last batch is too long ago, or its cases were worked since."""


class Load(NamedTuple):
    """How many open cases an agent has beside how many they can carry, before and after an assignment."""

    agent: User
    before: int
    after: int

    @property
    def room(self) -> int:
        return max(0, self.agent.capacity - self.after)

    @property
    def is_over(self) -> bool:
        return self.after > self.agent.capacity


def loads_of(agents: Sequence[User], added: Mapping[int, int] | None = None) -> list[Load]:
    """The load of each agent in one query; `added` cases by agent id on top."""
    rows = Case.objects.open().filter(owner__in=[agent.pk for agent in agents]).values("owner").annotate(n=Count("pk"))
    held = dict(rows.values_list("owner", "n"))
    more = added or {}
    return [Load(agent, held.get(agent.pk, 0), held.get(agent.pk, 0) + more.get(agent.pk, 0)) for agent in agents]


def spread(cases: Sequence[Case], agents: Sequence[User]) -> dict[int, list[Case]]:
    """A proposal by agent id: each case to whoever has most room left then; more than fits stays out."""
    room = {load.agent.pk: load.room for load in loads_of(agents)}
    shares: dict[int, list[Case]] = defaultdict(list)
    for case in cases:
        freest = max(sorted(room), key=lambda pk: room[pk], default=None)
        if freest is None or not room[freest]:
            break
        room[freest] -= 1
        shares[freest].append(case)
    return dict(shares)


@transaction.atomic
def assign(
    cases: Sequence[Case],
    *,
    to: User,
    by: User,
    at: datetime,
    on: date,
    seen: Mapping[int, int] | None = None,
    reason: str = "",
) -> str:
    """Give these cases to one agent; the batch's name. CapacityError, AwayError, moves.StaleError: nothing was written."""
    return share_out({to.pk: list(cases)}, by=by, at=at, on=on, seen=seen, reason=reason)


@transaction.atomic
def share_out(
    shares: Mapping[int, Sequence[Case]],
    *,
    by: User,
    at: datetime,
    on: date,
    seen: Mapping[int, int] | None = None,
    reason: str = "",
    event: str = "assigned",
) -> str:
    """Give each agent (by id) these cases, all or nothing; `seen` holds the versions that were decided on."""
    cases = [case for share in shares.values() for case in share]
    assert len(cases) <= BATCH_MAX
    agents = _lock_with_room(shares, on)
    batch = secrets.token_hex(8)
    moves.apply_many(
        [
            moves.Step(
                case,
                event,
                {"to": agents[pk].username, "name": str(agents[pk]), "batch": batch, "note": reason},
                {"owner": agents[pk]},
                (seen or {}).get(case.pk),
            )
            for pk, share in shares.items()
            for case in share
        ],
        by=by,
        at=at,
        on=on,
    )
    previous = _end_assignments(cases, at)
    Assignment.objects.bulk_create(
        [
            Assignment(
                case=case,
                agent=agents[pk],
                from_at=at,
                by=by,
                reason=reason,
                batch=batch,
                previous_id=previous.get(case.pk),
                case_version=case.version,
            )
            for pk, share in shares.items()
            for case in share
        ],
        batch_size=90,
    )
    return batch


def move_all(
    from_user: User, to_users: Sequence[User], *, by: User, at: datetime, on: date, limit: int = BATCH_MAX
) -> tuple[int, int]:
    """Spread a person's cases over these agents within their room; (moved, left behind)."""
    cases = list(Case.objects.open().filter(owner=from_user).order_by("-priority", "pk"))
    shares = spread(cases[:limit], [agent for agent in to_users if agent.pk != from_user.pk])
    moved = sum(map(len, shares.values()))
    if moved:
        share_out(shares, by=by, at=at, on=on, reason=_("Moved from %(person)s") % {"person": from_user.username})
    return moved, len(cases) - moved


def hand_over(*, case: Case, to: User, reason: str, by: User, at: datetime, on: date, seen: int | None = None) -> None:
    """Give a case in hand to a colleague with room; CapacityError, AwayError, moves.StaleError, moves.MoveError."""
    share_out(
        {to.pk: [case]}, by=by, at=at, on=on, seen={case.pk: seen} if seen is not None else None,
        reason=reason, event="handed_over",
    )  # fmt: skip


@transaction.atomic
def ask_hand_over(*, case: Case, reason: str, by: User, at: datetime, on: date, seen: int | None = None) -> None:
    """Ask the supervisor to take the case out of one's hands; it waits on the Caseloads page."""
    moves.apply(case, "hand_over_asked", by=by, at=at, on=on, seen=seen, facts={"note": reason})


def last_batch(by: User, at: datetime) -> QuerySet[Assignment]:
    """What this person assigned last, while it can still be undone."""
    recent = Assignment.objects.filter(by=by, from_at__gte=at - UNDO_WITHIN, to_at=None).exclude(batch="")
    batch = recent.order_by("-from_at", "-pk").values_list("batch", flat=True).first()
    return Assignment.objects.filter(by=by, batch=batch or "-", to_at=None)


@transaction.atomic
def undo(batch: str, *, by: User, at: datetime, on: date) -> int:
    """Take the last batch back: each case to whoever had it, or to the pool; how many.

    NothingToUndoError when it is too long ago; moves.StaleError when any of its cases was worked since.
    """
    rows = list(last_batch(by, at).filter(batch=batch).select_related("case", "previous"))
    if not rows:
        raise NothingToUndoError(_("This assignment can no longer be undone."))
    _lock([row.previous_id for row in rows if row.previous_id])
    steps = []
    for row in rows:
        facts = {"batch": batch}
        if row.previous:
            facts |= {"to": row.previous.username, "name": str(row.previous)}
        event = "assigned" if row.previous else "unassigned"
        steps.append(moves.Step(row.case, event, facts, {"owner": row.previous}, row.case_version))
    moves.apply_many(steps, by=by, at=at, on=on)
    _end_assignments([row.case for row in rows], at)
    Assignment.objects.bulk_create(
        [Assignment(case=row.case, agent=row.previous, from_at=at, by=by) for row in rows if row.previous],
        batch_size=90,
    )
    return len(rows)


def _end_assignments(cases: Sequence[Case], at: datetime) -> dict[int, int]:
    """Close the running assignments; who had each case."""
    running = Assignment.objects.filter(case__in=[case.pk for case in cases], to_at=None)
    previous = dict(running.values_list("case", "agent"))
    running.update(to_at=at)
    return previous


def _lock(agent_ids: Sequence[int]) -> dict[int, User]:
    """The agents' rows, locked in the order of their keys."""
    return {user.pk: user for user in User.objects.select_for_update().filter(pk__in=agent_ids).order_by("pk")}


def _lock_with_room(shares: Mapping[int, Sequence[Case]], on: date) -> dict[int, User]:
    """The agents, locked, each present and with room for their share; AwayError, CapacityError."""
    agents = _lock(list(shares))
    away = set(User.objects.get_queryset().absent_on(on).filter(pk__in=agents).values_list("pk", flat=True))
    for pk in shares:
        agent = agents.get(pk)
        if agent is None or agent.role != Role.AGENT or not agent.is_active:
            raise AwayError(_("Cases are given to agents only."))
        if pk in away:
            raise AwayError(_("%(person)s is away today.") % {"person": agent})
    kept = {pk: sum(case.owner_id != pk for case in share) for pk, share in shares.items()}
    full = [load for load in loads_of(list(agents.values()), kept) if load.is_over]
    if full:
        raise CapacityError(full)
    return agents
