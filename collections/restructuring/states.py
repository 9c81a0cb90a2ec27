"""The table of moves of a plan, and the one writer of its state.

A move is written by compare-and-set on (state, version): of two people who decide the same plan one wins, the other gets
`StaleError`. Each move leaves a `PlanEvent` and an audit entry in the caller's transaction.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from audit.record import record
from restructuring.models import PlanEvent, PlanRequest
from staff.models import User

State = PlanRequest.State
OPEN: Final = frozenset({State.REVIEW, State.SENT_BACK, State.APPROVED})
"""States in which something is still to be done; a loan has at most one such request."""

AGREED: Final = frozenset({State.APPROVED, State.IN_EFFECT})
"""States in which there is something to hand to the borrower: an offer, or what was agreed."""


class StaleError(Exception):
    """The plan was moved by somebody else, or is not what was looked at: nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The plan was changed by somebody else since you opened it. Nothing was saved; look again and decide once more."
            )
        )


class MoveError(Exception):
    """The table has no such move from the plan's state."""

    def __init__(self, state: str) -> None:
        super().__init__(_("This cannot be done while the plan is: %(state)s.") % {"state": State(state).label})


class Move(NamedTuple):
    """From which states; None as target: the state stays."""

    sources: frozenset[str]
    target: str | None


MOVES: Final[Mapping[str, Move]] = {
    "sent_back": Move(frozenset({State.REVIEW}), State.SENT_BACK),
    "amended": Move(frozenset({State.SENT_BACK}), State.REVIEW),
    "rejected": Move(frozenset({State.REVIEW}), State.REJECTED),
    "seconded": Move(frozenset({State.REVIEW}), None),
    "escalated": Move(frozenset({State.REVIEW}), None),
    "approved": Move(frozenset({State.REVIEW}), State.APPROVED),
    "accepted": Move(frozenset({State.REVIEW, State.APPROVED}), None),
    "consented": Move(frozenset({State.REVIEW, State.APPROVED}), None),
    "in_effect": Move(frozenset({State.APPROVED}), State.IN_EFFECT),
    "lapsed": Move(frozenset({State.REVIEW, State.APPROVED}), State.SENT_BACK),
    "withdrawn": Move(OPEN, State.WITHDRAWN),
    "expired": Move(frozenset({State.APPROVED}), State.EXPIRED),
    "undone": Move(frozenset({State.IN_EFFECT}), State.UNDONE),
}
"""A plan begins by `requested`: there is nothing yet to move from. `seconded` is the first of two approvals."""


@transaction.atomic
def move(
    plan: PlanRequest,
    event: str,
    *,
    by: User | None,
    at: datetime,
    on: date,
    facts: Mapping[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Make one move from the state in which `plan` was read; MoveError, StaleError."""
    sources, target = MOVES[event]
    if plan.state not in sources:
        raise MoveError(plan.state)
    changes |= {"state": target or plan.state, "version": plan.version + 1}
    seen = PlanRequest.objects.filter(pk=plan.pk, state=plan.state, version=plan.version)
    if not seen.update(**{**changes, "version": F("version") + 1}):
        raise StaleError
    for name, value in changes.items():
        setattr(plan, name, value)
    note_event(plan, event, by=by, at=at, on=on, facts=facts or {})


def note_event(
    plan: PlanRequest, event: str, *, by: User | None, at: datetime, on: date, facts: Mapping[str, Any]
) -> None:
    """Write what happened; the fact `note` is a person's own words and stays out of the audit entry."""
    told = {**facts, "loan": plan.loan.number, "instrument": str(plan.instrument), "days": plan.days}
    PlanEvent.objects.create(request=plan, event=event, at=at, on=on, by=by, facts=told)
    told.pop("note", None)
    record(f"restructuring.{event}", by=by, at=at, subject=plan, payload_hash=plan.payload_hash, **told)
