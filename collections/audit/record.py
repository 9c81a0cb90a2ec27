"""`record` writes one entry inside the caller's transaction; it is the only writer of the chain."""

import contextvars
import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import NamedTuple, Protocol

from django.db import connection, models, transaction
from django.utils.encoding import force_str

from audit import anchor
from audit.chain import GENESIS, canonical, digest, instant
from audit.failpoints import failpoint
from audit.models import Entry, Head

SYSTEM = "system"


class Actor(Protocol):
    """Whoever acts: `staff.User`, which stands above and is not imported here."""

    role: str

    def get_username(self) -> str: ...


class RequestFacts(NamedTuple):
    """What the edge knows of a request; set by the middleware, empty elsewhere."""

    request_id: str = ""
    source: str = ""


request_facts: contextvars.ContextVar[RequestFacts] = contextvars.ContextVar("request_facts", default=RequestFacts())


class Note(NamedTuple):
    """An entry not yet written: for `record_many`."""

    action: str
    subject: models.Model | None
    facts: dict[str, object]


def record(
    action: str, *, by: Actor | None, at: datetime, subject: models.Model | None = None, **facts: object
) -> Entry:
    """Write that `by` (None is the system) did `action` to `subject` at `at`; in the caller's transaction."""
    return record_many([Note(action, subject, facts)], by=by, at=at)[0]


def record_many(notes: Iterable[Note], *, by: Actor | None, at: datetime) -> list[Entry]:
    """Write several entries by one actor at one instant: one lock, one insert."""
    if not connection.in_atomic_block:
        raise RuntimeError("an audit entry is written in the transaction of what it records")
    head = _locked_head()
    where = request_facts.get()
    entries = []
    number, previous = head.number, head.hash
    for note in notes:
        number += 1
        entry = Entry(
            number=number,
            at=at,
            actor=force_str(by.get_username()) if by else SYSTEM,
            role=str(by.role) if by else SYSTEM,
            action=note.action,
            subject_type=note.subject._meta.label_lower if note.subject else "",
            subject_id=str(note.subject.pk) if note.subject else "",
            request_id=where.request_id,
            source=where.source,
            facts=canonical(note.facts),
            previous_hash=previous,
        )
        entry.hash = previous = hash_of(entry)
        entries.append(entry)
    if not entries:
        return []
    Entry.objects.bulk_create(entries, batch_size=70)
    Head.objects.filter(pk=head.pk).update(number=number, hash=previous)
    failpoint("audit.recorded")
    transaction.on_commit(partial(anchor.move, head.chain, number, previous), robust=True)
    return entries


def hash_of(entry: Entry) -> str:
    """The hash that this entry must carry: every column but the hash itself."""
    columns: dict[str, str | int] = {
        field.name: getattr(entry, field.name)
        for field in Entry._meta.concrete_fields
        if field.name not in {"hash", "at"}
    }
    return digest(columns | {"at": instant(entry.at)})


def _locked_head() -> Head:
    head = Head.objects.select_for_update().first()
    if head is None:
        Head.objects.get_or_create(pk=1, defaults={"chain": secrets.token_hex(16), "number": 0, "hash": GENESIS})
        head = Head.objects.select_for_update().get(pk=1)
    return head
