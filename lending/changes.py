"""Changing what the book rests on: one person puts a change forward, a second decides exactly what was put forward.

Each kind of change registers how it is checked, put in effect and shown (`lending.change_kinds`). It is checked when it is
put forward and once more when it takes effect, in the deciding transaction; of several deciders one wins.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.chain import canonical
from audit.record import record
from lending.models import Change, Loan
from staff.matrix import may
from staff.models import User

State = Change.State
Content = Mapping[str, Any]


class ChangeError(ValueError):
    """What cannot be changed so, in words; `field` is the form's field that it belongs to."""

    def __init__(self, words: str, field: str | None = None) -> None:
        super().__init__(words)
        self.field = field


class ChangeStaleError(ChangeError):
    """The change was decided or altered by somebody else; nothing was written."""


class Line(NamedTuple):
    """What a change says of one thing, beside what holds before it; both in words."""

    label: str
    before: str
    after: str
    section: str = ""

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


class Handler(NamedTuple):
    """What a kind of change does: `check` raises ChangeError, `apply` writes, `lines` shows; `panel` names a template and
    its context for what else whoever decides must see.
    """

    check: Callable[[Change, date], None]
    apply: Callable[[Change, date], None]
    lines: Callable[[Change], list[Line]]
    panel: Callable[[Change], tuple[str, dict[str, Any]] | None] = lambda change: None


HANDLERS: dict[str, Handler] = {}


@transaction.atomic
def propose(
    *,
    kind: str,
    subject: str,
    from_on: date,
    content: Content,
    words: str,
    by: User,
    at: datetime,
    on: date,
    loan: Loan | None = None,
) -> Change:
    """Put a change forward; ChangeError, PermissionDenied."""
    _require(by, "lending.terms")
    change = Change(
        kind=Change.Kind(kind), subject=subject, loan=loan, from_on=from_on, content=dict(content), words=words,
        maker=by, made_at=at,
    )  # fmt: skip
    HANDLERS[kind].check(change, on)
    change.payload_hash = hash_of(change)
    try:
        with transaction.atomic():
            change.save(force_insert=True)
    except IntegrityError:
        raise ChangeError(_("A change of this waits for a decision already.")) from None
    _note("proposed", change, by, at)
    return change


@transaction.atomic
def decide(change: Change, *, approve: bool, words: str, payload_hash: str, by: User, at: datetime, on: date) -> Change:
    """Approve or reject exactly what has that hash; ChangeStaleError, ChangeError, PermissionDenied."""
    _require(by, "lending.terms_decide")
    change = Change.objects.select_for_update(of=("self",)).select_related("loan").get(pk=change.pk)
    if change.state != State.WAITING or not payload_hash == change.payload_hash == hash_of(change):
        raise ChangeStaleError(_("This was decided or changed since you opened it. Nothing was saved; look again."))
    if refusal := why_not(change, by):
        raise ChangeError(refusal)
    if not approve and not words.strip():
        raise ChangeError(_("Say why, so that whoever asked knows."), "words")
    if approve:
        HANDLERS[change.kind].check(change, on)
    _move(change, State.APPROVED if approve else State.REJECTED, checker=by, decided_at=at, decided_words=words)
    if approve:
        HANDLERS[change.kind].apply(change, on)
    _note("approved" if approve else "rejected", change, by, at)
    return change


@transaction.atomic
def withdraw(change: Change, *, by: User, at: datetime) -> Change:
    """Take back what waits; whoever put it forward may. ChangeStaleError, PermissionDenied."""
    _require(by, "lending.terms")
    if by.pk != change.maker_id:
        raise PermissionDenied("lending.terms")
    _move(change, State.WITHDRAWN)
    _note("withdrawn", change, by, at)
    return change


def why_not(change: Change, person: User) -> str:
    """Why this person may not decide it, in words; empty when they may."""
    if not may(person.role, "lending.terms_decide"):
        return _("Changes of terms are decided by managers.")
    return _("You asked for this yourself: somebody else must decide it.") if person.pk == change.maker_id else ""


def lines_of(change: Change) -> list[Line]:
    """What the change says beside what holds before it."""
    return HANDLERS[change.kind].lines(change)


def panel_of(change: Change) -> tuple[str, dict[str, Any]] | None:
    """What else its page shows: a template and its context."""
    return HANDLERS[change.kind].panel(change)


def hash_of(change: Change) -> str:
    """SHA-256 over the canonical JSON of who put what forward, and why."""
    said = {
        "kind": str(change.kind),
        "subject": change.subject,
        "loan": change.loan_id,
        "from_on": change.from_on.isoformat(),
        "content": change.content,
        "words": change.words,
        "maker": change.maker_id,
    }
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def _move(change: Change, state: str, **changes: object) -> None:
    """From waiting to `state`, by compare-and-set; ChangeStaleError when somebody was quicker."""
    seen = Change.objects.filter(pk=change.pk, state=State.WAITING, payload_hash=change.payload_hash)
    if not seen.update(state=state, **changes):
        raise ChangeStaleError(_("This was decided or changed since you opened it. Nothing was saved; look again."))
    for name, value in (changes | {"state": state}).items():
        setattr(change, name, value)


def _note(event: str, change: Change, by: User, at: datetime) -> None:
    record(
        f"lending.change_{event}",
        by=by,
        at=at,
        subject=change,
        kind=str(change.kind),
        about=change.subject,
        from_on=change.from_on.isoformat(),
        payload_hash=change.payload_hash,
    )


def _require(by: User, capability: str) -> None:
    """PermissionDenied unless that person works here and has that capability now."""
    if not by.is_active or not may(by.role, capability):
        raise PermissionDenied(capability)
