"""Watch after cure: the case rests with its owner, comes back at once when arrears do, and ends when its time is over.

A watched case takes no place in anybody's capacity. It comes back into the same hands where they have room, and else into the pool.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from cases import moves
from cases.assignment import Load, loads_of
from cases.fitness import barred
from cases.kinds import rules
from cases.models import Assignment, Case
from cases.opening import written_off
from cases.pulling import points_of
from lending.exposure import Exposure
from lending.sql.reading import among
from staff.models import User


def hold_owners(borrower_ids: Collection[int]) -> list[User]:
    """Lock whoever may get a case back, before any case is locked: whoever gives cases out takes the locks in this order too."""
    owners = (
        Case.objects.watched().filter(among("borrower", borrower_ids), owner__isnull=False).values("owner").order_by()
    )
    people = list(owners.values_list("owner", flat=True).distinct())
    return list(User.objects.agents().select_for_update().filter(pk__in=people).order_by("pk")) if people else []


def bring_back(
    cases: Sequence[Case],
    owed: Mapping[int, Exposure],
    stages: Mapping[int, str],
    owners: Sequence[User],
    *,
    on: date,
    at: datetime,
) -> int:
    """Open the watched cases, locked by the caller, whose borrowers are behind again; how many."""
    if not cases:
        return 0
    closed = barred(owners, on)
    room = {load.agent.pk: _room(load) for load in loads_of(owners)}
    steps, kept = [], []
    for case in cases:
        bucket = owed[case.borrower_id].bucket
        changes = {
            "bucket": bucket, "stage": stages[case.borrower_id], "returned_on": on, "holds_until": on,
        }  # fmt: skip
        facts = {"bucket": bucket, "cured_on": case.ended_on.isoformat() if case.ended_on else ""}
        may = stages[case.borrower_id] not in closed.get(case.owner_id or 0, set())
        if may and room.get(case.owner_id or 0, 0) > 0:
            room[case.owner_id or 0] -= 1
            kept.append(case)
        elif case.owner_id:
            changes["owner"] = None
            facts["why"] = "no_room"
        steps.append(moves.Step(case, "returned", facts, changes))
    moves.apply_many(steps, by=None, at=at, on=on, locked=True)
    Assignment.objects.bulk_create(
        [
            Assignment(case=case, agent_id=case.owner_id, from_at=at, reason="returned")
            for case in kept
            if case.owner_id
        ],
        batch_size=500,
    )
    return len(steps)


def _room(load: Load) -> int:
    """How many cases may come back to them, whichever they are: where effort is bounded too, as if all of them were heavy."""
    effort = load.agent.effort
    if effort is None:
        return load.room
    known = rules()
    heaviest = max([1, *(rule.weight for rule in known)])
    return min(load.room, max(0, effort - points_of(load.agent, known)) // heaviest)


def end_watch(cases: Sequence[Case], *, on: date, at: datetime) -> Counter[str]:
    """End the watched cases, locked by the caller, whose time is over or whose loans were written off."""
    if not cases:
        return Counter()
    lost = written_off([case.borrower_id for case in cases])
    steps = [
        moves.Step(case, "lost" if case.borrower_id in lost else "watch_ended")
        for case in cases
        if case.borrower_id in lost or (case.holds_until and case.holds_until <= on)
    ]
    moves.apply_many(steps, by=None, at=at, on=on, locked=True)
    return Counter("closed" if step.event == "lost" else "watch_ended" for step in steps)
