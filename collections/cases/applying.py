"""A proposal takes effect whole, or is taken back whole: the moves `assigned` and `unassigned` of the table, made in sets.

Every case must still be as it was when the proposal was reckoned (compare-and-set on its version), and everybody who gets cases
must be here and have room, under a lock on their rows. One person decided one thing, so one audit entry is left, with the
number of cases per person and the SHA-256 over all moves; the single cases tell theirs by their events and assignments.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, JSONObject, NullIf
from django.utils.translation import gettext as _

from audit.record import record
from cases.assignment import lock_with_room
from cases.models import Assignment, Case, CaseEvent, Proposal, ProposedMove
from cases.moves import MOVES, MoveError, StaleError
from lending.sql.writing import insert_from, moment
from staff.models import User

UNDO_WITHIN = timedelta(minutes=10)
NAMED_MAX = 50
"""So many of the cases that moved meanwhile are named."""
Moves = QuerySet[ProposedMove]


class NotWaitingError(Exception):
    """The proposal was decided or replaced: there is nothing to apply."""


class NothingToUndoError(Exception):
    """The last batch is too long ago, or is not this person's."""


@transaction.atomic
def apply(proposal_pk: int, *, by: User, at: datetime, on: date) -> Proposal:
    """Do what was proposed; NotWaitingError, StaleError, CapacityError, AwayError: nothing was written."""
    proposal = _locked(proposal_pk, by)
    if proposal is None or proposal.state != Proposal.State.DRAFT:
        raise NotWaitingError(_("This proposal does not wait any more. Ask for a new one."))
    moves = ProposedMove.objects.filter(proposal=proposal)
    coming = dict(moves.exclude(target=None).values("target").annotate(n=Count("pk")).values_list("target", "n"))
    going = dict(moves.exclude(source=None).values("source").annotate(n=Count("pk")).values_list("source", "n"))
    agents = lock_with_room({pk: number - going.get(pk, 0) for pk, number in coming.items()}, on)
    _check_role(by)
    _move(moves, F("version"), "target", proposal.count)
    _end_assignments(moves, at)
    _begin_assignments(moves.exclude(target=None), "target", "source", proposal.batch, by, at)
    _tell(moves, "target", proposal.batch, by, at, on)
    counts = {agents[pk].username: number for pk, number in coming.items()}
    _decide(proposal, Proposal.State.APPLIED, "cases.dealt", counts, moves, by, at)
    return proposal


def last_applied(by: User, at: datetime) -> Proposal | None:
    """What this person applied last, while it can still be undone."""
    recent = Proposal.objects.filter(by=by, state=Proposal.State.APPLIED, decided_at__gte=at - UNDO_WITHIN)
    return recent.order_by("-decided_at", "-pk").first()


@transaction.atomic
def undo(proposal_pk: int, *, by: User, at: datetime, on: date) -> int:
    """Take the last proposal back: each case to whoever had it, or to the pool; how many.

    NothingToUndoError when it is too long ago; StaleError when any of its cases was worked since.
    """
    proposal, last = _locked(proposal_pk, by), last_applied(by, at)
    if proposal is None or last is None or last.pk != proposal.pk:
        raise NothingToUndoError(_("This assignment can no longer be undone."))
    moves = ProposedMove.objects.filter(proposal=proposal)
    _check_role(by)
    _move(moves, F("version") + 1, "source", proposal.count)
    _end_assignments(moves, at)
    _begin_assignments(moves.exclude(source=None), "source", "target", "", by, at)
    _tell(moves, "source", proposal.batch, by, at, on)
    _decide(proposal, Proposal.State.UNDONE, "cases.dealt_back", {}, moves, by, at)
    moves.delete()
    return proposal.count


def forget_old(at: datetime) -> None:
    """Clear the working papers of proposals that nobody can undo any more."""
    old = Proposal.objects.filter(state=Proposal.State.APPLIED, decided_at__lt=at - UNDO_WITHIN)
    ProposedMove.objects.filter(proposal__in=old).delete()


def _locked(pk: int, by: User) -> Proposal | None:
    return Proposal.objects.select_for_update().filter(pk=pk, by=by).first()


def _check_role(by: User) -> None:
    if by.role not in MOVES["assigned"].roles & MOVES["unassigned"].roles:
        raise MoveError(_("This cannot be done with the case as it stands."))


def _move(moves: Moves, version: Combinable, to: str, count: int) -> None:
    """Give the cases their owner, where each is what it was; StaleError names those that are not, and nothing is written."""
    here = moves.filter(case=OuterRef("pk"))
    as_proposed = moves.filter(case__state=Case.State.OPEN, case__version=version)
    if as_proposed.count() != count:
        raise StaleError(
            list(moves.exclude(pk__in=as_proposed.values("pk")).values_list("case", flat=True)[:NAMED_MAX])
        )
    moved = Case.objects.filter(pk__in=as_proposed.values("case")).update(
        owner=Subquery(here.values(to)[:1]), version=F("version") + 1
    )
    if moved != count:
        raise StaleError([])


def _end_assignments(moves: Moves, at: datetime) -> None:
    Assignment.objects.filter(to_at=None, case__in=moves.values("case")).update(to_at=at)


def _begin_assignments(moves: Moves, to: str, previous: str, batch: str, by: User, at: datetime) -> None:
    rows = moves.order_by("case").values_list(
        "case", to, Value(moment(at)), Value(by.pk), "why", Value(batch), previous
    )
    names = ["case", "agent", "from_at", "by", "reason", "batch", "previous"]
    insert_from(Assignment, names, rows)


def _tell(moves: Moves, to: str, batch: str, by: User, at: datetime, on: date) -> None:
    """The event of each case, in the words that the timeline and the audit screen know."""
    for event, chosen in (
        ("assigned", moves.filter(**{f"{to}__isnull": False})),
        ("unassigned", moves.filter(**{f"{to}__isnull": True})),
    ):
        name = Coalesce(NullIf(F(f"{to}__display_name"), Value("")), F(f"{to}__username"))
        facts = JSONObject(to=F(f"{to}__username"), name=name, batch=Value(batch), why=F("why"))
        told = facts if event == "assigned" else JSONObject(batch=Value(batch), why=F("why"))
        rows = chosen.order_by("case").values_list(
            "case", Value(event), Value(moment(at)), Value(on.isoformat()), Value(by.pk), told
        )
        insert_from(CaseEvent, ["case", "event", "at", "on", "by", "facts"], rows)


def _decide(
    proposal: Proposal,
    state: Proposal.State,
    action: str,
    counts: Mapping[str, int],
    moves: Moves,
    by: User,
    at: datetime,
) -> None:
    digest = hashlib.sha256()
    for case, source, target in moves.order_by("case").values_list("case", "source", "target").iterator(5000):
        digest.update(f"{case}:{source or 0}>{target or 0}\n".encode())
    proposal.state, proposal.decided_at = state, at
    proposal.save(update_fields=["state", "decided_at"])
    record(
        action, by=by, at=at, subject=proposal, batch=proposal.batch, cases=proposal.count, to=dict(counts),
        moves_sha256=digest.hexdigest(),
    )  # fmt: skip
