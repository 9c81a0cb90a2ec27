"""The canonical form of an entry and its hash: pure, so that a proof needs nothing but the rows."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from json.encoder import encode_basestring
from typing import Any

GENESIS = "0" * 64

COVERED = (
    *("action", "actor", "at", "facts", "number", "previous_hash", "request_id", "role", "source"),
    *("subject_id", "subject_type"),
)
"""What the hash of an entry covers, in the order of its canonical form: every column but the hash itself."""

EXACT = (str, int, bool, type(None))


def canonical(facts: Mapping[str, object]) -> str:
    """Sorted, compact JSON of text, whole numbers, booleans, null, lists and maps; TypeError for anything else."""
    _refuse_inexact(facts)
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _refuse_inexact(value: object) -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a fact is named by text, not {key!r}")
            _refuse_inexact(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _refuse_inexact(item)
    elif not isinstance(value, EXACT):
        raise TypeError(f"an audit fact is text, a whole number, a boolean or null, not {type(value).__name__}")


def instant(at: datetime) -> str:
    """An instant in UTC to the microsecond, the same text from either database."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest(columns: Mapping[str, str | int]) -> str:
    """SHA-256 over the canonical JSON of every column but the hash itself."""
    return hashlib.sha256(canonical(columns).encode()).hexdigest()


def hash_of_columns(covered: Sequence[Any], quoted: Callable[[str], str] = encode_basestring) -> str:
    """`digest` of one entry's covered columns, given in their order, for who proves a million: written out, nothing is looped."""
    action, actor, at, facts, number, previous, request, role, source, subject, kind = covered
    body = (
        f'{{"action":{quoted(action)},"actor":{quoted(actor)},"at":{quoted(at)},"facts":{quoted(facts)},"number":{number:d},'
        f'"previous_hash":{quoted(previous)},"request_id":{quoted(request)},"role":{quoted(role)},"source":{quoted(source)},'
        f'"subject_id":{quoted(subject)},"subject_type":{quoted(kind)}}}'
    )
    return hashlib.sha256(body.encode()).hexdigest()
