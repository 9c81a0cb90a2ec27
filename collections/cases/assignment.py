"""Who has which case in hand: within capacity, written under the agent's lock, all or nothing."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from cases import moves
from cases.fitness import check_fit
from cases.models import Assignment, Case
from staff.models import Role, User

BATCH_MAX = 500


class CapacityError(Exception):
    """Somebody would have more cases than they can carry: nothing was assigned."""

    def __init__(self, full: Sequence["Load"]) -> None:
        self.full = list(full)
        names = ", ".join(str(load.agent) for load in full)
        super().__init__(_("Nothing was assigned: there is not enough room with %(names)s.") % {"names": names})


class AwayError(Exception):
    """The person cannot be given cases: away today, or no agent."""


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
) -> None:
    """Give these cases to one agent; CapacityError, AwayError, UntrainedError, moves.StaleError: nothing was written."""
    share_out({to.pk: list(cases)}, by=by, at=at, on=on, seen=seen, reason=reason)


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
    coming = {pk: sum(case.owner_id != pk for case in share) for pk, share in shares.items()}
    agents = lock_with_room(coming, on)
    check_fit({agents[pk]: share for pk, share in shares.items()}, on)
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
            )
            for pk, share in shares.items()
            for case in share
        ],
        batch_size=90,
    )
    return batch


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


def _end_assignments(cases: Sequence[Case], at: datetime) -> dict[int, int]:
    """Close the running assignments; who had each case."""
    running = Assignment.objects.filter(case__in=[case.pk for case in cases], to_at=None)
    previous = dict(running.values_list("case", "agent"))
    running.update(to_at=at)
    return previous


def lock_with_room(coming: Mapping[int, int], on: date) -> dict[int, User]:
    """The agents by id, locked in the order of their keys, each at work that day and with room for so many more cases.

    AwayError, CapacityError.
    """
    rows = User.objects.select_for_update().filter(pk__in=coming).order_by("pk")
    agents = {user.pk: user for user in rows}
    away = set(User.objects.get_queryset().absent_on(on).filter(pk__in=agents).values_list("pk", flat=True))
    for pk in coming:
        agent = agents.get(pk)
        if agent is None or agent.role != Role.AGENT or not agent.is_active:
            raise AwayError(_("Cases are given to agents only."))
        if pk in away:
            raise AwayError(_("%(person)s is away today.") % {"person": agent})
    full = [load for load in loads_of(list(agents.values()), coming) if load.is_over and coming[load.agent.pk] > 0]
    if full:
        raise CapacityError(full)
    return agents
