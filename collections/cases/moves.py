"""The table of moves, and the one writer of a case's state.

A move goes from a state by an event to a state, may be made by certain roles, and only where its guard agrees. It is
written by compare-and-set on (case, state, version): of two who move the same case, one wins and the other gets
`StaleError`. Each move leaves a `CaseEvent`. A move by a person leaves its audit entry too; what the nightly run and the
posting of payments do to cases is told by the events, and by one entry a run with its counts.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from audit.record import SYSTEM, Note, record_many
from cases.events import keep_events
from cases.models import Case
from lending.sql.writing import storing, update_many
from staff.models import Role, User

Guard = Callable[[Case, User | None], bool]
OPEN, WATCHED, CURED, CLOSED = Case.State.OPEN, Case.State.WATCHED, Case.State.CURED, Case.State.CLOSED


class MoveError(Exception):
    """The table has no such move from this state, for this role, or its guard says no."""


class StaleError(Exception):
    """Somebody else has moved the case since it was read: nothing was written."""

    def __init__(self, case_ids: Sequence[int]) -> None:
        self.case_ids = list(case_ids)
        super().__init__(
            _(
                "The case was changed by somebody else since you opened it. Nothing was saved; look again and send once more."
            )
        )


class Move(NamedTuple):
    source: Case.State
    target: Case.State
    roles: frozenset[str]
    guard: Guard


def anybody(case: Case, by: User | None) -> bool:
    return True


def in_hand(case: Case, by: User | None) -> bool:
    """An agent works only what is in hand; others are bounded by what they see."""
    return by is None or by.role != Role.AGENT or case.owner_id == by.pk


def unowned(case: Case, by: User | None) -> bool:
    """Only what is in the pool is taken from it."""
    return case.owner_id is None


_SYSTEM: Final = frozenset({SYSTEM})
_DESK: Final = frozenset({Role.AGENT, Role.SUPERVISOR})

MOVES: Final[Mapping[str, Move]] = {
    "regraded": Move(OPEN, OPEN, _SYSTEM, anybody),
    "cured": Move(OPEN, WATCHED, _SYSTEM, anybody),
    "returned": Move(WATCHED, OPEN, _SYSTEM, anybody),
    "watch_ended": Move(WATCHED, CURED, _SYSTEM, anybody),
    "merged": Move(OPEN, CLOSED, _SYSTEM, anybody),
    "merged_watched": Move(WATCHED, CLOSED, _SYSTEM, anybody),
    "lost": Move(WATCHED, CLOSED, _SYSTEM, anybody),
    "closed": Move(OPEN, CLOSED, _SYSTEM, anybody),
    "assigned": Move(OPEN, OPEN, frozenset({Role.SUPERVISOR, SYSTEM}), anybody),
    "unassigned": Move(OPEN, OPEN, frozenset({Role.SUPERVISOR, SYSTEM}), anybody),
    "claimed": Move(OPEN, OPEN, frozenset({Role.AGENT}), unowned),
    "handed_over": Move(OPEN, OPEN, _DESK, in_hand),
    "hand_over_asked": Move(OPEN, OPEN, _DESK, in_hand),
    "promise_recorded": Move(OPEN, OPEN, _DESK, in_hand),
    "promise_withdrawn": Move(OPEN, OPEN, _DESK | _SYSTEM, in_hand),
    "promise_kept": Move(OPEN, OPEN, _SYSTEM, anybody),
    "promise_part_met": Move(OPEN, OPEN, _SYSTEM, anybody),
    "promise_part_kept": Move(OPEN, OPEN, _SYSTEM, anybody),
    "promise_broken": Move(OPEN, OPEN, _SYSTEM, anybody),
    "reason_recorded": Move(OPEN, OPEN, _DESK, in_hand),
    "says_paid": Move(OPEN, OPEN, _DESK, in_hand),
    "callback_set": Move(OPEN, OPEN, _DESK, in_hand),
    "traced": Move(OPEN, OPEN, _DESK, in_hand),
}
"""A case begins by `opened`, which `cases.opening` writes: there is nothing yet to move from."""


@dataclass(frozen=True)
class Step:
    """One move to make: `changes` go into the case's columns, `facts` into its event and the audit entry.

    The fact `note` holds a person's own words: it stays with the event and out of the audit record. `seen` is the version that the person decided on; without it the version now in the database is taken.
    """

    case: Case
    event: str
    facts: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    seen: int | None = None


def apply(
    case: Case,
    event: str,
    *,
    by: User | None,
    at: datetime,
    on: date,
    seen: int | None = None,
    facts: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Make one move; MoveError, StaleError."""
    apply_many([Step(case, event, facts or {}, changes, seen)], by=by, at=at, on=on)


@transaction.atomic
def apply_many(steps: Sequence[Step], *, by: User | None, at: datetime, on: date, locked: bool = False) -> None:
    """Make all of these moves or none: StaleError names every case that was moved by somebody else.

    `locked` says that the caller holds the cases as they are in the steps.
    """
    if not steps:
        return
    found = {step.case.pk: step.case for step in steps} if locked else lock([step.case.pk for step in steps])
    stale = [step.case.pk for step in steps if not _is_fresh(step, found.get(step.case.pk))]
    if stale:
        raise StaleError(stale)
    _write(steps, found, by=by, on=on)
    keep_events([(step.case, step.event, step.facts) for step in steps], by=by, at=at, on=on)
    if by is not None:
        record_many([Note(f"cases.{step.event}", step.case, _without_note(step.facts)) for step in steps], by=by, at=at)


def _without_note(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "note"}


def lock(case_ids: Sequence[int]) -> dict[int, Case]:
    """The cases as they stand, locked in the order of their keys so that two batches cannot wait for each other.

    Whoever writes rows of a case beside its move (promises, assignments) locks the case first.
    """
    found: dict[int, Case] = {}
    for start in range(0, len(case_ids), 500):
        rows = Case.objects.select_for_update().filter(pk__in=case_ids[start : start + 500]).order_by("pk")
        found |= {case.pk: case for case in rows}
    return found


def _is_fresh(step: Step, found: Case | None) -> bool:
    """Whether the case is still what the person decided on."""
    return found is not None and step.seen in {None, found.version}


def _write(steps: Sequence[Step], found: Mapping[int, Case], *, by: User | None, on: date) -> None:
    """Cases of which the same columns change go in one statement; MoveError when the table says no, StaleError when it does not take."""
    alike: dict[tuple[str, ...], list[tuple[Step, dict[str, Any], Case]]] = defaultdict(list)
    for step in steps:
        case, move = found[step.case.pk], MOVES[step.event]
        if case.state != move.source or (by.role if by else SYSTEM) not in move.roles or not move.guard(case, by):
            raise MoveError(_("This cannot be done with the case as it stands."))
        values = {**step.changes, "state": move.target, "version": case.version + 1}
        if (move.source == OPEN) != (move.target == OPEN):
            values["ended_on"] = None if move.target == OPEN else on
        alike[tuple(sorted(values))].append((step, values, case))
    for columns, group in alike.items():
        stored = storing(Case, columns)
        rows = [
            [*stored(values[name] for name in columns), case.pk, case.state, case.version]
            for _step, values, case in group
        ]
        if update_many(Case, columns, rows, where=["state", "version"]) != len(group):
            raise StaleError([step.case.pk for step, _values, _case in group])
        for step, values, _case in group:
            for name, value in values.items():
                setattr(step.case, name, value)
